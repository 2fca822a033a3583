"""Who has a turn, and when: by age, by urgency, and only who could send something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django_scopes import scope, scopes_disabled
from tests.builders import (
    a_connection,
    a_contact,
    an_application,
    an_association,
)
from tests.connections.clockwork import database_clock_at
from tests.engine.queues import HOUR, a_waiting_connection, spent

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, Connection, RequestDebit
from rollkeeper.core.budget import LEAST_TURN
from rollkeeper.directory.models import Mark
from rollkeeper.engine import due
from rollkeeper.engine.coordinator import sole_coordinator
from rollkeeper.engine.waiting import LOOKED_UP_EVERY, OthersWaiting, others_waiting
from rollkeeper.ledger.models import Run, RunKind, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> Application:
    return an_application(provider="memory", requests_per_day=1_000)


def somebody_is_not_to_be_contacted(connection: Connection) -> None:
    contact = a_contact(connection.association)
    with scope(association=connection.association):
        contact.do_not_contact = True
        contact.save()


def a_day_goes_by() -> None:
    """What was spent today was spent yesterday."""
    RequestDebit.objects.update(sent_at=F("sent_at") - timedelta(days=1))


def a_run(
    connection: Connection,
    *,
    ago: timedelta,
    state: RunState = RunState.WILL_TRY_AGAIN,
    kind: RunKind = RunKind.CHANGES,
    retry_in: timedelta | None = None,
) -> None:
    began = database_time() - ago
    with scope(association=connection.association):
        Run.objects.create(
            association=connection.association,
            connection=connection,
            kind=kind,
            by="test",
            state=state,
            started_at=began,
            finished_at=began + timedelta(seconds=9),
            retry_at=None if retry_in is None else database_time() + retry_in,
        )


def test_the_longest_waiting_has_the_first_turn(key: Application) -> None:
    young, old, middle = (
        a_waiting_connection(key, since=hours * HOUR) for hours in (1, 3, 2)
    )
    assert due.to_synchronize() == [old.pk, middle.pk, young.pk]


def test_somebody_who_must_not_be_contacted_goes_before_all_that_is_older(  # I20
    key: Application,
) -> None:
    old, young = (a_waiting_connection(key, since=hours * HOUR) for hours in (3, 1))
    somebody_is_not_to_be_contacted(young)
    assert due.to_synchronize() == [young.pk, old.pk]


def test_what_a_run_could_not_finish_keeps_its_place(key: Application) -> None:
    """Its old mark went with the plan; what was not sent was marked anew."""
    cut_short = a_waiting_connection(key, since=timedelta(minutes=1))
    waiting = a_waiting_connection(key, since=2 * HOUR)
    a_run(cut_short, ago=9 * HOUR, state=RunState.DONE)
    a_run(cut_short, ago=5 * HOUR)
    a_run(cut_short, ago=3 * HOUR)
    assert due.to_synchronize() == [cut_short.pk, waiting.pk]


def test_once_all_was_done_a_connection_is_as_old_as_its_next_change(
    key: Application,
) -> None:
    served = a_waiting_connection(key, since=timedelta(minutes=1))
    waiting = a_waiting_connection(key, since=2 * HOUR)
    a_run(served, ago=5 * HOUR)
    a_run(served, ago=4 * HOUR, state=RunState.DONE_WITH_EXCEPTIONS)
    a_run(served, ago=3 * HOUR, kind=RunKind.PULL)
    assert due.to_synchronize() == [waiting.pk, served.pk]


def test_on_a_spent_day_nobody_has_a_turn_and_all_come_again_in_order(
    key: Application,
) -> None:
    young, old = (a_waiting_connection(key, since=hours * HOUR) for hours in (1, 3))
    spent(key, 899)
    assert due.to_synchronize() == [old.pk, young.pk]
    spent(key, 1)
    assert due.to_synchronize() == []

    a_day_goes_by()

    assert due.to_synchronize() == [old.pk, young.pk]


def test_what_is_kept_of_a_day_is_for_who_must_not_be_contacted(  # I20
    key: Application,
) -> None:
    a_waiting_connection(key)
    urgent = a_waiting_connection(key)
    somebody_is_not_to_be_contacted(urgent)
    spent(key, 999)
    assert due.to_synchronize() == [urgent.pk]

    spent(key, 1)
    assert due.to_synchronize() == []


def test_an_urgent_change_does_not_wait_for_the_next_try(key: Application) -> None:
    connection = a_waiting_connection(key)
    a_run(connection, ago=timedelta(minutes=5), retry_in=HOUR)
    assert due.to_synchronize() == []

    somebody_is_not_to_be_contacted(connection)
    assert due.to_synchronize() == [connection.pk]

    a_run(connection, ago=-timedelta(seconds=5), retry_in=HOUR)
    assert due.to_synchronize() == []  # it was tried, and not in vain again and again


def test_an_application_that_is_closed_has_no_turns_for_anybody(  # I19
    key: Application,
) -> None:
    urgent = a_waiting_connection(key)
    somebody_is_not_to_be_contacted(urgent)
    elsewhere = a_waiting_connection(an_application(provider="memory"))
    key.closed_until = database_time() + HOUR
    key.save()
    assert due.to_synchronize() == [elsewhere.pk]

    key.closed_until = database_time() - HOUR
    key.save()
    assert set(due.to_synchronize()) == {urgent.pk, elsewhere.pk}


def test_whose_share_is_spent_waits_until_others_leave_something(
    key: Application,
) -> None:
    """Of 900 requests two have 450 each; who waits longest could have as many."""
    old = a_waiting_connection(key, since=2 * HOUR)
    greedy = a_waiting_connection(key, since=HOUR)
    spent(key, 449, by=greedy)
    assert due.to_synchronize() == [old.pk, greedy.pk]
    spent(key, 1, by=greedy)
    assert due.to_synchronize() == [old.pk]

    with scope(association=old.association):
        Mark.objects.all().delete()  # the other's changes are carried through

    assert due.to_synchronize() == [greedy.pk]


def test_who_waits_longest_may_use_half_a_day_beside_many(key: Application) -> None:
    oldest, *others = (
        a_waiting_connection(key, since=(90 - n) * HOUR) for n in range(40)
    )
    spent(key, LEAST_TURN + 3, by=others[0])  # of 900 requests each may have 22
    spent(key, 449, by=oldest)
    assert due.to_synchronize() == [oldest.pk, *(one.pk for one in others[1:])]
    spent(key, 1, by=oldest)
    assert due.to_synchronize() == [one.pk for one in others[1:]]


def test_one_that_cannot_start_yet_does_not_wait_longest(key: Application) -> None:
    failing = a_waiting_connection(key, since=9 * HOUR)
    a_run(failing, ago=HOUR, retry_in=HOUR)
    next_one = a_waiting_connection(key, since=2 * HOUR)
    assert not others_waiting(key.pk, next_one.pk).waited_longer

    with sole_coordinator(failing.pk):  # now it has its turn
        assert others_waiting(key.pk, next_one.pk).waited_longer


def test_only_so_many_are_named_that_order_can_still_change(key: Application) -> None:
    waiting = [a_waiting_connection(key, since=HOUR) for _ in range(due.AT_ONCE + 2)]
    elsewhere = a_waiting_connection(an_application(provider="memory"))
    assert set(due.to_synchronize()) == {
        elsewhere.pk,
        *(one.pk for one in waiting[: due.AT_ONCE]),
    }


def test_a_gate_is_told_of_all_others_that_wait_and_what_they_used(
    key: Application,
) -> None:
    one, other = (a_waiting_connection(key, since=hours * HOUR) for hours in (1, 2))
    a_waiting_connection(an_application(provider="memory"), since=5 * HOUR)
    idle = a_connection(an_association(), application=key)
    spent(key, 3, by=other)
    spent(key, 4, by=idle)

    told = others_waiting(key.pk, one.pk)
    assert (told.used, told.waited_longer) == ((3,), True)
    told = others_waiting(key.pk, other.pk)
    assert (told.used, told.waited_longer) == ((0,), False)
    told = others_waiting(key.pk, idle.pk)
    assert (told.used, told.waited_longer) == ((3, 0), True)


def test_others_are_looked_up_again_after_ten_seconds(key: Application) -> None:
    one = a_waiting_connection(key)
    now = 100.0
    others = OthersWaiting(
        application_id=key.pk, connection_id=one.pk, clock=lambda: now
    )
    assert others().used == ()
    a_waiting_connection(key)
    now += LOOKED_UP_EVERY - 0.1
    assert others().used == ()
    now += 0.1
    assert others().used == (0,)


def pulled(connection: Connection, ago: timedelta) -> Connection:
    with scopes_disabled():
        Connection.objects.filter(pk=connection.pk).update(
            pulled_at=database_time() - ago
        )
    return connection


def test_opt_outs_are_asked_for_where_that_is_the_longest_ago(key: Application) -> None:
    recent, never, long_ago = (
        a_connection(an_association(), application=key) for _ in range(3)
    )
    with database_clock_at(datetime(2025, 3, 9, 23, 45, tzinfo=UTC)):
        pulled(recent, timedelta(minutes=4))
        pulled(long_ago, 3 * HOUR)
        assert due.to_pull() == [never.pk, long_ago.pk, recent.pk]


def test_who_was_asked_just_now_is_not_asked_again(key: Application) -> None:
    pulled(a_connection(an_association(), application=key), timedelta(minutes=2))
    asked = pulled(
        a_connection(an_association(), application=key), timedelta(minutes=3)
    )
    assert due.to_pull() == [asked.pk]


def test_of_many_connections_so_many_are_asked_as_the_day_lasts_for(
    key: Application,
) -> None:
    for _ in range(9):
        a_connection(an_association(), application=key)
    with database_clock_at(datetime(2025, 3, 9, 23, 44, tzinfo=UTC)):
        spent(key, 951)  # of the 49 left, a quarter is for four times until midnight
        assert len(due.to_pull()) == 4
        spent(key, 48)
        assert len(due.to_pull()) == 1
        spent(key, 1)
        assert due.to_pull() == []


def test_an_application_that_is_closed_is_not_asked_for_opt_outs(  # I19
    key: Application,
) -> None:
    a_connection(an_association(), application=key)
    key.closed_until = database_time() + HOUR
    key.save()
    assert due.to_pull() == []
