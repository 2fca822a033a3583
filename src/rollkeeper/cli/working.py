"""`worker`: takes jobs from the queue until it is told to stop.

A worker outlives its database: when PostgreSQL is killed or restarted, the jobs under
way fail, and the worker waits for it and goes on. What was left undone is taken up by
the next run, as after any other interruption.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
import structlog
from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

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
    with _told_to_stop() as told:
        while not told.is_set():
            try:
                await _until_told_or_failed(threads, told)
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


async def _until_told_or_failed(threads: int, told: asyncio.Event) -> None:
    """Take jobs. A cancelled worker ends in order: it waits for what is under way."""
    from_django = app.connector
    assert isinstance(from_django, DjangoConnector)
    with app.replace_connector(from_django.get_worker_connector()) as connected:
        async with connected.open_async():
            working = asyncio.create_task(_take_jobs(threads))
            telling = asyncio.create_task(told.wait())
            await asyncio.wait({working, telling}, return_when=asyncio.FIRST_COMPLETED)
            telling.cancel()
            if told.is_set():
                working.cancel()
            with suppress(asyncio.CancelledError):
                await working


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
