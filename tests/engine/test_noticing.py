"""What happens is found once, told once to each, and lost by no kill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django_scopes import scopes_disabled
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    an_association,
)
from tests.engine.worlds import World
from tests.notices.incidents import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Killed,
    a_hold,
    a_run,
    at,
    broken,
    connected,
    daily,
    events,
    look,
    somebody_unsubscribes,
    staff_of,
    told,
    turn,
    unsubscribed,
    wants,
)

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.services import need_reconnect
from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.models import Association, Role, Staff
from rollkeeper.engine.noticing.digests import digest
from rollkeeper.engine.noticing.looking import look_often
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.ledger.models import Hold
from rollkeeper.notices.events import Event, How, MessageState
from rollkeeper.notices.models import Incident, Mention, Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everywhere() -> Iterator[None]:
    """What looks does so for all associations."""
    with scopes_disabled():
        yield


@pytest.fixture
def chamber() -> Association:
    return an_association(name="Harbor Chamber")


@pytest.fixture
def pat(chamber: Association) -> Staff:
    """The first administrator, who is told of what nobody may miss."""
    return staff_of(chamber)


def test_a_failure_is_told_once_however_often_somebody_looks(
    chamber: Association, pat: Staff
) -> None:
    broken(chamber)
    for minute in range(5):
        look(NOW + minute * MINUTE)
    assert told() == [(Event.CONNECTION_FAILED, f"staff:{pat.pk}")]
    message = Message.objects.get()
    assert message.subject == "Harbor Chamber: Constant Contact no longer lets us in"
    assert "The sign-in was withdrawn." in message.body
    assert "/notices/go/" in message.body


def test_who_was_told_of_a_failure_is_told_when_it_has_been_over_for_a_while(
    chamber: Association, pat: Staff
) -> None:
    connection = broken(chamber)
    look(NOW)
    turn(connection, ConnectionState.CONNECTED, NOW + HOUR)
    look(NOW + HOUR + 14 * MINUTE)
    assert len(told()) == 1
    look(NOW + HOUR + 15 * MINUTE)
    look(NOW + HOUR + 16 * MINUTE)
    assert told()[1:] == [(Event.CONNECTION_RESTORED, f"staff:{pat.pk}")]
    failure = Incident.objects.get(event=Event.CONNECTION_FAILED)
    assert failure.closed_at == NOW + HOUR


def test_a_connection_that_flaps_has_one_failure(
    chamber: Association, pat: Staff
) -> None:
    connection = broken(chamber)
    for minute in range(0, 60, 10):
        turn(connection, ConnectionState.RECONNECT_NEEDED, NOW + minute * MINUTE)
        look(NOW + (minute + 1) * MINUTE)
        turn(connection, ConnectionState.CONNECTED, NOW + (minute + 5) * MINUTE)
        look(NOW + (minute + 6) * MINUTE)
    assert events() == [Event.CONNECTION_FAILED]
    look(NOW + 3 * HOUR)
    assert events() == [Event.CONNECTION_FAILED, Event.CONNECTION_RESTORED]


def test_a_failure_after_a_good_while_is_another(
    chamber: Association, pat: Staff
) -> None:
    connection = broken(chamber)
    look(NOW)
    turn(connection, ConnectionState.CONNECTED, NOW + HOUR)
    look(NOW + 2 * HOUR)
    turn(connection, ConnectionState.RECONNECT_NEEDED, NOW + 3 * HOUR)
    look(NOW + 3 * HOUR)
    assert [event for event, _ in told()] == [
        Event.CONNECTION_FAILED,
        Event.CONNECTION_RESTORED,
        Event.CONNECTION_FAILED,
    ]


def test_a_failure_that_was_mended_while_nobody_looked_is_found_later(
    chamber: Association, pat: Staff
) -> None:
    connection = a_connection(chamber)
    now = Connection.objects.get().state_since
    look_often(now=now)
    need_reconnect(connection_id=connection.pk, reason="Withdrawn.", by="rule:tokens")
    later = now + 2 * DAY
    turn(connection, ConnectionState.CONNECTED, now + DAY)
    look_often(now=later)
    tell(now=later)
    look_often(now=later + MINUTE)
    assert events() == [Event.CONNECTION_FAILED, Event.CONNECTION_RESTORED]
    assert "Withdrawn." in Message.objects.order_by("id")[0].body


def test_staff_who_disconnect_are_not_told_that_it_was_restored(
    chamber: Association, pat: Staff
) -> None:
    connection = broken(chamber)
    look(NOW)
    turn(connection, ConnectionState.DISCONNECTED, NOW + MINUTE)
    look(NOW + HOUR)
    assert events() == [Event.CONNECTION_FAILED]
    assert Incident.objects.get().closed_at == NOW + MINUTE


def test_with_nobody_subscribed_administrators_are_told(
    chamber: Association, pat: Staff
) -> None:
    second = staff_of(chamber)
    staff_of(chamber, role=Role.OPERATOR)
    wants(pat, Event.CONNECTION_FAILED, How.NEVER)
    broken(chamber)
    look(NOW)
    assert told() == [
        (Event.CONNECTION_FAILED, f"staff:{pat.pk}"),
        (Event.CONNECTION_FAILED, f"staff:{second.pk}"),
    ]
    assert "because you are an administrator" in Message.objects.all()[0].body


def test_a_subscriber_without_an_address_does_not_count_as_told(
    chamber: Association, pat: Staff
) -> None:
    second = staff_of(chamber)
    pat.user.email = ""
    pat.user.save()
    broken(chamber)
    look(NOW)
    states = dict(Message.objects.values_list("recipient", "state"))
    assert states == {
        f"staff:{pat.pk}": MessageState.NOBODY,
        f"staff:{second.pk}": MessageState.WAITING,
    }


def test_with_no_administrator_at_all_it_is_recorded_all_the_same(
    chamber: Association,
) -> None:
    broken(chamber)
    look(NOW)
    message = Message.objects.get()
    assert (message.recipient, message.state) == ("nobody", MessageState.NOBODY)
    assert "Constant Contact no longer lets us in" in message.body


def test_a_held_plan_is_told_and_closed_when_it_is_decided(
    chamber: Association, pat: Staff
) -> None:
    hold = a_hold(chamber, a_connection(chamber))
    look(NOW)
    assert told() == [(Event.PLAN_HELD, f"staff:{pat.pk}")]
    assert "40 of 100 people would be taken off lists" in Message.objects.get().body
    Hold.objects.filter(pk=hold.pk).update(state="approved", decided_at=NOW + MINUTE)
    look(NOW + HOUR)
    assert Incident.objects.get().closed_at == NOW + MINUTE


def test_a_hold_that_comes_and_goes_is_told_once(
    chamber: Association, pat: Staff
) -> None:
    connection = a_connection(chamber)
    for minute in range(0, 30, 10):
        at = NOW + minute * MINUTE
        hold = a_hold(chamber, connection, made_at=at)
        look(at)
        Hold.objects.filter(pk=hold.pk).update(state="over")
        look(at + 5 * MINUTE)
    assert events() == [Event.PLAN_HELD] * 3
    assert len(told()) == 1


def test_a_list_whose_name_is_taken_over_there_waits_for_staff(world: World) -> None:
    staff_of(world.association)
    theirs = world.theirs("Gazette")
    world.account.hand_add(Mailbox("old@x.example"), lists={theirs})
    a_list(world.association, a_contact(world.association), name="Gazette")
    world.sync(everything=True)
    now = datetime.now(UTC)
    for minute in range(2):
        look(now + minute * MINUTE)
    message = Message.objects.get(event=Event.PLAN_HELD)
    assert "a list called “Gazette” that is not ours, with one person" in message.body
    world.adopt()
    look(now + HOUR)
    assert Incident.objects.get(event=Event.PLAN_HELD).closed_at == now + HOUR


def test_everybody_who_unsubscribed_in_a_run_is_told_of_together(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    ann = a_contact(chamber, address="ann@x.example", last_name="Frost")
    run = a_run(connected(chamber))
    unsubscribed(run, "ann@x.example", contact_id=ContactId(ann.pk))
    unsubscribed(run, "bob@x.example", kind=Kind.COMPLAINT)
    look(NOW)
    look(NOW + HOUR)
    message = Message.objects.get()
    assert message.subject == "Harbor Chamber: 2 people unsubscribed"
    assert "Ann Frost (ann@x.example) unsubscribed from everything" in message.body
    assert "bob@x.example reported mail as unwanted" in message.body
    assert set(Mention.objects.values_list("contact_id", flat=True)) == {ann.pk, None}


@pytest.mark.parametrize("at", [1, 2, 3])
def test_killed_while_messages_are_made_nothing_is_lost_or_doubled(
    chamber: Association, pat: Staff, at: int
) -> None:
    for _ in range(2):
        staff_of(chamber)
    wants(pat, Event.CONNECTION_FAILED, How.NEVER)
    broken(chamber)
    look_often(now=NOW)
    drawn = 0

    def draw() -> Any:
        nonlocal drawn
        drawn += 1
        if drawn == at:
            raise Killed
        return uuid4()

    with pytest.raises(Killed):
        tell(now=NOW, draw=draw)
    assert told() == []
    tell(now=NOW)
    tell(now=NOW)
    assert len(told()) == 3


@transaction.atomic
def look_and_be_killed() -> None:
    look_often(now=NOW)
    raise Killed


def test_killed_at_the_end_of_a_look_the_next_finds_the_same(
    chamber: Association, pat: Staff
) -> None:
    connection = broken(chamber)
    unsubscribed(a_run(connection, started_at=NOW - DAY), "ann@x.example")
    with pytest.raises(Killed):
        look_and_be_killed()
    assert events() == []
    look_often(now=NOW)
    assert events() == [Event.CONNECTION_FAILED, Event.UNSUBSCRIBED]


def test_killed_between_looking_and_telling_the_incident_is_told_later(
    chamber: Association, pat: Staff
) -> None:
    connection = broken(chamber)
    look_often(now=NOW)
    turn(connection, ConnectionState.CONNECTED, NOW + MINUTE)
    look_often(now=NOW + DAY)
    tell(now=NOW + DAY)
    assert [event for event, _ in told()] == [
        Event.CONNECTION_FAILED,
        Event.CONNECTION_RESTORED,
    ]


def test_a_digest_is_made_at_eight_by_the_clocks_of_the_association(
    chamber: Association, pat: Staff
) -> None:
    daily(pat)
    for hour in ("09:00", "10:00"):
        somebody_unsubscribes(chamber, at(f"2026-03-04T{hour}"))
    assert [digest(now=at("2026-03-05T07:59")), told()] == [0, []]
    assert digest(now=at("2026-03-05T08:00")) == 1
    assert digest(now=at("2026-03-05T08:15")) == 0
    message = Message.objects.get()
    assert message.subject == "Harbor Chamber: 2 things to know, 2026-03-05"
    assert message.incidents.count() == 2
    assert digest(now=at("2026-03-06T08:00")) == 0  # nothing is told twice
