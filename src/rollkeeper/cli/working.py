"""`worker`: takes jobs from the queue until it is told to stop.

A worker outlives its database: when PostgreSQL is killed or restarted, the jobs under
way fail, and the worker sees to it that it runs again and goes on. What was left undone
is taken up by the next run, as after any other interruption.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
import structlog
from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from rollkeeper.cli.house import House
from rollkeeper.jobs.tasks import DEAD_AFTER_SECONDS

log = structlog.get_logger()

HEARTBEAT_SECONDS: Final = 5
LOOK_AGAIN_SECONDS: Final = 1.0

_DATABASE_LOST = (ConnectorException, psycopg.Error)


def work(threads: int, house: House) -> None:
    """Work until SIGINT or SIGTERM; jobs under way are finished first."""
    log.info("worker_started", threads=threads)
    asyncio.run(_work(threads, house))
    log.info("worker_stopped")


async def _work(threads: int, house: House) -> None:
    enough = ThreadPoolExecutor(threads + 1)  # one is left to start the database
    asyncio.get_running_loop().set_default_executor(enough)
    with _told_to_stop() as told:
        while not told.is_set():
            try:
                await _until_told_or_failed(threads, told, house)
            except _DATABASE_LOST as error:
                log.warning("database_lost", error=type(error).__name__)
            if not told.is_set():
                await asyncio.to_thread(house.start_database)
                with suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), LOOK_AGAIN_SECONDS)


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """Give an event that is set when a signal comes."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _until_told_or_failed(
    threads: int, told: asyncio.Event, house: House
) -> None:
    """Take jobs. A cancelled worker ends in order: it waits for what is under way."""
    from_django = app.connector
    assert isinstance(from_django, DjangoConnector)
    connected = from_django.get_worker_connector()
    assert isinstance(connected, PsycopgConnector)
    with app.replace_connector(connected) as replaced:
        async with replaced.open_async():
            working = asyncio.create_task(_take_jobs(threads))
            telling = asyncio.create_task(told.wait())
            keeping = asyncio.create_task(keep_database(connected, house))
            ended, beside = await asyncio.wait(
                {working, telling, keeping}, return_when=asyncio.FIRST_COMPLETED
            )
            for task in beside:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await working
            if keeping in ended:
                await keeping  # raises why the database cannot be started


async def keep_database(connected: PsycopgConnector, house: House) -> None:
    """Have the database started as soon as it cannot be reached.

    Jobs that fail with it wait for it, to say how they ended. Those that could not are
    only let go of when this worker is thought to be dead.
    """
    noticed = 0
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        failures = connected.pool.get_stats().get("connections_errors", 0)
        if failures > noticed:
            await asyncio.to_thread(house.start_database)
        noticed = failures


async def _take_jobs(threads: int) -> None:
    await app.run_worker_async(
        concurrency=threads,
        delete_jobs="successful",
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=DEAD_AFTER_SECONDS,
        listen_notify=True,
        fetch_job_polling_interval=1.0,
        shutdown_graceful_timeout=30,
        install_signal_handlers=False,
        task_middleware=[with_a_live_connection],
    )


def with_a_live_connection(task: Callable[[], Any], *_: object) -> Any:
    """Do a task, on a new connection when the thread's own has died meanwhile."""
    close_old_connections()
    return task()
