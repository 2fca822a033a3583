"""What happens before the first use of Django and of the database."""

from __future__ import annotations

import logging
import os
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_bytes, token_urlsafe

import django
from django.conf import settings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from rollkeeper.config import embedded, home, keyfiles, logs
from rollkeeper.config.environment import SettingsError, read_environment

# Any number will do, as long as all processes take the same.
PREPARING = 0x726F6C6C

_LOOK_AGAIN_SECONDS = 0.5


def setup(*, log_level: int = logging.INFO) -> None:
    """Read the settings, start the embedded database if it is ours, load Django."""
    logs.configure(level=log_level)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.config.settings")
    environment = read_environment(os.environ)
    home.make(environment.home)
    keyfiles.make_missing(environment.secret_key_file, token_urlsafe(64))
    start_database()
    django.setup()


def start_database() -> None:
    """Start the embedded database, if it is ours and does not run."""
    environment = read_environment(os.environ)
    if environment.database_url is None:
        embedded.start(environment.home)


def prepare_database(*, patience: float = 0.0) -> None:
    """Refuse a database that may lose data; bring the tables up to date.

    Several processes may do it at once: one works, the others wait for it. One that
    cannot be reached, or is lost meanwhile, is tried again for *patience* seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            _prepare()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(_LOOK_AGAIN_SECONDS)
            start_database()
        else:
            return


def _prepare() -> None:
    connection.ensure_connection()
    check_durability()
    if unapplied_migrations():
        with _turn():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
    _prepare_data_key()


@contextmanager
def _turn() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARING])


def _prepare_data_key() -> None:
    """Make the key that wraps tokens, but never while some are sealed with another."""
    from rollkeeper.connections import seals

    if not seals.anything_is_sealed():
        key = b64encode(token_bytes(32)).decode()
        keyfiles.make_missing(settings.DATA_KEY_FILE, key)
    if complaint := seals.complaint_about_key_file():
        raise SettingsError(complaint)


def unapplied_migrations() -> list[str]:
    """Return the names of the migrations that the database has not had."""
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    return [str(step) for step, _ in executor.migration_plan(targets)]


def check_durability() -> None:
    """Raise `SettingsError` when the database could forget what it acknowledged."""
    with connection.cursor() as cursor:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute("SELECT current_setting(%s)", [name])
            row = cursor.fetchone()
            if row is None or row[0] == "off":
                raise SettingsError(
                    f"The database has {name} switched off, so that a power cut could "
                    f"lose acknowledged changes. Switch it on (ALTER SYSTEM SET {name} "
                    "= 'on'; SELECT pg_reload_conf();) and start again."
                )
