"""Nights, silence, quota, sign-ins and names of lists."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.builders import (
    a_contact,
    a_list,
    an_application,
)
from tests.engine.worlds import World
from tests.notices.incidents import (
    DAY,
    HOUR,
    NOW,
    a_run,
    connected,
    events,
    look,
    staff_of,
    wants,
)

from rollkeeper.connections.models import Connection, RequestDebit
from rollkeeper.directory.models import Association, Staff
from rollkeeper.engine.noticing.looking import look_seldom
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.ledger.models import Night
from rollkeeper.notices.events import Event
from rollkeeper.notices.models import Incident, Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_a_night_that_ended_is_reported(chamber: Association, pat: Staff) -> None:
    wants(pat, Event.NIGHT_REPORT)
    connection = connected(chamber)
    run = a_run(connection, kind="everything", counts={"add": 3, "deleted_there": 1})
    night = {"association": chamber, "connection": connection, "run": run}
    Night.objects.create(
        **night,
        night=NOW.date(),
        state="started",
        starts_at=NOW - HOUR,
        started_at=NOW - HOUR,
        finished_at=NOW,
    )
    look(NOW)
    look(NOW + DAY)
    (message,) = Message.objects.filter(event=Event.NIGHT_REPORT)
    assert message.subject == "Harbor Chamber: Nightly run of 2026-03-04: changes"
    assert "3 added" in message.body
    assert "1 deleted over there" in message.body


def test_silence_is_told_when_work_waits_for_a_day(world: World) -> None:
    pat = staff_of(world.association)
    wants(pat, Event.NOTHING_SYNCED)
    people = a_list(world.association, a_contact(world.association))
    world.sync(everything=True)
    begun = datetime.now(UTC)
    Connection.objects.update(connected_at=begun - DAY, state_since=begun - DAY)
    look_seldom(now=begun + 2 * DAY)
    assert events() == []  # nothing waits: quiet is fine
    a_list(world.association, a_contact(world.association), name="Another")
    people.delete()
    look_seldom(now=begun + 23 * HOUR)
    assert events() == []
    look_seldom(now=begun + 25 * HOUR)
    look_seldom(now=begun + 26 * HOUR)
    assert events() == [Event.NOTHING_SYNCED]
    world.sync()
    look_seldom(now=begun + 27 * HOUR)
    assert Incident.objects.get().closed_at == begun + 27 * HOUR


def test_lists_that_were_never_compared_are_silent_too(
    chamber: Association, pat: Staff
) -> None:
    connected(chamber, connected_at=NOW - 25 * HOUR, state_since=NOW - 25 * HOUR)
    look_seldom(now=NOW)
    assert events() == []  # no list is switched on
    a_list(chamber)
    look_seldom(now=NOW)
    assert events() == [Event.NOTHING_SYNCED]


def test_a_quota_that_is_nearly_spent_is_told_once_a_day(
    chamber: Association, pat: Staff
) -> None:
    key = an_application(requests_per_day=100)
    connected(chamber, application=key, compared_at=NOW)

    def spend(count: int, at: datetime) -> None:
        RequestDebit.objects.bulk_create(
            RequestDebit(application=key, purpose=5, sent_at=at) for _ in range(count)
        )

    spend(80, NOW)
    look_seldom(now=NOW)
    assert events() == []
    spend(1, NOW)
    look_seldom(now=NOW)
    look_seldom(now=NOW + HOUR)
    assert events() == [Event.QUOTA_NEARLY_SPENT]
    spend(81, NOW + DAY)
    look_seldom(now=NOW + DAY)
    assert events() == [Event.QUOTA_NEARLY_SPENT] * 2


def test_a_list_renamed_over_there_is_told_with_both_names(world: World) -> None:
    pat = staff_of(world.association)
    wants(pat, Event.LIST_RENAMED)
    a_list(world.association, a_contact(world.association), name="Gazette")
    world.sync(everything=True)
    world.account.names[world.list_id("Gazette")] = "The Gazette"
    world.sync(everything=True)
    look_seldom(now=datetime.now(UTC))
    look_seldom(now=datetime.now(UTC))
    tell(now=datetime.now(UTC))
    (message,) = Message.objects.filter(event=Event.LIST_RENAMED)
    assert "“Gazette” is called “The Gazette” there now" in message.body


def test_a_sign_in_that_nobody_uses_is_told_of_14_days_before_its_end(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.SIGN_IN_ENDS)
    connection = connected(chamber, compared_at=NOW, refreshed_at=NOW - 165 * DAY)
    look_seldom(now=NOW)
    assert events() == []
    look_seldom(now=NOW + DAY)
    look_seldom(now=NOW + 2 * DAY)
    assert events() == [Event.SIGN_IN_ENDS]
    Connection.objects.filter(pk=connection.pk).update(refreshed_at=NOW + 3 * DAY)
    look_seldom(now=NOW + 3 * DAY)
    assert Incident.objects.get().closed_at == NOW + 3 * DAY
