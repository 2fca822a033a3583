"""What was held is found by whom it is about."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_runs_by_day")]

    operations = [
        migrations.AddIndex(
            model_name="helditem",
            index=models.Index(fields=["mailbox"], name="held_by_mailbox"),
        ),
        migrations.AddIndex(
            model_name="helditem",
            index=models.Index(
                fields=["contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="held_by_contact",
            ),
        ),
    ]
