from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import a_contact, a_list
from tests.engine.worlds import World, a_world

from rollkeeper.directory import marks
from rollkeeper.directory.models import Follower
from rollkeeper.engine import due, reconcile
from rollkeeper.engine.beginning import NotBegun
from rollkeeper.engine.coordinator import sole_coordinator
from rollkeeper.engine.postgres import STORE
from rollkeeper.jobs import tasks
from rollkeeper.ledger.models import RunState


@pytest.fixture
def world(transactional_db: None) -> World:
    world = a_world()
    reconcile.request(STORE, connection_id=world.connection.pk)
    return world


def jobs_of(world: World) -> list[ProcrastinateJob]:
    lock = f"connection:{world.connection.pk}"
    return list(ProcrastinateJob.objects.filter(lock=lock))


def test_a_connection_with_marks_is_due(world: World) -> None:
    assert due.to_synchronize() == [world.connection.pk]


def test_a_change_of_the_directory_makes_it_due(world: World) -> None:
    world.sync()
    assert due.to_synchronize() == []
    a_contact(world.association)
    assert due.to_synchronize() == [world.connection.pk]


def test_one_that_waits_after_a_failure_is_not_due_yet(world: World) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_run (association_id, connection_id, kind, by, state,"
            " finished_at, counts, planned, done, requests, writes, message, retry_at)"
            " VALUES (%s, %s, 'changes', 'x', %s, now(), '{}', 0, 0, 0, 0, '', %s)",
            [
                world.association.pk,
                world.connection.pk,
                RunState.WILL_TRY_AGAIN,
                timezone.now() + timedelta(hours=1),
            ],
        )
    assert due.to_synchronize() == []


def test_an_error_of_ours_is_not_tried_again_at_once(world: World) -> None:
    """It costs the provider's requests each time, and is still there."""
    world.meter.stop_at = 1
    world.meter.stop_with = lambda: ZeroDivisionError("ours")
    with pytest.raises(ZeroDivisionError):
        world.sync()
    assert due.to_synchronize() == []


def test_marks_that_a_dead_process_had_claimed_are_due_at_once(world: World) -> None:
    with scopes_disabled():
        follower = Follower.objects.get()
    assert marks.claim(follower=follower, lease=timedelta(hours=1), limit=100)
    assert due.to_synchronize() == [world.connection.pk]
    world.sync()
    assert due.to_synchronize() == []


def test_one_that_is_being_worked_on_is_not_due(world: World) -> None:
    with sole_coordinator(world.connection.pk):
        assert due.to_synchronize() == []


def test_asking_twice_waits_once(world: World) -> None:
    for _ in range(2):
        tasks.defer_sync(connection_id=world.connection.pk, by="test")
    assert [job.status for job in jobs_of(world)] == ["todo"]


def test_no_list_goes_by_itself_before_the_first_sync(world: World) -> None:
    with scope(association=world.association):
        row = a_list(world.association, a_contact(world.association))
    with scope(association=world.association), pytest.raises(NotBegun, match="start"):
        tasks.defer_sync(connection_id=world.connection.pk, by="test", list_id=row.pk)
    assert jobs_of(world) == []


def test_after_the_first_sync_a_list_goes_by_itself(world: World) -> None:
    row = a_list(world.association, a_contact(world.association))
    world.sync()
    with scope(association=world.association):
        tasks.defer_sync(connection_id=world.connection.pk, by="test", list_id=row.pk)
    assert due.to_synchronize() == [world.connection.pk]
    assert len(jobs_of(world)) == 1


def test_the_tick_defers_what_is_due(world: World) -> None:
    tasks.tick(timestamp=0)
    assert [job.task_name for job in jobs_of(world)] == ["rollkeeper.sync"]


def test_a_dead_workers_job_lets_go_of_its_lock(world: World) -> None:
    tasks.defer_sync(connection_id=world.connection.pk, by="test")
    with database.cursor() as cursor:  # a worker took it and was never heard of again
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s"
            " WHERE lock = %s",
            [worker, f"connection:{world.connection.pk}"],
        )
    tasks.defer_sync(connection_id=world.connection.pk, by="test")

    from_django = app.connector
    assert isinstance(from_django, DjangoConnector)
    with app.replace_connector(from_django.get_worker_connector()) as working:

        async def rescue() -> None:
            async with working.open_async():
                await tasks.rescue(timestamp=0)

        asyncio.run(rescue())

    assert [job.status for job in jobs_of(world)] == ["todo"]
    assert marks.waiting()
