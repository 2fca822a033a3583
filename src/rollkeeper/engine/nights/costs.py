"""What a night's run takes of the day's requests, and whether so many are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import define, field
from django.db import connection as database

from rollkeeper.connections.quota import Today, today
from rollkeeper.core.budget import Budget, Others, Purpose
from rollkeeper.core.night import requests_of
from rollkeeper.engine.nights.standings import Standing
from rollkeeper.engine.waiting import Waiting, waiting
from rollkeeper.providers.port import Capabilities

_SIZES = """
    SELECT connection.id,
           (SELECT count(*) FROM ledger_remotecontact
             WHERE connection_id = connection.id),
           (SELECT count(*) FROM ledger_audience
             WHERE connection_id = connection.id AND state = 'active'),
           (SELECT count(*) FROM directory_mark AS mark
             WHERE mark.follower_id = follower.id
               AND coalesce(mark.mailbox, mark.contact_id::text) IS NOT NULL)
      FROM connections_connection AS connection
      JOIN directory_follower AS follower
        ON follower.association_id = connection.association_id
       AND follower.name = 'connection:' || connection.id
     WHERE connection.id = ANY(%s)
"""

_EXPECTED = """
    SELECT coalesce(sum(night.requests), 0)
      FROM ledger_night AS night
      JOIN connections_connection AS connection ON connection.id = night.connection_id
     WHERE night.started_at IS NOT NULL AND night.finished_at IS NULL
       AND connection.application_id = %s
"""


def costs(
    due: Sequence[Standing], capabilities: Callable[[str], Capabilities]
) -> Mapping[int, int]:
    """Return by connection how many requests its run takes, about."""
    limits = {one.connection_id: capabilities(one.provider) for one in due}
    with database.cursor() as cursor:
        cursor.execute(_SIZES, [list(limits)])
        return {
            connection_id: requests_of(
                known=known,
                lists=lists,
                marked=marked,
                page_size=limits[connection_id].page_size,
                rows_per_call=min(
                    limits[connection_id].import_rows,
                    limits[connection_id].targets_per_call,
                ),
            )
            for connection_id, known, lists, marked in cursor
        }


@define(kw_only=True)
class Quota:
    """What is left of an application's day, less what begun nights still need."""

    day: Today
    queue: Sequence[Waiting]
    """Who has work waiting, the longest first."""
    expected: int
    """Requests of runs that were begun and have not ended."""
    _known: dict[tuple[int, bool, bool], int] = field(factory=dict, init=False)

    def left(self, connection_id: int) -> int:
        """Return how many requests a run of this connection may still make today."""
        if self.day.closed_until is not None:
            return 0
        queued = any(one.connection_id == connection_id for one in self.queue)
        first = next((one.connection_id for one in self.queue if one.in_line), None)
        # Whoever has used as much stands the same: with thousands, few do not.
        key = (self.day.used_by(connection_id), queued, first == connection_id)
        if key not in self._known:
            self._known[key] = self._share(connection_id, first)
        return min(self._known[key], max(0, self._all() - self.expected))

    def expect(self, requests: int) -> None:
        """Keep so many for a run that was begun."""
        self.expected += requests

    def _share(self, connection_id: int, first: int | None) -> int:
        others = Others(
            used=tuple(
                self.day.used_by(one.connection_id)
                for one in self.queue
                if one.connection_id != connection_id
            ),
            waited_longer=first not in (None, connection_id),
        )
        return self._budget(connection_id, others).left(Purpose.READ)

    def _all(self) -> int:
        return self._budget(None, Others()).left(Purpose.READ)

    def _budget(self, connection_id: int | None, others: Others) -> Budget:
        return Budget(
            per_day=self.day.per_day,
            used=self.day.used,
            own=self.day.used_by(connection_id) if connection_id else 0,
            others=others,
        )


def quota(application_id: int) -> Quota:
    """Return how the day stands, by the database's clock."""
    with database.cursor() as cursor:
        cursor.execute(_EXPECTED, [application_id])
        expected = cursor.fetchone()[0]
    return Quota(
        day=today(application_id),
        queue=waiting(application_id),
        expected=int(expected),
    )
