"""Audiences that have somebody on them were filled before we noted when."""

from django.db import migrations

NOTE_FILLED = """
    UPDATE ledger_audience SET filled_at = statement_timestamp()
     WHERE filled_at IS NULL AND id IN (
           SELECT audience_id FROM ledger_remotemembership WHERE ours AND there)
"""


class Migration(migrations.Migration):

    dependencies = [("ledger", "0002_holds")]

    operations = [migrations.RunSQL(NOTE_FILLED, migrations.RunSQL.noop)]
