from django.db import migrations, models

# An access token lives for a day at most, so the sign-in was used then or later.
LAST_USE = """
    UPDATE connections_connection
       SET refreshed_at = coalesce(access_expires_at - interval '1 day', connected_at)
     WHERE sealed_refresh IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0002_shares_and_fence'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='refreshed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='connection',
            name='probed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='connection',
            name='answered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='connection',
            name='account_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(LAST_USE, migrations.RunSQL.noop),
    ]
