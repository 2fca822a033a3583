"""Which connections have something to do: asked by the tick, every two seconds."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection as database

from rollkeeper.core.values import ConnectionId
from rollkeeper.engine.coordinator import LOCK_SPACE

_TO_SYNCHRONIZE = """
    SELECT connection.id
      FROM connections_connection AS connection
     WHERE connection.state = 'connected'
       AND (EXISTS (
                SELECT FROM directory_follower AS follower
                  JOIN directory_mark AS mark ON mark.follower_id = follower.id
                 WHERE follower.association_id = connection.association_id
                   AND follower.name = 'connection:' || connection.id)
            OR EXISTS (
                SELECT FROM ledger_operation AS operation
                 WHERE operation.connection_id = connection.id
                   AND operation.state IN
                       ('planned', 'sending', 'accepted', 'unknown')))
       AND coalesce((SELECT run.retry_at FROM ledger_run AS run
                      WHERE run.connection_id = connection.id
                        AND run.finished_at IS NOT NULL
                      ORDER BY run.id DESC LIMIT 1), '-infinity') <= clock_timestamp()
       AND NOT EXISTS (
           SELECT FROM pg_locks AS held
            WHERE held.locktype = 'advisory' AND held.granted
              AND held.classid = %(lock_space)s AND held.objid = connection.id::oid)
     ORDER BY connection.id
"""


def to_synchronize() -> list[ConnectionId]:
    """Return the connections with marks or unfinished operations, whose time it is.

    Those that are being worked on are left out: a run takes up what comes meanwhile.
    So marks that are claimed here were claimed by a process that died.
    """
    with database.cursor() as cursor:
        cursor.execute(_TO_SYNCHRONIZE, {"lock_space": LOCK_SPACE})
        return [ConnectionId(number) for (number,) in cursor.fetchall()]


def to_pull() -> list[ConnectionId]:
    """Return all connections that can be asked for opt-outs."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM connections_connection WHERE state = 'connected'"
        )
        return [ConnectionId(number) for (number,) in cursor.fetchall()]


def forget_debits(*, older_than: timedelta) -> None:
    """Delete request debits that are older."""
    with database.cursor() as cursor:
        cursor.execute(
            "DELETE FROM connections_requestdebit"
            " WHERE sent_at < clock_timestamp() - make_interval(secs => %s)",
            [older_than.total_seconds()],
        )
