"""A run whose database session ended unseen writes and sends nothing any more (I8)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from attrs import evolve
from django.db import connection as database
from django.db import transaction
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import Meter, World

from rollkeeper.engine.coordinator import FenceLost, hold_fence, sole_coordinator
from rollkeeper.ledger.models import Operation, Run, RunState

READING = {"lists", "contacts", "opted_out", "jobs", "look", "find"}


T = TypeVar("T")


def in_another_session(work: Callable[[], T]) -> T:
    """Do it as another process would: in a thread with its own database session."""

    def and_hang_up() -> T:
        try:
            return work()
        finally:
            database.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(and_hang_up).result()


def end_our_session() -> None:
    """PostgreSQL ends the session; the next query connects anew and tells nobody."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]

    def end() -> None:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ours])

    in_another_session(end)
    database.close()


def a_world_with_people(world: World) -> World:
    board, golf = (a_list(world.association, name=name) for name in ("Board", "Golf"))
    for number in range(4):
        on_list(a_contact(world.association, address=f"p{number}@x.example"), board)
    on_list(a_contact(world.association, address="l" * 45 + "@x.example"), golf)
    return world


def is_true(world: World) -> bool:
    return world.on("Board") == {f"p{n}@x.example" for n in range(4)} and world.on(
        "Golf"
    ) == {"l" * 45 + "@x.example"}


@pytest.mark.parametrize(
    "request_kind",
    ["lists", "contacts", "create_list", "import", "create", "jobs"],
)
def test_a_run_that_was_taken_over_stops_where_it_is(
    world: World, request_kind: str
) -> None:
    """Whichever request was on its way when PostgreSQL went down and came back."""
    a_world_with_people(world)
    successor = evolve(world, meter=Meter())
    late: list[str] = []

    def take_over(under_way: str) -> None:
        if under_way == request_kind and not late:
            late.append(under_way)
            end_our_session()
            run = in_another_session(successor.sync)
            assert run.state == RunState.DONE
            world.account.on_request = late.append

    world.account.on_request = take_over

    with pytest.raises(FenceLost):
        world.sync(everything=True)

    assert set(late[1:]) <= READING  # the one under way was the last that could write
    assert is_true(world)
    with scope(association=world.association):
        first = Run.objects.earliest("id")
        assert first.message.startswith("Stopped half-way")
        assert not Operation.objects.filter(settled_at=None).exists()


def test_a_session_that_ends_without_a_successor_keeps_its_fence(world: World) -> None:
    a_world_with_people(world)
    ended: list[str] = []

    def end_once(under_way: str) -> None:
        if under_way == "import" and not ended:
            ended.append(under_way)
            end_our_session()

    world.account.on_request = end_once

    assert world.sync(everything=True).state == RunState.DONE
    assert is_true(world)


def test_the_fence_rises_with_every_coordinator(world: World) -> None:
    with sole_coordinator(world.connection.pk) as first:
        pass
    with sole_coordinator(world.connection.pk) as second, transaction.atomic():
        hold_fence(world.connection.pk, second)
        with pytest.raises(FenceLost):
            hold_fence(world.connection.pk, first)
    assert second == first + 1


def test_who_holds_the_fence_writes_to_the_end_before_it_rises(world: World) -> None:
    """What a successor reads first is all that its predecessor has written."""
    number = world.connection.pk
    with sole_coordinator(number) as first, ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            hold_fence(number, first)
            with database.cursor() as cursor:  # the lock is lost, the fence still held
                cursor.execute("SELECT pg_advisory_unlock_all()")
            successor = pool.submit(in_another_session, lambda: coordinate(number))
            assert not successor.done()
        assert successor.result() == first + 1
        with pytest.raises(FenceLost), transaction.atomic():
            hold_fence(number, first)


def coordinate(connection_id: int) -> int:
    with sole_coordinator(connection_id) as number:
        return number
