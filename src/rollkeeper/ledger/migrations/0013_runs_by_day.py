"""Runs are found by the day on which they began."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_sums")]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(fields=["connection", "started_at"], name="runs_by_day"),
        )
    ]
