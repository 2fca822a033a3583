from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_by_subject'),
        ('directory', '0004_directory_standing'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['association', 'action', 'id'], name='audit_by_action'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['association', 'actor', 'id'], name='audit_by_actor'),
        ),
    ]
