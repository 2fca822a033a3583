"""kill -9 of PostgreSQL under a worker: it starts it again and works on."""

from __future__ import annotations

import os
import signal

import psycopg
import pytest
from tests.system.house import House, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_worker_outlives_its_database(house: House) -> None:
    worker = house.start_worker()
    wait_until(lambda: last_done(house) > 0)
    before = last_done(house)

    pid_file = house.home / "postgres" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)

    wait_until(lambda: last_done(house) > before)
    assert worker.poll() is None


def last_done(house: House) -> int:
    """When the last tick was due that a worker has done; 0 while nobody can tell."""
    try:
        ((latest,),) = house.sql(
            "SELECT coalesce(max(defer_timestamp), 0)"
            " FROM procrastinate_periodic_defers"
            " WHERE task_name = 'rollkeeper.tick' AND job_id IS NULL"
        )
    except psycopg.Error:
        return 0
    return int(latest)
