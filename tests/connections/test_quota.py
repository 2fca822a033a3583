from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from django.db import connection as database
from django.db import transaction
from tests.builders import an_application

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, RequestDebit
from rollkeeper.connections.quota import DatabaseGate, DaySpent, requests_today
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
