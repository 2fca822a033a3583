"""Nightly runs as the workers do them: the clock, the queue, and PostgreSQL."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection as database
from django_scopes import scope, scopes_disabled
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import a_contact, a_list, an_application
from tests.engine.nightly import (
    Nightly,
    a_nightly_connection,
    a_nightly_world,
    chicago,
    is_night,
    nights_of,
    turn,
)
from tests.engine.worlds import World

from rollkeeper.connections.models import ConnectionState
from rollkeeper.engine.coordinator import sole_coordinator
from rollkeeper.jobs import tasks
from rollkeeper.ledger.models import Night, NightState, RunKind, RunState
from rollkeeper.ledger.services.nights import follow_runs
from rollkeeper.providers.errors import ReconnectNeeded

NOON, AT_NIGHT = chicago("2027-01-04T12:00"), chicago("2027-01-05T03:10")


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A list that is true over there, and the window is open."""
    world = a_nightly_world()
    monkeypatch.setattr(tasks, "surroundings", lambda: world.surroundings)
    a_list(world.association, a_contact(world.association), name="News")
    world.sync(everything=True)
    is_night(world.association)
    return world


def night_of(world: World) -> Night:
    follow_runs()
    return nights_of(world.connection)[0]


def jobs_by(world: World) -> list[str]:
    lock = f"connection:{world.connection.pk}"
    return [job.args["by"] for job in ProcrastinateJob.objects.filter(lock=lock)]


def test_by_night_everything_is_compared_and_it_says_so(world: World) -> None:
    tasks.nights(timestamp=0)
    assert jobs_by(world) == ["rule:night"]
    tasks.sync(world.connection.pk, by="rule:night")
    night = night_of(world)
    assert night.state == NightState.STARTED
    assert night.run is not None
    assert (night.run.by, night.run.kind) == ("rule:night", RunKind.EVERYTHING)
    assert night.finished_at == night.run.finished_at


def test_asked_every_minute_it_is_done_once(world: World) -> None:
    for _ in range(3):
        tasks.nights(timestamp=0)
        tasks.sync(world.connection.pk, by="rule:night")
    assert [one.state for one in nights_of(world.connection)] == ["started", "planned"]
    with scope(association=world.association):
        runs = Night.objects.get(state=NightState.STARTED).connection.run_set
        kinds = Counter(runs.values_list("kind", flat=True))
    assert kinds[RunKind.EVERYTHING] == 2  # the first sync, and the night's


def test_a_job_that_waited_for_a_change_does_the_nights_work_in_its_name(
    world: World,
) -> None:
    a_contact(world.association)
    tasks.tick(timestamp=0)
    tasks.nights(timestamp=0)
    assert jobs_by(world) == ["rule:change"]
    tasks.sync(world.connection.pk, by="rule:change")
    night = night_of(world)
    assert night.run is not None
    assert night.run.by == "rule:night"
    a_contact(world.association)
    tasks.sync(world.connection.pk, by="rule:change")
    with scope(association=world.association):
        assert world.connection.run_set.order_by("-pk")[0].by == "rule:change"


def test_a_connection_that_breaks_during_the_run_ends_it_after_reconnecting(
    world: World,
) -> None:
    tasks.nights(timestamp=0)
    world.meter.stop_at, world.meter.stop_with = 1, lambda: ReconnectNeeded("gone")
    world.meter.requests.clear()
    tasks.sync(world.connection.pk, by="rule:night")
    night = night_of(world)
    assert night.run is not None
    assert (night.run.state, night.finished_at) == (RunState.RECONNECT_NEEDED, None)
    world.meter.stop_at = None
    world.reconnect()
    tasks.sync(world.connection.pk, by="rule:change")
    night = night_of(world)
    assert night.run is not None
    assert (night.run.state, night.run.by) == (RunState.DONE, "rule:night")
    assert night.finished_at is not None


def test_a_broken_connection_begins_nothing_until_it_is_connected(world: World) -> None:
    turn(world.connection, ConnectionState.RECONNECT_NEEDED, "Signed out.")
    tasks.nights(timestamp=0)
    assert (jobs_by(world), night_of(world).state) == ([], NightState.NOT_POSSIBLE)
    world.reconnect()
    tasks.nights(timestamp=0)
    assert jobs_by(world) == ["rule:night"]


def test_a_night_waits_for_the_run_that_is_at_work(world: World) -> None:
    with ThreadPoolExecutor(1) as another, sole_coordinator(world.connection.pk):
        for _ in range(2):
            another.submit(_in_a_session_of_its_own, 0).result()
        assert jobs_by(world) == []
    tasks.nights(timestamp=0)
    assert jobs_by(world) == ["rule:night"]
    assert night_of(world).held_up == "Another run was at work when its time came."


def _in_a_session_of_its_own(_: int) -> None:
    try:
        tasks.nights(timestamp=0)
    finally:
        database.close()


@pytest.mark.usefixtures("transactional_db")
def test_of_many_that_look_at_once_one_begins_each_night() -> None:
    key = an_application(requests_per_day=100_000)
    connections = [a_nightly_connection(key) for _ in range(12)]
    Nightly().look(NOON)
    barrier = Barrier(6)

    def look(_: int) -> list[int]:
        nightly = Nightly()
        barrier.wait()
        try:
            nightly.look(AT_NIGHT)
        finally:
            database.close()
        return [connection_id for _, connection_id in nightly.asked]

    with ThreadPoolExecutor(6) as threads:
        asked = Counter(one for found in threads.map(look, range(6)) for one in found)
    assert asked == Counter(one.pk for one in connections)
    with scopes_disabled():
        begun = Night.objects.filter(started_at__isnull=False)
        assert {one.night for one in begun} == {date(2027, 1, 5)}
        assert begun.count() == 12
