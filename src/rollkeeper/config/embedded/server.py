"""Starts and stops the server."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from rollkeeper.config import home as home_folder
from rollkeeper.config.embedded import owner as owners
from rollkeeper.config.embedded import programs
from rollkeeper.config.embedded.owner import Owner
from rollkeeper.config.embedded.place import DATABASE, ROLE, Place, address
from rollkeeper.config.environment import SettingsError

_PATIENCE_SECONDS = 300.0

_uses: dict[Path, int] = {}


def start(home: Path) -> None:
    """Make the server of *home* answer, and keep it from being stopped by others.

    On first use its data and our empty database are made. Returns when it answers,
    which after a crash may take it some minutes of recovery.
    """
    home_folder.make(home)
    place = Place(home=home.resolve())
    with _turn(place):
        if place.home not in _uses:
            _uses[place.home] = _lock(place.home / "postgres.users", fcntl.LOCK_SH)
        owner = owners.find(place.home, place.data)
        if not _answers(place, ROLE, DATABASE):
            _make_data(place, owner)
            _run(place, owner)
            _make_database(place)


def stop(home: Path) -> bool:
    """Stop using the server of *home*, and stop it if nobody else uses it.

    Says whether it is stopped. The data stays.
    """
    place = Place(home=home.resolve())
    if not place.data.exists():
        return True
    with _turn(place):
        used = _uses.pop(place.home, None)
        if used is not None:
            os.close(used)
        if _is_used(place):
            return False
        if _running_pid(place) is not None:
            owner = owners.find(place.home, place.data)
            programs.stop(place.data, owner)
        if place.sockets != place.data:
            shutil.rmtree(place.sockets, ignore_errors=True)
        return True


@contextmanager
def _turn(place: Place) -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    handle = _lock(place.home / "postgres.lock", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def _lock(path: Path, kind: int) -> int:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be used ({error}). Run Rollkeeper as the user that the "
            f"folder {path.parent} belongs to."
        ) from error
    try:
        fcntl.flock(handle, kind)
    except BlockingIOError:
        os.close(handle)
        raise
    return handle


def _is_used(place: Place) -> bool:
    try:
        os.close(_lock(place.home / "postgres.users", fcntl.LOCK_EX | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def _answers(place: Place, role: str, database: str) -> bool:
    try:
        _connect(place, role, database).close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(place: Place, role: str, database: str) -> psycopg.Connection:
    where = address(place.home, role=role, database=database)
    return psycopg.connect(make_conninfo(**where, connect_timeout=30), autocommit=True)


def _make_data(place: Place, owner: Owner) -> None:
    """Make the data folder, whole or not at all."""
    if place.data.exists():
        programs.check_version(place.data)
        return
    shutil.rmtree(place.draft, ignore_errors=True)
    place.draft.mkdir(mode=0o700)
    owner.take(place.draft)
    programs.make_data(place.draft, owner)
    place.draft.rename(place.data)


def _run(place: Place, owner: Owner) -> None:
    """Start the server, unless it runs and only has to come up."""
    if _running_pid(place) is not None and _came_up(place):
        return
    _wait_for_orphans(place)
    # Left by a server that was killed. Its number may be another process's by now.
    for left in (place.pid_file, place.socket_lock):
        left.unlink(missing_ok=True)
    if place.sockets != place.data:
        owner.own_folder(place.sockets)
    programs.start(place.data, place.sockets, owner)


def _came_up(place: Place) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _running_pid(place) is not None:
        if _answers(place, "postgres", "postgres"):
            return True
        if time.monotonic() > deadline:
            raise SettingsError(
                f"The database server in {place.data} runs but does not answer. Its "
                f"log is in {place.data / 'log'}. Stop it and start Rollkeeper again."
            )
        time.sleep(0.05)
    return False


def _wait_for_orphans(place: Place) -> None:
    """Let the processes of a killed server end; they still hold its memory."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while orphans := [pid for pid in _all_pids() if _works_in(place.data, pid)]:
        if time.monotonic() > deadline:
            raise SettingsError(
                f"Processes of an earlier database server still work in {place.data}: "
                f"{', '.join(orphans)}. End them and start Rollkeeper again."
            )
        time.sleep(0.05)


def _all_pids() -> list[str]:
    return [entry.name for entry in os.scandir("/proc") if entry.name.isdigit()]


def _running_pid(place: Place) -> str | None:
    """Return the id of the server's process, if it runs."""
    try:
        pid = place.pid_file.read_text(encoding="ascii").split("\n", 1)[0]
    except OSError:
        return None
    return pid if pid.isdigit() and _works_in(place.data, pid) else None


def _works_in(data: Path, pid: str) -> bool:
    """Is it a process of the server? All of them work in its data folder."""
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == data
    except OSError:
        return False


def _make_database(place: Place) -> None:
    """Make our role, which is no superuser, and our database, if they are missing."""
    with _connect(place, "postgres", "postgres") as connection:
        roles = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
        if roles.rowcount == 0:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN")
        databases = connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
        )
        if databases.rowcount == 0:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
