import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0002_shares_and_fence'),
        ('directory', '0004_directory_standing'),
        ('ledger', '0009_compared'),
    ]

    operations = [
        migrations.AlterField(
            model_name='run',
            name='kind',
            field=models.CharField(choices=[('changes', 'Changes'), ('everything', 'Everything'), ('audience', 'One audience'), ('pull', 'Unsubscribes'), ('look', 'Looked only'), ('asking', 'Asked to subscribe again')], max_length=20),
        ),
        migrations.CreateModel(
            name='ResubscribeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.CharField(max_length=320)),
                ('contact_id', models.BigIntegerField()),
                ('provider_id', models.CharField(max_length=64)),
                ('lists', models.JSONField()),
                ('list_names', models.JSONField()),
                ('asked_by', models.CharField(max_length=200)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('asked', 'Waits to be sent'), ('sent', 'The mail was sent'), ('refused', 'The provider said no'), ('unknown', 'May have been sent; no answer came')], max_length=10)),
                ('state_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('words', models.TextField(blank=True)),
                ('association', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='directory.association')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='connections.connection')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'asked')), fields=['connection', 'id'], name='resubscribe_waiting')],
                'constraints': [models.UniqueConstraint(fields=('connection', 'mailbox'), name='resubscribe_asked_once'), models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'sent', 'refused', 'unknown'])), name='resubscribe_state_known')],
            },
        ),
    ]
