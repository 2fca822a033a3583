"""The requests of a day are divided fairly between connections of one application."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from attrs import define, field
from django.db import connection as database
from django.db import connections as databases
from tests.builders import a_connection, an_application, an_association

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, Connection, RequestDebit
from rollkeeper.connections.quota import (
    SHARE_PAUSE,
    DatabaseGate,
    DaySpent,
    ShareSpent,
)
from rollkeeper.core.budget import LEAST_TURN, Others, Purpose


def connections_of(key: Application, count: int) -> list[Connection]:
    return [a_connection(an_association(), application=key) for _ in range(count)]


def a_key(per_day: int = 1_000) -> Application:
    return an_application(requests_per_day=per_day, requests_per_second=10_000)


def spent_by(connection: Connection, count: int) -> None:
    at = database_time() - timedelta(minutes=2)
    RequestDebit.objects.bulk_create(
        RequestDebit(
            application_id=connection.application_id,
            connection=connection,
            purpose=3,
            sent_at=at,
        )
        for _ in range(count)
    )


@define
class TheyWait:
    """Others that wait, and how often a gate asked for them."""

    others: Others
    asked: int = 0

    def __call__(self) -> Others:
        self.asked += 1
        return self.others


@define
class Spender:
    """Spends until it is stopped, and knows by what."""

    connection: Connection
    they: TheyWait = field(factory=lambda: TheyWait(Others()))
    gate: DatabaseGate = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.gate = DatabaseGate(
            application_id=self.connection.application_id,
            connection_id=self.connection.pk,
            run_id=None,
            others=self.they,
            sleep=lambda _: None,
        )

    def until_stopped(self, purpose: Purpose = Purpose.ADD) -> int:
        spent = 0
        while True:
            try:
                self.gate.debit(purpose)
            except (DaySpent, ShareSpent):
                return spent
            spent += 1


def they_wait(*used: int, waited_longer: bool = True) -> TheyWait:
    return TheyWait(Others(used=used, waited_longer=waited_longer))


@pytest.mark.django_db
def test_a_share_ends_where_what_others_wait_for_begins() -> None:
    [one] = connections_of(a_key(per_day=300), 1)  # 264 for adds
    assert Spender(one, they_wait(0, 0)).until_stopped() == 88


@pytest.mark.django_db
def test_a_spent_share_says_that_it_is_and_may_grow_again() -> None:
    [one] = connections_of(a_key(per_day=300), 1)
    spender = Spender(one, they_wait(0, 0))
    spender.until_stopped()

    with pytest.raises(ShareSpent, match="others wait") as stopped:
        spender.gate.debit(Purpose.ADD)
    assert stopped.value.wait == SHARE_PAUSE

    spender.they.others = Others()
    assert spender.until_stopped() == 264 - 88


@pytest.mark.django_db
def test_opt_outs_are_read_whatever_the_share() -> None:
    [one] = connections_of(a_key(per_day=300), 1)
    spender = Spender(one, they_wait(*[0] * 500))
    assert spender.until_stopped() == LEAST_TURN
    assert spender.until_stopped(Purpose.SUPPRESS) == 300 - LEAST_TURN


@pytest.mark.django_db
def test_within_the_least_turn_nobody_is_asked_who_else_waits() -> None:
    [one] = connections_of(a_key(), 1)
    spender = Spender(one, they_wait(*[0] * 500))
    for _ in range(LEAST_TURN):
        spender.gate.debit(Purpose.ADD)
    assert spender.they.asked == 0

    assert spender.until_stopped() == 0
    assert spender.they.asked == 1


@pytest.mark.django_db
def test_what_was_spent_before_counts_for_a_gate_that_is_new() -> None:
    one, other = connections_of(a_key(per_day=300), 2)
    spent_by(one, 80)
    spent_by(other, 10)
    assert Spender(one, they_wait(10, 0)).until_stopped() == 8


@pytest.mark.django_db
def test_a_gate_counts_what_others_spend_between_its_own_requests() -> None:
    one, other = connections_of(a_key(per_day=100), 2)  # 88 for adds
    spender, beside = Spender(one), Spender(other)
    for _ in range(30):
        spender.gate.debit(Purpose.ADD)
        beside.gate.debit(Purpose.ADD)

    assert spender.until_stopped() == 28
    assert beside.until_stopped() == 0


@pytest.mark.django_db(transaction=True)
def test_two_greedy_ones_at_once_end_with_half_each() -> None:
    key = a_key(per_day=200)  # 176 for adds
    one, other = connections_of(key, 2)

    def spend_all(mine: Connection, theirs: Connection) -> int:
        def they() -> Others:
            used = RequestDebit.objects.filter(connection=theirs).count()
            return Others(used=(used,), waited_longer=True)

        try:
            spender = Spender(mine)
            spender.gate.others = they
            return spender.until_stopped()
        finally:
            database.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        spent = list(pool.map(spend_all, (one, other), (other, one)))

    # what the other spent since it was asked for is not open to either for that moment
    assert all(86 <= each <= 88 for each in spent)


def spend_in_a_process(connection: Connection) -> None:
    try:
        Spender(connection).until_stopped()
    finally:
        database.close()


@pytest.mark.django_db(transaction=True)
def test_processes_at_once_never_go_over_the_quota() -> None:
    key = a_key(per_day=120)
    connections = connections_of(key, 4)
    databases.close_all()  # a session cannot be shared with a child
    forked = multiprocessing.get_context("fork")
    children = [
        forked.Process(target=spend_in_a_process, args=(each,)) for each in connections
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(timeout=60)

    assert [child.exitcode for child in children] == [0] * 4
    used = Counter(RequestDebit.objects.values_list("connection_id", flat=True))
    assert used.total() == 106  # twelve percent of 120 are kept
