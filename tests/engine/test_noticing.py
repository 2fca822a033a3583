"""What happens is found once, told once to each, and lost by no kill."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection as database
from django_scopes import scopes_disabled
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    an_application,
    an_association,
)
from tests.engine.worlds import World
from tests.web.people import a_person

from rollkeeper.audit.services import record
from rollkeeper.connections.models import Connection, ConnectionState, RequestDebit
from rollkeeper.connections.services import need_reconnect
from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.services import Fact, suppress
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.models import Association, Staff
from rollkeeper.engine.noticing.digests import digest
from rollkeeper.engine.noticing.looking import look_often, look_seldom
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.ledger.models import Hold, Night, Run
from rollkeeper.notices.events import Event, How, MessageState
from rollkeeper.notices.models import Incident, Mention, Message, Subscription
from rollkeeper.notices.services import subscribe

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))


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


def staff_of(association: Association, **person: bool) -> Staff:
    return Staff.objects.get(user=a_person(association, **person))


def wants(staff: Staff, event: Event, how: How = How.EACH) -> None:
    subscribe(
        association_id=staff.association_id,
        staff_id=staff.pk,
        event=event,
        how=how,
        by="test",
    )
    Subscription.objects.filter(staff=staff).update(since=NOW - 30 * DAY)


def broken(chamber: Association, at: datetime = NOW) -> Connection:
    return a_connection(
        chamber,
        state=ConnectionState.RECONNECT_NEEDED,
        state_since=at,
        state_reason="The sign-in was withdrawn.",
    )


def turn(connection: Connection, state: ConnectionState, at: datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(state=state, state_since=at)


def look(at: datetime) -> None:
    look_often(now=at)
    look_seldom(now=at)
    tell(now=at)


def events() -> list[str]:
    return list(Incident.objects.order_by("id").values_list("event", flat=True))


def told() -> list[tuple[str, str]]:
    rows = Message.objects.order_by("id")
    return [(one.event, one.recipient) for one in rows]


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
    staff_of(chamber, administrator=False)
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


def a_hold(chamber: Association, connection: Connection, **fields: Any) -> Hold:
    made: Hold = Hold.objects.create(
        association=chamber,
        connection=connection,
        **{
            "guard": "removals_of_account",
            "fingerprint": "f",
            "count": 40,
            "of": 100,
            "limit": 5,
            "already": 0,
            "made_at": NOW,
            **fields,
        },
    )
    return made


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


def a_run(connection: Connection, **fields: Any) -> Run:
    made: Run = Run.objects.create(
        association=connection.association,
        connection=connection,
        **{
            "kind": "pull",
            "by": "rule:pull",
            "state": "done",
            "started_at": NOW - MINUTE,
            "finished_at": NOW,
            **fields,
        },
    )
    return made


def unsubscribed(run: Run, mailbox: str, **fields: Any) -> None:
    fact = Fact(
        **{
            "mailbox": Mailbox(mailbox),
            "provider": "constant_contact",
            "source": "opt-out pull",
            "actor": "rule:opt-out pull",
            "happened_at": NOW - 2 * MINUTE,
            "run_id": run.pk,
            **fields,
        }
    )
    suppress(association_id=run.association_id, facts=[fact])


def connected(chamber: Association, **fields: Any) -> Connection:
    """An account that was connected yesterday, and quiet since."""
    fields = {"connected_at": NOW - DAY, "state_since": NOW - DAY, **fields}
    return a_connection(chamber, **fields)


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


def test_no_subject_names_a_contact(chamber: Association, pat: Staff) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    ann = a_contact(chamber, address="ann@x.example", last_name="Frost")
    unsubscribed(
        a_run(connected(chamber)), "ann@x.example", contact_id=ContactId(ann.pk)
    )
    look(NOW)
    message = Message.objects.get()
    assert "Ann Frost" in message.body
    assert message.subject == "Harbor Chamber: Somebody unsubscribed"


def test_a_run_is_told_of_only_when_it_has_ended(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    run = a_run(connected(chamber), finished_at=None, state="running")
    unsubscribed(run, "ann@x.example")
    look(NOW)
    look(NOW + 5 * HOUR)
    assert told() == []
    Run.objects.update(finished_at=NOW + 5 * HOUR, state="done")
    look(NOW + 5 * HOUR)
    assert [event for event, _ in told()] == [Event.UNSUBSCRIBED]


def test_who_had_unsubscribed_before_the_account_was_connected_is_no_news(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    run = a_run(connected(chamber))
    unsubscribed(run, "old@x.example", happened_at=NOW - 2 * DAY)
    unsubscribed(run, "staff@x.example", kind=Kind.STAFF)
    look(NOW)
    assert events() == []


def test_who_unsubscribed_while_the_account_was_cut_off_is_news(
    chamber: Association, pat: Staff
) -> None:
    wants(pat, Event.UNSUBSCRIBED)
    connection = connected(chamber, connected_at=NOW - HOUR)
    a_run(connection, started_at=NOW - 9 * DAY, finished_at=NOW - 9 * DAY)
    unsubscribed(a_run(connection), "ann@x.example", happened_at=NOW - 3 * DAY)
    look(NOW)
    assert events() == [Event.UNSUBSCRIBED]


def test_who_had_unsubscribed_from_an_account_that_came_later_is_no_news(
    chamber: Association, pat: Staff
) -> None:
    connection = connected(chamber, compared_at=NOW)
    a_run(connection, started_at=NOW - 9 * DAY, finished_at=NOW - 9 * DAY)
    record(
        association_id=chamber.pk,
        by="staff:pat",
        action="account_replaced",
        subject=f"connection:{connection.pk}",
    )
    replaced = datetime.now(UTC)
    run = a_run(connection, finished_at=replaced + HOUR)
    unsubscribed(run, "old@x.example", happened_at=replaced - DAY)
    look_often(now=replaced + HOUR)
    assert events() == []


def test_refusals_written_by_a_slow_transaction_are_not_passed_by(
    chamber: Association, pat: Staff
) -> None:
    """Numbers are drawn in order, and committed in another."""
    connection = connected(chamber, compared_at=NOW)
    first, second = a_run(connection, finished_at=None), a_run(connection)
    unsubscribed(first, "slow@x.example")
    unsubscribed(second, "quick@x.example")
    look(NOW)
    Run.objects.filter(pk=first.pk).update(finished_at=NOW + MINUTE)
    look(NOW + MINUTE)
    assert events() == [Event.UNSUBSCRIBED] * 2


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


class Killed(BaseException):
    """Stands for kill -9."""


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


def daily(staff: Staff) -> None:
    wants(staff, Event.UNSUBSCRIBED, How.DAILY)


def at(text: str) -> datetime:
    """By the clocks of Chicago, where the chamber is."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago"))


def somebody_unsubscribes(chamber: Association, when: datetime) -> None:
    known = Connection.objects.filter(association=chamber).first()
    run = a_run(
        known or connected(chamber, connected_at=NOW - 900 * DAY, compared_at=NOW),
        finished_at=when,
    )
    unsubscribed(run, f"{run.pk}@x.example", happened_at=when)
    look_often(now=when)
    tell(now=when)


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


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_a_digest_is_made_once_on_days_when_clocks_change(
    chamber: Association, pat: Staff, day: str
) -> None:
    daily(pat)
    begins = at(f"{day}T00:00").astimezone(UTC)
    somebody_unsubscribes(chamber, begins - HOUR)
    made = [digest(now=begins + n * 10 * MINUTE) for n in range(26 * 6)]
    assert sum(made) == 1
    first = begins + made.index(1) * 10 * MINUTE
    assert first == at(f"{day}T08:00")


def test_a_digest_that_nobody_could_make_comes_later_with_everything(
    chamber: Association, pat: Staff
) -> None:
    daily(pat)
    somebody_unsubscribes(chamber, at("2026-03-04T09:00"))
    somebody_unsubscribes(chamber, at("2026-03-06T09:00"))
    assert digest(now=at("2026-03-07T11:00")) == 1
    assert Message.objects.get().incidents.count() == 2


def test_of_what_was_found_before_somebody_subscribed_nothing_is_told(
    chamber: Association, pat: Staff
) -> None:
    somebody_unsubscribes(chamber, at("2026-03-04T09:00"))
    daily(pat)
    Subscription.objects.filter(staff=pat).update(since=at("2026-03-04T12:00"))
    assert digest(now=at("2026-03-05T08:00")) == 0


def test_looking_at_5000_associations_costs_little_when_nothing_happened(
    record_property: Any,
) -> None:
    a_host_of_thousands(5_000)
    look_often(now=NOW)
    look_seldom(now=NOW)
    often, seldom = [], []
    for n in range(3):
        often.append(_seconds(lambda n=n: look_often(now=NOW + n * MINUTE)))
        seldom.append(_seconds(lambda n=n: look_seldom(now=NOW + n * MINUTE)))
    telling = _seconds(lambda: tell(now=NOW))
    digesting = _seconds(lambda: digest(now=NOW))
    assert events() == []
    record_property(
        "figure",
        f"5,000 associations: every 15 s {min(often) * 1000:.0f} ms and"
        f" {telling * 1000:.0f} ms; every 5 min {min(seldom) * 1000:.0f} ms and"
        f" {digesting * 1000:.0f} ms",
    )


def _seconds(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def a_host_of_thousands(count: int) -> None:
    """So many connected associations, each with a day of pulls and nights behind it."""
    key = an_application()
    with database.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO directory_association (name, slug, time_zone)
            SELECT 'Chamber ' || n, 'many-' || n, 'America/Chicago'
              FROM generate_series(1, %(count)s) AS n;
            INSERT INTO connections_connection (association_id, application_id,
                provider, state, state_since, state_reason, account_id, account_name,
                account_email, connected_at, compared_at, refreshed_at)
            SELECT id, %(key)s, 'constant_contact', 'connected',
                   %(now)s - interval '30 days', '', '', '', '',
                   %(now)s - interval '30 days', %(now)s, %(now)s
              FROM directory_association WHERE slug LIKE 'many-%%';
            INSERT INTO ledger_run (association_id, connection_id, kind, by, state,
                started_at, finished_at, counts, planned, done, requests, writes,
                message)
            SELECT association_id, id, CASE n WHEN 1 THEN 'everything' ELSE 'pull' END,
                   'rule:pull', 'done', %(now)s - n * interval '5 minutes',
                   %(now)s - n * interval '5 minutes', '{}', 0, 0, 1, 0, ''
              FROM connections_connection, generate_series(20, 1, -1) AS n;
            INSERT INTO ledger_night (association_id, connection_id, night, state,
                starts_at, requests, held_up, note)
            SELECT association_id, id, %(now)s::date - n, 'missed',
                   %(now)s - n * interval '1 day', 0, '', ''
              FROM connections_connection, generate_series(1, 30) AS n;
            ANALYZE directory_association, connections_connection, ledger_run,
                ledger_night
            """,
            {"count": count, "key": key.pk, "now": NOW},
        )
