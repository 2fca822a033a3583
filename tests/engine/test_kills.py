"""Killed before any request of a run, the next run ends in the same state."""

from __future__ import annotations

import pytest
from django.db import connection as database
from tests.builders import a_contact, a_list, on_list
from tests.engine import acts
from tests.engine.worlds import World, a_world

from rollkeeper.ledger.models import RunState
from rollkeeper.providers.errors import (
    AnswerLost,
    QuotaSpent,
    ReconnectNeeded,
    TryLater,
)

pytestmark = pytest.mark.slow

REQUESTS = range(1, 10)
"""All that the first sync of `a_busy_world` makes: one test says so."""


def a_busy_world() -> World:
    world = a_world()
    board = a_list(world.association, name="Board")
    golf = a_list(world.association, name="Golf")
    for number in range(6):
        contact = a_contact(world.association, address=f"p{number}@x.example")
        on_list(contact, board)
        if number % 2:
            on_list(contact, golf)
    on_list(a_contact(world.association, address="l" * 45 + "@x.example"), golf)
    return world


def is_true(world: World) -> bool:
    long = "l" * 45 + "@x.example"
    return world.on("Board") == {f"p{n}@x.example" for n in range(6)} and world.on(
        "Golf"
    ) == {"p1@x.example", "p3@x.example", "p5@x.example", long}


@pytest.mark.usefixtures("transactional_db")
def test_every_request_of_the_first_sync_is_tried() -> None:
    world = a_busy_world()
    world.sync(everything=True)
    assert is_true(world)
    assert len(world.meter.requests) == len(REQUESTS)


@pytest.mark.parametrize("request_number", REQUESTS)
@pytest.mark.usefixtures("transactional_db")
def test_a_killed_first_sync_is_finished_by_the_next(request_number: int) -> None:
    world = a_busy_world()
    world.killed_at(request_number)
    database.close()  # as the kernel does for a killed process

    world.sync()

    assert is_true(world)
    assert len(world.account.names) == 2
    assert world.sync(everything=True).writes == 0


@pytest.mark.parametrize("operation", ["import", "create", "create_list"])
@pytest.mark.usefixtures("transactional_db")
def test_an_answer_lost_after_the_effect_does_no_harm(operation: str) -> None:
    world = a_busy_world()
    lost: list[str] = []

    def lose(answered: str) -> None:
        if answered == operation and not lost:
            lost.append(answered)
            raise AnswerLost("the line went dead")

    world.account.on_answer = lose
    for _ in range(3):
        world.sync(everything=True)

    assert lost
    assert is_true(world)
    assert len(world.account.names) == 2
    assert world.sync(everything=True).writes == 0


@pytest.mark.usefixtures("transactional_db")
def test_what_never_arrived_counts_against_no_limit() -> None:
    world = a_world()
    two = [a_contact(world.association, address=f"p{n}@x.example") for n in range(2)]
    a_list(world.association, a_contact(world.association), *two, name="Board")
    world.sync(everything=True)
    timeouts = [AnswerLost("timed out")]

    def time_out(operation: str) -> None:
        if operation == "delete" and timeouts:
            raise timeouts.pop()

    world.account.on_request = time_out
    for contact in two:
        acts.stop(contact)
    world.sync()
    assert world.sync().state == RunState.DONE  # three may be ended within a day
    assert all(world.held(f"p{n}@x.example").deleted for n in range(2))


@pytest.mark.parametrize("request_number", REQUESTS)
@pytest.mark.usefixtures("transactional_db")
def test_a_provider_that_fails_for_a_while_loses_nothing(request_number: int) -> None:
    world = a_busy_world()
    world.meter.stop_at = request_number
    world.meter.stop_with = lambda: TryLater("HTTP 503")
    run = world.sync(everything=True)
    assert run.state == RunState.WILL_TRY_AGAIN
    assert run.retry_at is not None

    world.meter.stop_at = None
    world.sync()

    assert is_true(world)


@pytest.mark.usefixtures("transactional_db")
def test_a_job_that_never_ends_is_looked_at_after_hours() -> None:
    world = a_busy_world()
    world.account.polls_per_job = 0
    assert world.sync(everything=True).state == RunState.WILL_TRY_AGAIN

    world.clock.sleep(7 * 3600)
    world.account.polls_per_job = 1
    for queued in world.account.queue.values():
        queued.polls = -1_000_000  # these stay as they are, for ever
    world.sync()

    assert is_true(world)


@pytest.mark.usefixtures("transactional_db")
def test_a_spent_quota_ends_the_run_and_the_rest_comes_later() -> None:
    world = a_busy_world()
    world.meter.stop_at = 5
    world.meter.stop_with = lambda: QuotaSpent("10,000 requests")
    assert world.sync(everything=True).state == RunState.WILL_TRY_AGAIN
    world.meter.stop_at = None
    world.sync()
    assert is_true(world)


@pytest.mark.usefixtures("transactional_db")
def test_access_lost_half_way_waits_for_a_person() -> None:  # S4
    world = a_busy_world()
    world.meter.stop_at = 6
    world.meter.stop_with = lambda: ReconnectNeeded("Sign in again.")
    assert world.sync(everything=True).state == RunState.RECONNECT_NEEDED
    world.meter.stop_at = None
    world.reconnect()
    world.sync()
    assert is_true(world)
