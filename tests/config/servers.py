"""Processes that use the embedded server of a home, each doing as it is told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from rollkeeper.config import embedded

USER_PROCESS = """
import sys
from pathlib import Path
from rollkeeper.config import embedded, logs
logs.configure()
home = Path(sys.argv[1])
embedded.start(home)
print("started", flush=True)
sys.stdin.readline()
print(embedded.stop(home), flush=True)
"""


def asked(home: Path, sql: str) -> list[tuple[object, ...]]:
    """Return the rows of *sql*, run as the administrator of the server."""
    where = embedded.address(home, role="postgres")
    with psycopg.connect(make_conninfo(**where), autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


@contextmanager
def holding(home: Path, lock: int) -> Iterator[None]:
    """Hold an advisory lock in our database, as long as there is a server."""
    where = embedded.address(home, role="rollkeeper")
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(make_conninfo(**where), autocommit=True) as connection,
    ):
        connection.execute("SELECT pg_advisory_lock(%s)", [lock])
        yield


def server_pid(home: Path) -> int:
    lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    return int(lines[0])


@contextmanager
def beginning(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process begin to use the server; it is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", USER_PROCESS, str(home)],
        env={**os.environ, "PYTHONPATH": "src"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def another_process(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process use the server."""
    with beginning(home) as process:
        assert line_of(process) == "started"
        yield process


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def told_to_stop(process: subprocess.Popen[str]) -> str:
    """Return what the process's stop said."""
    assert process.stdin is not None
    process.stdin.write("stop\n")
    process.stdin.flush()
    return line_of(process)
