import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0002_shares_and_fence'),
        ('directory', '0002_same_association'),
        ('ledger', '0007_timing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Night',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('night', models.DateField()),
                ('state', models.CharField(choices=[('planned', 'To come'), ('carried_over', 'Waits for requests'), ('not_possible', 'Waits to be connected'), ('started', 'Begun in its window'), ('made_up', 'Made up after its window'), ('missed', 'Missed; a later night made up for it')], default='planned', max_length=20)),
                ('starts_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('requests', models.PositiveIntegerField(default=0)),
                ('held_up', models.TextField(blank=True)),
                ('note', models.TextField(blank=True)),
                ('association', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='directory.association')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='connections.connection')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='ledger.run')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('finished_at__isnull', True), ('started_at__isnull', False)), fields=['connection'], name='nights_under_way')],
                'constraints': [models.UniqueConstraint(fields=('connection', 'night'), name='one_run_a_night'), models.UniqueConstraint(condition=models.Q(('state__in', ('planned', 'carried_over', 'not_possible'))), fields=('connection',), name='one_night_waits_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'carried_over', 'not_possible', 'started', 'made_up', 'missed'])), name='night_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('started_at__isnull', False), ('state__in', ('started', 'made_up'))), models.Q(('started_at__isnull', True), models.Q(('state__in', ('started', 'made_up')), _negated=True)), _connector='OR'), name='a_begun_night_has_its_time')],
            },
        ),
    ]
