"""A PostgreSQL of this test process's own, and no way to any other machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as searching
from psycopg.conninfo import make_conninfo

HOME = Path(tempfile.mkdtemp(prefix="rollkeeper-tests-"))
os.environ["ROLLKEEPER_HOME"] = str(HOME)
for name in set(os.environ) - {"ROLLKEEPER_HOME"}:
    if name.startswith("ROLLKEEPER_"):
        del os.environ[name]

CLEANER = """
import shutil, sys
from pathlib import Path
sys.stdin.read()
home = Path(sys.argv[1])
if home.exists():
    from rollkeeper.config import embedded
    embedded.stop(home)
    shutil.rmtree(home)
"""

NOT_TIMED = searching(deadline=None, suppress_health_check=[HealthCheck.too_slow])
searching.register_profile("search", NOT_TIMED, max_examples=5_000)
searching.register_profile("repeatable", NOT_TIMED, derandomize=True, max_examples=300)
searching.register_profile("everyday", NOT_TIMED, derandomize=True, max_examples=60)

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "", None})


def pytest_configure(config: pytest.Config) -> None:
    """Point Django, which pytest-django has loaded by now, at the tests' folder."""
    from django.conf import settings

    from rollkeeper.config import databases, keyfiles
    from rollkeeper.config.environment import read_environment

    config.add_cleanup(_clean_up_however_this_ends())
    environment = read_environment(os.environ)
    settings.BASE_URL = environment.base_url
    settings.PROVIDERS = {"constant_contact": environment.constant_contact}
    settings.HOME = environment.home
    settings.SECRET_KEY_FILE = environment.secret_key_file
    settings.DATA_KEY_FILE = environment.data_key_file
    settings.EMAIL_FILE_PATH = environment.home / "mail"
    settings.SECRET_KEY = "a key that only tests use"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    key = b64encode(os.urandom(32)).decode()
    keyfiles.make_missing(environment.data_key_file, key)
    settings.DATABASES["default"].update(databases.for_django(environment))


def _clean_up_however_this_ends() -> Callable[[], None]:
    """Have a process wait for our end, to stop our server even if we are killed.

    Returns what to do at an orderly end.
    """
    cleaner = subprocess.Popen(
        [sys.executable, "-c", CLEANER, str(HOME)],
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )

    def clean_up() -> None:
        shutil.rmtree(HOME, ignore_errors=True)
        cleaner.communicate()

    return clean_up


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start the embedded server before the test database is made, and stop it after."""
    from rollkeeper.config import embedded

    embedded.start(HOME)
    administrator = embedded.address(HOME, role="postgres", database="postgres")
    with psycopg.connect(make_conninfo(**administrator), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {embedded.ROLE} CREATEDB")
    yield
    assert embedded.stop(HOME)


def _only_this_machine(method: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        return method(self, address)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def no_foreign_sockets() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    for name in ("bind", "connect", "connect_ex"):
        guarded = _only_this_machine(getattr(socket.socket, name))
        patch.setattr(socket.socket, name, guarded)
    look_up = socket.getaddrinfo

    def look_up_here(host: Any, *rest: Any, **named: Any) -> Any:
        if host not in LOOPBACK:
            raise AssertionError(f"a test tried to look up {host}")
        return look_up(host, *rest, **named)

    patch.setattr(socket, "getaddrinfo", look_up_here)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def no_language_left_behind() -> None:
    """The thread that showed a page keeps its language; each test begins without."""
    from django.utils import translation

    translation.deactivate()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures that passed tests recorded with `record_property`."""
    figures = [
        f"{report.nodeid.partition('::')[2]}: {value}"
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.write_line(line)
