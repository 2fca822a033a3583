"""`worker`: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

from typing import Final

import structlog
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from rollkeeper.jobs.tasks import DEAD_AFTER_SECONDS

log = structlog.get_logger()

HEARTBEAT_SECONDS: Final = 5


def work(threads: int) -> None:
    """Work until SIGINT or SIGTERM; jobs under way are finished first."""
    log.info("worker_started", threads=threads)
    from_django = app.connector
    assert isinstance(from_django, DjangoConnector)
    with app.replace_connector(from_django.get_worker_connector()) as worker:
        worker.run_worker(
            concurrency=threads,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            listen_notify=True,
            fetch_job_polling_interval=1.0,
            shutdown_graceful_timeout=30,
        )
    log.info("worker_stopped")
