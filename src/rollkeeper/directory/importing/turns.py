"""One import of an association after the other."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from rollkeeper.core.values import AssociationId


def one_import_at_a_time(cursor: CursorWrapper, association_id: AssociationId) -> None:
    """Wait until it is our turn; two imports of the same contacts at once would wait
    for each other for ever."""
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('rollkeeper.import', %s))",
        [association_id],
    )
