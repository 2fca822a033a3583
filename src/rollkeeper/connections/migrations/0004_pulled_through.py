from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0003_probes'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='pulled_through',
            field=models.DateTimeField(null=True),
        ),
    ]
