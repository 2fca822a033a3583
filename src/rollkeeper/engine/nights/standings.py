"""Who wants nightly runs, and where each stands with its nights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from attrs import frozen
from django.db import connection as database

from rollkeeper.connections.models import ConnectionState
from rollkeeper.core.night import Step, Window, step
from rollkeeper.ledger.models import NewsletterSettings, NightState
from rollkeeper.ledger.services.nights import NightOf, Planned

log = structlog.get_logger()

_DEFAULTS: Final = NewsletterSettings()
"""Of those that never changed any."""

# Who was never synchronized follows nothing yet: a person looks at the first plan.
_STANDINGS = """
    SELECT connection.id, connection.association_id, connection.application_id,
           connection.provider, connection.state, connection.state_reason,
           coalesce(settings.window_from, %(window_from)s),
           coalesce(settings.window_to, %(window_to)s),
           coalesce(settings.time_zone, %(time_zone)s),
           waits.night, waits.state, waits.starts_at, waits.held_up, waits.requests,
           last.night
      FROM connections_connection AS connection
      JOIN directory_follower AS follower
        ON follower.association_id = connection.association_id
       AND follower.name = 'connection:' || connection.id
      LEFT JOIN ledger_newslettersettings AS settings
        ON settings.association_id = connection.association_id
      LEFT JOIN ledger_night AS waits
        ON waits.connection_id = connection.id
       AND waits.state IN ('planned', 'carried_over', 'not_possible')
      LEFT JOIN LATERAL (
           SELECT night FROM ledger_night
            WHERE connection_id = connection.id AND waits.id IS NULL
            ORDER BY night DESC LIMIT 1) AS last ON true
     WHERE coalesce(settings.nightly, %(nightly)s)
       AND coalesce(settings.solution, %(solution)s) = connection.provider
"""


@frozen(kw_only=True)
class Waits:
    """The night of a connection that has not had its run."""

    night: date
    state: NightState
    starts_at: datetime
    held_up: str
    requests: int
    """What it was expected to take when it was carried over."""


@frozen(kw_only=True)
class Standing:
    """A connection that wants nightly runs, and where it stands with them."""

    connection_id: int
    association_id: int
    application_id: int
    provider: str
    state: ConnectionState
    reason: str
    """Why it is not connected, if it is not."""
    window: Window
    waits: Waits | None
    last: date | None
    """The last night there was, when none waits."""

    def step(self, now: datetime) -> Step:
        return step(
            self.window,
            number=self.association_id,
            now=now,
            waits=self.waits.night if self.waits else None,
            last=self.last,
        )

    def of(self, night: date) -> NightOf:
        return NightOf(connection_id=self.connection_id, night=night)

    def planned(self, night: date, *, held_up: str = "", note: str = "") -> Planned:
        return Planned(
            association_id=self.association_id,
            of=self.of(night),
            starts_at=self.window.starts(night, self.association_id),
            held_up=held_up,
            note=note,
        )


def standings() -> Iterator[Standing]:
    """Yield every connection that is synchronized and wants nightly runs."""
    with database.cursor() as cursor:
        cursor.execute(
            _STANDINGS,
            {
                name: getattr(_DEFAULTS, name)
                for name in (
                    *("window_from", "window_to", "time_zone"),
                    *("nightly", "solution"),
                )
            },
        )
        rows = cursor.fetchall()
    for row in rows:
        try:
            window = _window(*row[6:9])
        except ZoneInfoNotFoundError:
            log.exception("time_zone_not_found", association=row[1])
            continue
        yield Standing(
            connection_id=row[0],
            association_id=row[1],
            application_id=row[2],
            provider=row[3],
            state=ConnectionState(row[4]),
            reason=row[5],
            window=window,
            waits=_waits(*row[9:14]) if row[9] else None,
            last=row[14],
        )


def _waits(
    night: date, state: str, starts_at: datetime, held_up: str, requests: int
) -> Waits:
    return Waits(
        night=night,
        state=NightState(state),
        starts_at=starts_at,
        held_up=held_up,
        requests=requests,
    )


@lru_cache
def _window(begins: time, ends: time, zone: str) -> Window:
    return Window(begins=begins, ends=ends, zone=ZoneInfo(zone))
