"""Who has work waiting, and since when: the order in which connections have their turn.

A connection's age is that of its oldest change that is not carried through yet. What a
run had taken up and could not bring to its end keeps its place: it is as old as the
first run since the last good one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from attrs import define, field, frozen
from django.db import connection as database

from rollkeeper.connections.quota import today
from rollkeeper.core.budget import Others
from rollkeeper.core.values import ConnectionId
from rollkeeper.engine.coordinator import LOCK_SPACE

LOOKED_UP_EVERY: Final = 10.0
"""Seconds for which a run goes by what it knew of the others."""

_MARKS_LOOKED_AT: Final = 1_000
"""So many of a connection's newest marks are searched for somebody not to contact."""

_WAITING = """
      WITH locked AS MATERIALIZED (
           SELECT objid FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND classid = %(lock_space)s)
    SELECT connection.id, connection.application_id, place.since,
           NOT busy.yes AND (
               coalesce(last.retry_at, '-infinity') <= clock_timestamp()
               OR coalesce(urgent.made_at > last.finished_at, false)),
           busy.yes, urgent.made_at IS NOT NULL
      FROM connections_connection AS connection
      LEFT JOIN directory_follower AS follower
        ON follower.association_id = connection.association_id
       AND follower.name = 'connection:' || connection.id
     CROSS JOIN LATERAL (
           SELECT least(
               (SELECT made_at FROM directory_mark
                 WHERE follower_id = follower.id ORDER BY id LIMIT 1),
               (SELECT run.started_at FROM ledger_operation AS operation
                  JOIN ledger_run AS run ON run.id = operation.run_id
                 WHERE operation.connection_id = connection.id
                   AND operation.state IN
                       ('planned', 'sending', 'accepted', 'unknown')
                 ORDER BY operation.id LIMIT 1)) AS work) AS oldest
     CROSS JOIN LATERAL (
           SELECT least(oldest.work, min(run.started_at)) AS since
             FROM ledger_run AS run
            WHERE run.connection_id = connection.id
              AND run.kind NOT IN ('pull', 'look', 'asking')
              AND run.id > coalesce((
                  SELECT good.id FROM ledger_run AS good
                   WHERE good.connection_id = connection.id
                     AND good.kind NOT IN ('pull', 'look', 'asking')
                     AND good.state IN ('done', 'done_with_exceptions')
                   ORDER BY good.id DESC LIMIT 1), 0)) AS place
     CROSS JOIN LATERAL (
           SELECT connection.id::oid IN (SELECT objid FROM locked) AS yes) AS busy
      LEFT JOIN LATERAL (
           SELECT retry_at, finished_at FROM ledger_run
            WHERE connection_id = connection.id AND finished_at IS NOT NULL
              AND kind NOT IN ('pull', 'look', 'asking')
            ORDER BY id DESC LIMIT 1) AS last ON true
     CROSS JOIN LATERAL (
           SELECT max(newest.made_at) AS made_at
             FROM (SELECT contact_id, made_at FROM directory_mark
                    WHERE follower_id = follower.id
                    ORDER BY id DESC LIMIT %(marks)s) AS newest
             JOIN directory_contact AS contact
               ON contact.id = newest.contact_id AND contact.do_not_contact) AS urgent
     WHERE connection.state = 'connected' AND oldest.work IS NOT NULL
       AND (%(application)s::bigint IS NULL
            OR connection.application_id = %(application)s)
     ORDER BY place.since, connection.id
"""


@frozen(kw_only=True)
class Waiting:
    """A connection with work to do."""

    connection_id: ConnectionId
    application_id: int
    since: datetime
    may_start: bool
    """Nobody works on it, and it does not wait before it tries again."""
    being_worked_on: bool
    urgent: bool
    """Among its changes is somebody who must not be contacted any more."""

    @property
    def in_line(self) -> bool:
        return self.may_start or self.being_worked_on


def waiting(application_id: int | None = None) -> list[Waiting]:
    """Return who has work waiting, in all applications or one, the longest first."""
    with database.cursor() as cursor:
        cursor.execute(
            _WAITING,
            {
                "lock_space": LOCK_SPACE,
                "marks": _MARKS_LOOKED_AT,
                "application": application_id,
            },
        )
        return [
            Waiting(
                connection_id=ConnectionId(connection_id),
                application_id=of,
                since=since,
                may_start=may_start,
                being_worked_on=busy,
                urgent=urgent,
            )
            for connection_id, of, since, may_start, busy, urgent in cursor
        ]


@define(kw_only=True)
class OthersWaiting:
    """What a gate asks for: who else wants requests of its application."""

    application_id: int
    connection_id: int
    clock: Callable[[], float] = time.monotonic
    _known: Others = field(factory=Others, init=False)
    _until: float = field(default=float("-inf"), init=False)

    def __call__(self) -> Others:
        """Return them as they were at most ten seconds ago."""
        if self.clock() >= self._until:
            self._known = others_waiting(self.application_id, self.connection_id)
            self._until = self.clock() + LOOKED_UP_EVERY
        return self._known


def others_waiting(application_id: int, connection_id: int) -> Others:
    """Return who else has work waiting, what each has used today, and whether one of
    them comes before this connection."""
    in_order, day = waiting(application_id), today(application_id)
    first = next((one.connection_id for one in in_order if one.in_line), connection_id)
    return Others(
        used=tuple(
            day.used_by(one.connection_id)
            for one in in_order
            if one.connection_id != connection_id
        ),
        waited_longer=first != connection_id,
    )
