from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_nights")]

    operations = [
        migrations.AddField(
            model_name="audience",
            name="compared_at",
            field=models.DateTimeField(null=True),
        )
    ]
