"""What provider lists are named after, and whether somebody renamed them over there."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_resubscribe_requests")]

    operations = [
        migrations.AddField(
            model_name="audience",
            name="named_after",
            field=models.CharField(blank=True, db_default="", max_length=255),
        ),
        migrations.AddField(
            model_name="audience",
            name="renamed_there_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE ledger_audience SET named_after = name"
            " WHERE provider_list_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
