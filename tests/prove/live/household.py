"""The processes of a session: started, killed with -9, started again, stopped by id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import psycopg
from attrs import define, field
from psycopg.conninfo import make_conninfo

from rollkeeper.config import embedded

CLIENT_ID: Final = "live-proof"
SOMETHING_HELD: Final = 3
"""The exit status that says so."""
DATABASE_BACK_AFTER: Final = 120.0
"""Seconds; they only end a hopeless wait."""


@define
class Household:
    """One `ROLLKEEPER_HOME`, its workers and its PostgreSQL."""

    folder: Path
    provider: str
    """Where the workers find the provider: the proxy."""
    workers: list[subprocess.Popen[bytes]] = field(factory=list)
    workers_killed: int = 0
    databases_killed: int = 0

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self, provider: str) -> dict[str, str]:
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")},
            "ROLLKEEPER_HOME": str(self.home),
            "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID": CLIENT_ID,
            "ROLLKEEPER_CONSTANT_CONTACT_API_URL": f"{provider}/v3",
            "ROLLKEEPER_CONSTANT_CONTACT_AUTH_URL": f"{provider}/oauth2/default/v1",
        }

    def furnish(
        self, associations: int, twin: str, *, pause: float
    ) -> list[dict[str, Any]]:
        """Make connected associations; nothing goes wrong while this is done."""
        words = (str(associations), twin, str(pause))
        done = self._run("tests.prove.live.furnishing", *words, provider=twin)
        made: list[dict[str, Any]] = json.loads(done)
        return made

    def rollkeeper(self, *words: str) -> Any:
        """Run a command of the product and return its JSON document."""
        done = self._run("rollkeeper", *words, "--json", provider=self.provider)
        return json.loads(done)

    def _run(self, module: str, *words: str, provider: str) -> str:
        with (self.folder / "commands.log").open("ab") as log:
            done = subprocess.run(
                [sys.executable, "-m", module, *words],
                env=self.environment(provider),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                check=False,
                text=True,
            )
        assert done.returncode in (0, SOMETHING_HELD), (words, done.returncode)
        return done.stdout

    def start_worker(self) -> None:
        number = self.workers_killed + len(self.workers)
        with (self.folder / f"worker-{number}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "rollkeeper", "worker"],
                env=self.environment(self.provider),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.workers.append(worker)

    def kill_worker(self, number: int) -> None:
        worker = self.workers.pop(number)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.workers_killed += 1

    def kill_database(self, *, whole: bool, helped: bool) -> None:
        """Kill the server, or one of its backends: then it drops all and recovers.

        Not *helped*, the workers have to see to it that it runs again.
        """
        with self.database() as witness:
            backend = witness.execute(_BACKEND_OF_ANOTHER).fetchone()
            if whole or backend is None:
                pid_file = self.home / "postgres" / "postmaster.pid"
                pid = int(pid_file.read_text().split()[0])
            else:
                (pid,) = backend
            os.kill(pid, signal.SIGKILL)
            self.databases_killed += 1
            _wait_for_the_end(witness)
        if helped:
            embedded.start(self.home)
        else:
            self._wait_for_the_database()

    def _wait_for_the_database(self) -> None:
        deadline = time.monotonic() + DATABASE_BACK_AFTER
        while True:
            try:
                self.database().close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "nobody started PostgreSQL again"
                time.sleep(0.1)
            else:
                return

    @property
    def ended_by_itself(self) -> int:
        """How many workers ended although nobody killed them."""
        return sum(worker.poll() is not None for worker in self.workers)

    def database(self) -> psycopg.Connection[Any]:
        """Speak to the database as another program does."""
        where = make_conninfo("", **embedded.address(self.home))
        return psycopg.connect(where, autocommit=True)

    def stop(self) -> None:
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()
        embedded.stop(self.home)


_BACKEND_OF_ANOTHER: Final = """
    SELECT pid FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
     ORDER BY pid LIMIT 1
"""


def _wait_for_the_end(witness: psycopg.Connection[Any]) -> None:
    with suppress(psycopg.OperationalError):
        while True:
            witness.execute("SELECT")
            time.sleep(0.01)


@contextmanager
def a_twin(folder: Path, *options: str) -> Iterator[int]:
    """Run the twin as a process of its own and give its port."""
    with (folder / "twin.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailtwin", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=log,
        )
        assert process.stdout
        try:
            yield int(process.stdout.readline().rsplit(b":", 1)[1])
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()
