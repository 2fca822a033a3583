from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.config.servers import (
    another_process,
    asked,
    beginning,
    holding,
    line_of,
    server_pid,
    told_to_stop,
)

from rollkeeper.config import embedded, startup
from rollkeeper.config.environment import SettingsError

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of its own, in a folder that only its owner may pass."""
    top = Path(tempfile.mkdtemp(prefix="rollkeeper-home-"))
    yield top / "home"
    for made in top.glob("**/postgres"):
        embedded.stop(made.parent)
    shutil.rmtree(top)


def test_what_was_written_is_there_after_a_stop_and_a_start(home: Path) -> None:
    embedded.start(home)
    asked(home, "CREATE TABLE kept (); ALTER ROLE rollkeeper NOCREATEDB")
    assert embedded.stop(home)

    embedded.start(home)
    assert asked(home, "SELECT FROM kept") == []


def test_our_role_is_no_superuser(home: Path) -> None:
    embedded.start(home)

    [rights] = asked(
        home,
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
        " WHERE rolname = 'rollkeeper'",
    )
    assert rights == (False, False, False, False)


def test_the_server_listens_to_nobody_but_its_owner(home: Path) -> None:
    embedded.start(home)

    [[listens]] = asked(home, "SHOW listen_addresses")
    assert listens == ""
    assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700


def test_addresses_in_failing_statements_do_not_reach_the_log(home: Path) -> None:
    embedded.start(home)
    asked(home, "CREATE TABLE t (a text PRIMARY KEY)")
    asked(home, "INSERT INTO t VALUES ('ann@members.example')")

    with pytest.raises(Exception, match="ann@members"):
        asked(home, "INSERT INTO t VALUES ('ann@members.example')")

    logs = (home / "postgres" / "log").iterdir()
    text = "".join(path.read_text() for path in logs)
    assert "duplicate key" in text
    assert "ann@members" not in text


def test_processes_that_start_at_once_on_first_use_share_one_server(
    home: Path,
) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(beginning(home)) for _ in range(4)]
        assert [line_of(process) for process in processes] == ["started"] * 4
        stopped = [told_to_stop(process) for process in processes]

    assert stopped == ["False", "False", "False", "True"]
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_a_server_that_others_use_is_not_stopped(home: Path) -> None:
    embedded.start(home)
    with another_process(home) as other:
        assert embedded.stop(home) is False
        assert asked(home, "SELECT 1") == [(1,)]
        assert told_to_stop(other) == "True"


def test_killing_the_process_that_started_it_does_no_harm(home: Path) -> None:
    with another_process(home) as first:
        pid = server_pid(home)
        first.kill()
        first.wait()

        embedded.start(home)
        assert server_pid(home) == pid
    assert embedded.stop(home)


def test_a_killed_server_comes_back_with_all_it_acknowledged(home: Path) -> None:
    embedded.start(home)
    asked(home, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    os.kill(server_pid(home), signal.SIGKILL)

    embedded.start(home)
    assert asked(home, "SELECT n FROM kept") == [(7,)]


def test_a_process_with_the_number_of_a_dead_server_is_not_mistaken_for_it(
    home: Path,
) -> None:
    embedded.start(home)
    left = (home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[1]
    embedded.stop(home)
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{left}")

    embedded.start(home)
    assert asked(home, "SELECT 1") == [(1,)]


def test_data_that_was_left_half_made_is_made_again(home: Path) -> None:
    half = home / "postgres.draft" / "base"
    half.mkdir(parents=True)

    embedded.start(home)
    assert asked(home, "SELECT 1") == [(1,)]
    assert not half.parent.exists()


def test_a_home_too_deep_for_a_socket_works(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    embedded.start(deep)
    folder = Path(embedded.address(deep)["host"])

    assert asked(deep, "SELECT 1") == [(1,)]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    embedded.stop(deep)
    assert not folder.exists()


def test_a_socket_folder_that_belongs_to_somebody_else_is_refused(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    folder = Path(embedded.address(deep)["host"])
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)

    with pytest.raises(SettingsError, match="shorter path"):
        embedded.start(deep)
    folder.rmdir()


def test_data_of_another_version_is_left_alone(home: Path) -> None:
    data = home / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")

    with pytest.raises(SettingsError, match="made by PostgreSQL 15"):
        embedded.start(home)


def test_a_home_that_cannot_be_made_says_which_setting_to_change(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="ROLLKEEPER_HOME"):
        embedded.start(tmp_path / "file" / "home")


PREPARE = """
from rollkeeper.config import setup
from rollkeeper.config.startup import prepare_database
setup()
prepare_database(patience=60)
"""

WAITING = """
    SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)
"""


def prepared(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PREPARE],
        env={**os.environ, "PYTHONPATH": "src", "ROLLKEEPER_HOME": str(home)},
        capture_output=True,
        check=False,
        text=True,
    )


def test_a_first_start_makes_keys_and_tables_that_others_cannot_read(
    home: Path,
) -> None:
    assert prepared(home).returncode == 0

    assert asked(home, "SELECT count(*) FROM audit_entry") == [(0,)]
    for key in ("django", "data"):
        assert stat.S_IMODE((home / "keys" / key).stat().st_mode) == 0o600
    assert (home / "keys" / "django").read_text() != (
        home / "keys" / "data"
    ).read_text()


def test_a_database_that_may_forget_is_refused(home: Path) -> None:
    embedded.start(home)
    asked(home, "ALTER SYSTEM SET full_page_writes = off")
    asked(home, "SELECT pg_reload_conf()")

    refused = prepared(home)

    assert refused.returncode == 1
    assert "The database has full_page_writes switched off" in refused.stderr


def test_a_start_outlives_the_death_of_its_database(home: Path) -> None:
    embedded.start(home)
    with ThreadPoolExecutor(1) as threads:
        with holding(home, startup.PREPARING):
            starting = threads.submit(prepared, home)
            while asked(home, WAITING) != [(True,)]:
                assert not starting.done(), starting.result().stderr
            os.kill(server_pid(home), signal.SIGKILL)
        assert starting.result().returncode == 0, starting.result().stderr
    assert asked(home, "SELECT count(*) FROM audit_entry") == [(0,)]


def an_ordinary_python() -> str:
    """Return a Python that a user without rights can run, or skip the test."""
    if os.geteuid() != 0:
        pytest.skip("all tests here run as an ordinary user already")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}"):
        if as_nobody([python, "-c", ""]).returncode == 0:
            return python
    pytest.skip("an ordinary user can run no Python of this version here")


def as_nobody(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            env={**os.environ, **variables},
            user="nobody",
            group="nogroup",
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
            text=True,
        )
    except PermissionError:
        return subprocess.CompletedProcess(command, 126)


def test_an_ordinary_user_gets_a_server_too(home: Path) -> None:
    python = an_ordinary_python()
    home.mkdir(parents=True)
    home.parent.chmod(0o755)
    shutil.chown(home, "nobody", "nogroup")
    packages = f"{Path('src').absolute()}:{sysconfig.get_path('purelib')}"

    done = as_nobody(
        [python, "-c", PREPARE], PYTHONPATH=packages, ROLLKEEPER_HOME=str(home)
    )

    assert done.returncode == 0, done.stderr
    assert (home / "postgres").owner() == "nobody"
    embedded.start(home)
    assert asked(home, "SELECT count(*) FROM audit_entry") == [(0,)]


def test_as_root_the_folders_above_are_opened_for_passing_only(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives the server another user")
    embedded.start(home)

    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o701
    assert (home / "postgres").owner() == "rollkeeper"
