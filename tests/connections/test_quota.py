from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection as database
from django.db import transaction
from tests.builders import a_connection, an_application, an_association
from tests.connections.clockwork import database_clock_at

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, RequestDebit
from rollkeeper.connections.quota import (
    DatabaseGate,
    DaySpent,
    requests_today,
    today,
)
from rollkeeper.core.budget import Purpose


def a_gate(key: Application) -> DatabaseGate:
    return DatabaseGate(application_id=key.pk, connection_id=None, run_id=7)


def spend(gate: DatabaseGate, *, urgent: bool = False) -> None:
    gate.debit(Purpose.SUPPRESS if urgent else Purpose.ADD)


def spent_before(key: Application, count: int, *, ago: timedelta) -> None:
    at = database_time() - ago
    RequestDebit.objects.bulk_create(
        RequestDebit(application=key, purpose=3, sent_at=at) for _ in range(count)
    )


@pytest.mark.django_db
def test_a_request_is_counted_when_it_may_leave() -> None:
    key = an_application()

    spend(a_gate(key))

    debit = RequestDebit.objects.get()
    assert (debit.application, debit.run_id, debit.purpose) == (key, 7, 3)
    assert requests_today(key.pk) == 1


@pytest.mark.django_db
def test_a_tenth_of_the_day_is_kept_for_what_is_urgent() -> None:
    key = an_application(requests_per_day=20, requests_per_second=100)
    gate = a_gate(key)
    for _ in range(18):
        spend(gate)

    with pytest.raises(DaySpent, match="UTC"):
        spend(gate)
    for _ in range(2):
        spend(gate, urgent=True)
    with pytest.raises(DaySpent):
        spend(gate, urgent=True)

    assert RequestDebit.objects.count() == 20


@pytest.mark.django_db
def test_a_spent_day_says_when_the_next_one_begins() -> None:
    key = an_application(requests_per_day=1)
    spend(a_gate(key), urgent=True)

    with pytest.raises(DaySpent) as spent:
        spend(a_gate(key), urgent=True)

    until = spent.value.until
    assert time(0, 1) <= until.timetz().replace(tzinfo=None) <= time(0, 6)
    assert timedelta(0) < until - database_time() <= spent.value.wait


@pytest.mark.django_db
def test_requests_of_other_days_and_other_keys_do_not_count() -> None:
    key = an_application(requests_per_day=1)
    spent_before(key, 50, ago=timedelta(days=1, minutes=3))
    spent_before(an_application(), 50, ago=timedelta(seconds=5))

    spend(a_gate(key), urgent=True)


@pytest.mark.django_db
def test_a_closed_key_lets_nothing_out_not_even_what_is_urgent() -> None:
    key = an_application()
    a_gate(key).close_until_tomorrow()

    with pytest.raises(DaySpent):
        spend(a_gate(key), urgent=True)
    assert not RequestDebit.objects.exists()


@pytest.mark.django_db
def test_a_closed_key_opens_by_itself() -> None:
    key = an_application(closed_until=database_time() - timedelta(seconds=1))

    spend(a_gate(key))


@pytest.mark.django_db
def test_the_fifth_request_of_a_second_sleeps_until_the_second_is_over() -> None:
    key = an_application(requests_per_second=4)
    slept: list[float] = []
    gate = DatabaseGate(
        application_id=key.pk, connection_id=None, run_id=None, sleep=slept.append
    )
    for _ in range(5):
        spend(gate)

    assert len(slept) == 1
    first, *_, last = RequestDebit.objects.order_by("pk").values_list(
        "sent_at", flat=True
    )
    assert last - first >= timedelta(seconds=1)


@pytest.mark.django_db
def test_debits_from_a_clock_that_was_ahead_do_not_stop_everybody() -> None:
    key = an_application(requests_per_second=4)
    spent_before(key, 4, ago=timedelta(minutes=-15))
    slept: list[float] = []
    gate = DatabaseGate(
        application_id=key.pk, connection_id=None, run_id=None, sleep=slept.append
    )

    spend(gate)

    assert slept == []


@pytest.mark.django_db(transaction=True)
def test_a_debit_inside_another_transaction_is_refused_for_it_might_be_undone() -> None:
    key = an_application()

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        spend(a_gate(key))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "of_fifty"),
    [
        (Purpose.SUPPRESS, 50),
        (Purpose.REMOVE, 45),
        (Purpose.ADD, 44),
        (Purpose.UPDATE, 43),
        (Purpose.READ, 42),
    ],
)
def test_each_purpose_leaves_the_last_of_a_day_to_the_more_urgent(  # I20
    purpose: Purpose, of_fifty: int
) -> None:
    key = an_application(requests_per_day=50, requests_per_second=100)
    spent_before(key, of_fifty - 1, ago=timedelta(minutes=1))
    gate = a_gate(key)

    gate.debit(purpose)
    with pytest.raises(DaySpent):
        gate.debit(purpose)


MIDNIGHT = datetime(2025, 3, 10, tzinfo=UTC)
A_MOMENT = timedelta(seconds=30)


def spent_at(key: Application, count: int, at: datetime) -> None:
    RequestDebit.objects.bulk_create(
        RequestDebit(application=key, purpose=3, sent_at=at) for _ in range(count)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("at", [MIDNIGHT - A_MOMENT, MIDNIGHT + A_MOMENT])
@pytest.mark.parametrize("hours", [-6, 6])
def test_near_midnight_neither_day_may_be_spent(  # I18
    at: datetime, hours: int
) -> None:
    key = an_application(requests_per_day=10)
    spent_at(key, 10, MIDNIGHT + timedelta(hours=hours))

    with database_clock_at(at), pytest.raises(DaySpent):
        spend(a_gate(key), urgent=True)


@pytest.mark.django_db
def test_what_is_spent_near_midnight_counts_for_both_days() -> None:
    key = an_application(requests_per_day=10)
    spent_at(key, 10, MIDNIGHT + A_MOMENT)

    for hours in (-1, 1):
        with (
            database_clock_at(MIDNIGHT + timedelta(hours=hours)),
            pytest.raises(DaySpent),
        ):
            spend(a_gate(key), urgent=True)


@pytest.mark.django_db
@pytest.mark.parametrize("at", [MIDNIGHT - A_MOMENT, MIDNIGHT + A_MOMENT])
def test_who_meets_a_spent_day_at_midnight_waits_for_minutes(at: datetime) -> None:
    key = an_application(requests_per_day=10)
    spent_at(key, 10, MIDNIGHT - timedelta(hours=6))

    with database_clock_at(at), pytest.raises(DaySpent) as spent:
        spend(a_gate(key), urgent=True)

    after = spent.value.until - MIDNIGHT
    assert timedelta(minutes=1) <= after < timedelta(minutes=6)


@pytest.mark.django_db
@pytest.mark.parametrize("at", [MIDNIGHT - A_MOMENT, MIDNIGHT + A_MOMENT])
def test_a_key_closed_at_midnight_is_closed_for_the_day_that_ends(  # I19
    at: datetime,
) -> None:
    key = an_application()

    with database_clock_at(at):
        a_gate(key).close_until_tomorrow()

    key.refresh_from_db()
    assert key.closed_until is not None
    after = key.closed_until - MIDNIGHT
    assert timedelta(minutes=1) <= after < timedelta(minutes=6)


@pytest.mark.django_db
def test_all_connections_of_a_spent_key_begin_again_at_the_same_time() -> None:
    """So that their age orders them and not luck."""
    key = an_application(requests_per_day=1)
    spent_at(key, 1, MIDNIGHT - timedelta(hours=9))
    until = set()
    for hours in (8, 7):
        with (
            database_clock_at(MIDNIGHT - timedelta(hours=hours)),
            pytest.raises(DaySpent) as spent,
        ):
            spend(a_gate(key))
        until.add(spent.value.until)
    assert len(until) == 1


@pytest.mark.django_db
def test_the_day_so_far_knows_who_used_it() -> None:
    key = an_application(requests_per_day=100)
    one, other = (a_connection(an_association(), application=key) for _ in range(2))
    for connection, count in ((one, 3), (other, 2), (None, 1)):
        RequestDebit.objects.bulk_create(
            RequestDebit(
                application=key,
                connection=connection,
                purpose=3,
                sent_at=database_time() - A_MOMENT,
            )
            for _ in range(count)
        )

    day = today(key.pk)

    assert (day.used, day.used_by(one.pk), day.used_by(other.pk)) == (6, 3, 2)
    assert day.used_by(0) == 0
    assert (day.per_day, day.closed_until) == (100, None)


@pytest.mark.django_db
def test_near_midnight_the_fuller_of_both_days_is_told() -> None:
    key = an_application()
    spent_at(key, 4, MIDNIGHT - timedelta(hours=1))
    spent_at(key, 1, MIDNIGHT)

    with database_clock_at(MIDNIGHT + A_MOMENT):
        day = today(key.pk)
    with database_clock_at(MIDNIGHT + 2 * A_MOMENT):
        later = today(key.pk)

    assert (day.used, day.ends) == (5, MIDNIGHT + timedelta(minutes=1))
    assert (later.used, later.ends - MIDNIGHT) == (1, timedelta(days=1, minutes=1))


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_keep_the_limits_of_the_second_and_of_the_day() -> None:
    key = an_application(requests_per_day=20, requests_per_second=4)

    def work(_: int) -> int:
        gate, refused = a_gate(key), 0
        try:
            for _ in range(3):
                try:
                    spend(gate)
                except DaySpent:
                    refused += 1
        finally:
            database.close()
        return refused

    with ThreadPoolExecutor(max_workers=8) as pool:
        refused = sum(pool.map(work, range(8)))

    times = list(RequestDebit.objects.order_by("sent_at").values_list("sent_at"))
    assert (len(times), refused) == (18, 6)
    for (early,), (late,) in zip(times, times[4:], strict=False):
        assert late - early >= timedelta(seconds=1)
