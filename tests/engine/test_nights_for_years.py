"""Four hundred days over PostgreSQL: every night has one run, within its window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from django_scopes import scopes_disabled
from tests.builders import an_application
from tests.engine.nightly import (
    PROVIDER,
    Nightly,
    a_nightly_connection,
    count_tables,
    nights_of,
)

from rollkeeper.connections.models import Application, Connection, ConnectionState
from rollkeeper.core.night import DAY
from rollkeeper.directory.models import Association, Follower
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.ledger.models import NightState

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BEGINS = datetime(2027, 2, 1, 18, 40, tzinfo=UTC)
DAYS = 400

PLACES = [
    ("America/Chicago", time(1), time(4)),
    ("America/Chicago", time(22, 30), time(1, 30)),
    ("America/St_Johns", time(1, 30), time(4, 30)),
    ("Asia/Kolkata", time(1), time(4)),
    ("Pacific/Chatham", time(2), time(5)),
]


def test_every_night_has_one_run_within_its_window() -> None:
    key = an_application()
    places = [
        (a_nightly_connection(key, window_from=a, window_to=b, time_zone=zone), zone)
        for zone, a, b in PLACES
    ]
    nightly = Nightly(now=BEGINS)
    for hour in range(DAYS * 24):
        if hour % (30 * 24) == 24:
            count_tables()
        if nightly.look(BEGINS + timedelta(hours=hour)):
            nightly.run_all()
    for (connection, zone), (_, begins, ends) in zip(places, PLACES, strict=True):
        _check_and_print(nightly, connection, zone, begins, ends)


def _check_and_print(
    nightly: Nightly, connection: Connection, zone: str, begins: time, ends: time
) -> None:
    done = [one for one in nights_of(connection) if one.started_at]
    assert {one.state for one in done} == {NightState.STARTED}
    assert all(b.night - a.night == DAY for a, b in pairwise(done))
    assert {date(2027, 3, 14), date(2027, 11, 7), date(2028, 2, 29)} <= {
        one.night for one in done
    }
    asked = [at for at, who in nightly.asked if who == connection.pk]
    assert len(asked) == len(done) >= DAYS - 1
    there = [at.astimezone(ZoneInfo(zone)) for at in asked]
    for at in there:
        opened = _first_shown(begins, before=at)
        assert _first_shown(ends, before=at) <= opened <= at
    ordered = sorted(there, key=lambda at: (at - timedelta(hours=12)).time())
    print(  # noqa: T201 - with -s these rows are the table of what was simulated
        f"\n{zone:18} {begins:%H:%M}-{ends:%H:%M}  nights {len(done)}"
        f"  runs {len(asked)}  earliest {ordered[0]:%H:%M}  latest {ordered[-1]:%H:%M}"
    )


def _first_shown(clock: time, *, before: datetime) -> datetime:
    """Return when clocks *before* that moment showed this last; where they are put
    back and show it twice, the first of the two."""
    midnight = before.replace(hour=0, minute=0, fold=0)
    shown = [
        datetime.combine(midnight - DAY * ago, clock, before.tzinfo).astimezone(UTC)
        for ago in (0, 1)
    ]
    return max(one for one in shown if one <= before)


def test_five_thousand_associations_are_looked_at_every_minute(
    record_property: Callable[[str, object], None],
) -> None:
    key = an_application(requests_per_day=100_000)
    _make_connections(key, 5_000)
    count_tables()
    nightly = Nightly(now=BEGINS)
    nightly.look(BEGINS)
    count_tables()
    began = perf_counter()
    assert nightly.look(BEGINS + timedelta(minutes=1)) == 0
    took = perf_counter() - began
    record_property("figure", f"5,000 associations, nothing due: {took:.2f} s a look")
    begun = sum(
        nightly.look(datetime(2027, 2, 2, 7, minute, tzinfo=UTC))
        for minute in range(10)
    )
    assert 370 <= begun <= 420  # of two hours, each minute has its part


def _make_connections(key: Application, count: int) -> None:
    with scopes_disabled():
        associations = Association.objects.bulk_create(
            Association(name=f"Chamber {number}", slug=f"one-of-many-{number}")
            for number in range(count)
        )
        connections = Connection.objects.bulk_create(
            Connection(
                association=one,
                application=key,
                provider=PROVIDER,
                state=ConnectionState.CONNECTED,
            )
            for one in associations
        )
        Follower.objects.bulk_create(
            Follower(association_id=one.association_id, name=follower_name(one.pk))
            for one in connections
        )
