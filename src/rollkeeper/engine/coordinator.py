"""One coordinator per connection, whoever starts it: a worker or the command line.

The lock lives in the database session that does the work. When that session ends, so
does the lock; and whoever lost the session cannot debit, hence cannot send.
It needs a session of its own: no transaction-level pooling between us and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as database

LOCK_SPACE = 0x526F6C6C  # keeps our numbers apart from other users of advisory locks


class Busy(Exception):
    """Another process is working on this connection."""


@contextmanager
def sole_coordinator(connection_id: int) -> Iterator[None]:
    """Hold the connection's lock, or raise `Busy` at once."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, connection_id]
        )
        if not cursor.fetchone()[0]:
            raise Busy(connection_id)
    try:
        yield
    finally:
        if database.connection is not None and not database.connection.closed:
            with database.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, connection_id]
                )


def is_busy(connection_id: int) -> bool:
    """Is some process working on this connection right now?"""
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT FROM pg_locks
                            WHERE locktype = 'advisory' AND granted
                              AND classid = %s AND objid = %s
                              AND database = (SELECT oid FROM pg_database
                                               WHERE datname = current_database()))
            """,
            [LOCK_SPACE, connection_id],
        )
        return bool(cursor.fetchone()[0])
