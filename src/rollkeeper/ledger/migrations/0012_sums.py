"""Runs keep the sums of the lists that they compared."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_list_names")]

    operations = [
        migrations.AddField(
            model_name="run", name="sums", field=models.JSONField(null=True)
        )
    ]
