"""What PostgreSQL's planner knows of the tables that a sum is added up from.

A first import or a first look fills tables within seconds; the server by itself counts
them a minute later at the earliest, one after the other. Until then, and worst of all
while it knows some of them and not the others, plans are chosen that take a hundred
times as long.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

_TABLES: Final = (
    "directory_contact",
    "directory_emailaddress",
    "directory_listmembership",
    "consent_suppression",
    "ledger_remotecontact",
    "ledger_remotemembership",
    "ledger_operation",
    "ledger_operationsubject",
    "ledger_helditem",
)

_GROWN: Final = """
    SELECT relname FROM pg_class
     WHERE oid = ANY(%s::regclass[]) AND pg_relation_size(oid) > 0
       AND (reltuples < 0
            OR pg_relation_size(oid)
               > 1.2 * relpages * current_setting('block_size')::int)
     ORDER BY relname
"""


def refresh_statistics() -> list[str]:
    """Have those tables counted anew that have grown by a fifth since they were, and
    return their names."""
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [list(_TABLES)])
        grown = [name for (name,) in cursor.fetchall()]
        if grown:
            cursor.execute(f"ANALYZE {', '.join(grown)}")
    return grown
