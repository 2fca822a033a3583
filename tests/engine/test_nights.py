"""Each night has one run, in its window, or one that makes up for it and says why."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from tests.builders import a_connection, a_contact, an_application, an_association
from tests.engine.nightly import (
    Nightly,
    a_nightly_connection,
    change,
    chicago,
    ended_run,
    nights_of,
    states_of,
    turn,
)
from tests.engine.queues import spent

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import ConnectionState
from rollkeeper.ledger.models import NightState, RunState
from rollkeeper.ledger.models.newsletter import Solution

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD, FOURTH, FIFTH = (date(2027, 1, day) for day in range(5, 10))
NOON = chicago("2027-01-04T12:00")


@pytest.fixture
def nightly() -> Nightly:
    return Nightly(now=NOON)


def test_a_night_begins_in_its_window_and_once(nightly: Nightly) -> None:
    connection = a_nightly_connection()
    assert nightly.look(NOON) == 0
    assert states_of(connection) == {FIRST: NightState.PLANNED}
    starts = nights_of(connection)[0].starts_at
    assert chicago("2027-01-05T01:00") <= starts < chicago("2027-01-05T03:00")
    assert nightly.look(starts - timedelta(seconds=1)) == 0
    assert nightly.look(starts) == 1
    for minutes in range(0, 600, 7):
        assert nightly.look(starts + timedelta(minutes=minutes)) == 0
    assert [connection_id for _, connection_id in nightly.asked] == [connection.pk]
    assert states_of(connection) == {
        FIRST: NightState.STARTED,
        SECOND: NightState.PLANNED,
    }


@pytest.mark.parametrize("wants", [{"nightly": False}, {"solution": Solution.NONE}])
def test_who_wants_no_nights_has_none(nightly: Nightly, wants: dict[str, Any]) -> None:
    connection = a_nightly_connection(**wants)
    for hours in range(48):
        nightly.look(NOON + timedelta(hours=hours))
    assert nights_of(connection) == []


def test_who_was_never_synchronized_has_no_night(nightly: Nightly) -> None:
    """A person looks at the first plan."""
    connection = a_connection(an_association())
    nightly.look(chicago("2027-01-05T03:30"))
    assert nights_of(connection) == []


def test_after_three_nights_without_workers_one_run_makes_up_for_all(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    nightly.look(chicago("2027-01-07T12:00"))
    assert len(nightly.asked) == 1
    first, second, third = nights_of(connection)[:3]
    assert (first.state, second.state) == (NightState.MISSED, NightState.MISSED)
    assert first.held_up == second.held_up == "No worker ran in its window."
    assert first.note == "The night of 2027-01-07 makes up for it."
    assert third.state == NightState.MADE_UP
    assert third.held_up == "No worker ran in its window."
    assert third.note == (
        "Makes up for the nights of 2027-01-05 to 2027-01-06."
        " No worker ran in its window."
    )
    assert nightly.look(chicago("2027-01-07T12:01")) == 0


def test_workers_that_come_back_within_a_window_wait_for_their_minute(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    nightly.look(chicago("2027-01-06T01:00"))
    waits = nights_of(connection)[-1]
    assert (waits.night, waits.state) == (SECOND, NightState.PLANNED)
    nightly.look(chicago("2027-01-06T03:10"))
    assert states_of(connection)[SECOND] == NightState.STARTED
    assert "Makes up for the night of 2027-01-05." in nights_of(connection)[1].note


def test_what_the_day_has_no_requests_for_is_carried_over(nightly: Nightly) -> None:
    key = an_application(requests_per_day=1_000)
    connection = a_nightly_connection(key)
    nightly.look(NOON)
    spent(key, 839)
    assert nightly.look(chicago("2027-01-05T03:10")) == 0
    (night,) = nights_of(connection)
    assert night.state == NightState.CARRIED_OVER
    assert night.held_up == (
        "It takes about 2 requests, and 1 are left for this account today."
    )


def test_what_was_carried_over_begins_when_there_are_requests(
    nightly: Nightly,
) -> None:
    key = an_application(requests_per_day=10)
    connection = a_nightly_connection(key)
    nightly.look(NOON)
    spent(key, 10)
    for at in ("03:10", "03:11", "04:30"):
        assert nightly.look(chicago(f"2027-01-05T{at}")) == 0
    key.requests_per_day = 1_000
    key.save()
    assert nightly.look(chicago("2027-01-05T18:01")) == 1
    night, _ = nights_of(connection)
    assert night.state == NightState.MADE_UP
    assert night.held_up.count("requests") == 1


def test_what_waits_to_be_sent_counts_as_well(nightly: Nightly) -> None:
    connection = a_nightly_connection(an_application(requests_per_day=5))
    nightly.look(NOON)
    a_contact(connection.association)
    a_contact(connection.association)
    assert nightly.look(chicago("2027-01-05T03:10")) == 0
    (night,) = nights_of(connection)
    assert night.held_up == (
        "It takes about 6 requests, and 5 are left for this account today."
    )


def test_nights_that_begin_together_share_what_is_left(nightly: Nightly) -> None:
    """Each of the runs takes two requests, and the day has five."""
    key = an_application(requests_per_day=5)
    connections = [a_nightly_connection(key) for _ in range(4)]
    nightly.look(NOON)
    assert nightly.look(chicago("2027-01-05T03:10")) == 2
    states = sorted(states_of(one)[FIRST] for one in connections)
    assert states == ["carried_over", "carried_over", "started", "started"]
    nightly.run_all()
    assert nightly.look(chicago("2027-01-05T03:11")) == 2


def test_a_closed_application_begins_nothing(nightly: Nightly) -> None:
    key = an_application()
    connection = a_nightly_connection(key)
    nightly.look(NOON)
    key.closed_until = database_time() + timedelta(hours=1)
    key.save()
    assert nightly.look(chicago("2027-01-05T03:10")) == 0
    assert states_of(connection)[FIRST] == NightState.CARRIED_OVER


def test_a_broken_connection_is_said_and_made_up_for_after_reconnecting(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    turn(connection, ConnectionState.RECONNECT_NEEDED, "The account signed us out.")
    for at in ("03:10", "03:11", "09:00"):
        assert nightly.look(chicago(f"2027-01-05T{at}")) == 0
    (night,) = nights_of(connection)
    assert night.state == NightState.NOT_POSSIBLE
    assert night.held_up == "Reconnect needed. The account signed us out."
    turn(connection, ConnectionState.CONNECTED)
    assert nightly.look(chicago("2027-01-05T09:01")) == 1
    night, _ = nights_of(connection)
    assert night.state == NightState.MADE_UP
    assert night.held_up == "Reconnect needed. The account signed us out."


def test_nights_without_a_connection_are_made_up_for_by_one_run(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    turn(connection, ConnectionState.RECONNECT_NEEDED, "Signed out.")
    for hours in range(4 * 24):
        nightly.look(NOON + timedelta(hours=hours))
    turn(connection, ConnectionState.CONNECTED)
    assert nightly.look(NOON + timedelta(days=4)) == 1
    assert list(states_of(connection).values()) == [
        *["missed"] * 3,
        "made_up",
        "planned",
    ]
    assert nights_of(connection)[0].held_up == "Reconnect needed. Signed out."


def test_a_window_that_is_changed_during_a_night_gives_no_second_run(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    assert nightly.look(chicago("2027-01-05T03:10")) == 1
    change(connection, window_from=time(5), window_to=time(9))
    for hours in range(24):
        nightly.look(chicago("2027-01-05T04:00") + timedelta(hours=hours))
    assert len(nightly.asked) == 1
    nightly.look(chicago("2027-01-06T08:30"))
    assert states_of(connection)[SECOND] == NightState.STARTED


def test_a_window_moved_to_hours_that_have_passed_is_made_up_for(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection(window_from=time(20), window_to=time(23))
    nightly.look(NOON)
    change(connection, window_from=time(8), window_to=time(11))
    assert nightly.look(NOON + timedelta(minutes=1)) == 1
    night, _ = nights_of(connection)
    assert night.state == NightState.MADE_UP
    assert night.held_up == "The window was changed when this night's had passed."


def test_a_window_moved_to_later_moves_the_night(nightly: Nightly) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    change(connection, time_zone="Pacific/Honolulu")
    nightly.look(NOON + timedelta(minutes=1))
    (night,) = nights_of(connection)
    assert night.starts_at >= chicago("2027-01-05T05:00")
    assert nightly.look(chicago("2027-01-05T03:10")) == 0
    assert nightly.look(chicago("2027-01-05T07:10")) == 1


def test_switching_nights_off_and_on_again_makes_up_for_nothing(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    change(connection, nightly=False)
    nightly.look(NOON + timedelta(hours=1))
    assert nights_of(connection) == []
    change(connection, nightly=True)
    assert nightly.look(NOON + timedelta(days=30)) == 0
    assert states_of(connection) == {date(2027, 2, 4): NightState.PLANNED}


def test_a_night_that_is_held_up_ends_when_nights_are_switched_off(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    turn(connection, ConnectionState.RECONNECT_NEEDED)
    nightly.look(chicago("2027-01-05T03:10"))
    change(connection, nightly=False)
    nightly.look(chicago("2027-01-05T03:11"))
    (night,) = nights_of(connection)
    assert night.state == NightState.MISSED
    assert "switched off" in night.note


def test_nights_switched_on_within_a_window_begin_with_the_next(
    nightly: Nightly,
) -> None:
    connection = a_nightly_connection(nightly=False)
    nightly.look(NOON)
    change(connection, nightly=True)
    assert nightly.look(chicago("2027-01-05T03:10")) == 0
    assert nightly.look(chicago("2027-01-06T03:10")) == 1
    assert next(iter(states_of(connection).values())) == NightState.STARTED


def test_a_run_that_fails_is_followed_by_the_next(nightly: Nightly) -> None:
    connection = a_nightly_connection()
    nightly.look(NOON)
    nightly.look(chicago("2027-01-05T03:10"))
    failed = ended_run(
        connection.pk,
        at=chicago("2027-01-05T03:11"),
        state=RunState.WILL_TRY_AGAIN,
    )
    nightly.look(chicago("2027-01-05T03:12"))
    night = nights_of(connection)[0]
    assert (night.run_id, night.finished_at) == (failed.pk, None)
    done = ended_run(connection.pk, at=chicago("2027-01-05T03:20"))
    ended_run(connection.pk, at=chicago("2027-01-05T03:30"))
    nightly.look(chicago("2027-01-05T03:31"))
    night = nights_of(connection)[0]
    assert (night.run_id, night.finished_at) == (done.pk, done.finished_at)


def test_a_look_takes_as_many_statements_for_many_as_for_one(nightly: Nightly) -> None:
    key = an_application()
    a_nightly_connection(key)
    nightly.look(NOON)
    with CaptureQueriesContext(database) as for_one:
        nightly.look(NOON)
    for _ in range(30):
        a_nightly_connection(key)
    nightly.look(NOON)
    with CaptureQueriesContext(database) as for_many:
        nightly.look(NOON)
    assert len(for_many) == len(for_one)


def test_a_zone_that_this_machine_does_not_know_stops_nobody_elses_night(
    nightly: Nightly,
) -> None:
    lost = a_nightly_connection(time_zone="Mars/Olympus")
    connection = a_nightly_connection()
    nightly.look(NOON)
    assert nightly.look(chicago("2027-01-05T03:10")) == 1
    assert nights_of(lost) == []
    assert states_of(connection)[FIRST] == NightState.STARTED
