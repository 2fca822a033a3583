"""One coordinator per connection, whoever starts it: a worker or the command line.

The lock lives in the database session that does the work. When that session ends, so
does the lock; and whoever lost the session cannot debit, hence cannot send.
It needs a session of its own: no transaction-level pooling between us and PostgreSQL.

A process may not notice that its session ended, because it connected again. So who
becomes coordinator also raises the connection's fence, and each transaction of a run
holds on to the number that the run began with: an older one writes nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as database

LOCK_SPACE = 0x526F6C6C  # keeps our numbers apart from other users of advisory locks


class Busy(Exception):
    """Another process is working on this connection."""


class FenceLost(Busy):
    """Another process has become the connection's coordinator meanwhile.

    What this one had begun, that one takes up. Nothing may be written or sent here.
    """


@contextmanager
def sole_coordinator(connection_id: int) -> Iterator[int]:
    """Hold the connection's lock and give its fence's number, or raise `Busy`."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, connection_id]
        )
        if not cursor.fetchone()[0]:
            raise Busy(connection_id)
    try:
        yield _raise_fence(connection_id)
    finally:
        if database.connection is not None and not database.connection.closed:
            with database.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, connection_id]
                )


def _raise_fence(connection_id: int) -> int:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connections_connection SET fence = fence + 1 WHERE id = %s"
            " RETURNING fence",
            [connection_id],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def hold_fence(connection_id: int, number: int) -> None:
    """Let nobody raise the fence before the transaction ends.

    Raises `FenceLost` when it is not at *number* any more.
    """
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT fence FROM connections_connection WHERE id = %s FOR SHARE",
            [connection_id],
        )
        row = cursor.fetchone()
    if row is None or row[0] != number:
        raise FenceLost(connection_id)


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
