"""Reading the record."""

from __future__ import annotations

from django.db import connection

_FIRST_BROKEN = """
    SELECT id FROM (
        SELECT e.id, e.digest, audit_digest(
            lag(e.digest, 1, '') OVER (ORDER BY e.id), e) AS right_digest
        FROM audit_entry e WHERE e.association_id = %s
    ) entries
    WHERE digest <> right_digest ORDER BY id LIMIT 1
"""


def first_broken_entry(association_id: int) -> int | None:
    """Return the first entry that was changed, or before which one was taken out.

    None when the chain holds. Entries missing from its end do not show.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_BROKEN, [association_id])
        row = cursor.fetchone()
    return row[0] if row else None
