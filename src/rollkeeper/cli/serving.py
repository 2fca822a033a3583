"""`web` and `run`: processes on one machine, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from attrs import Factory, define, field

from rollkeeper.cli.house import House
from rollkeeper.cli.output import Stopped, say

PATIENCE_SECONDS: Final = 35
"""How long a process may take to finish what it is doing when told to stop."""

_TOO_OFTEN, _WITHIN_SECONDS = 5, 60


@define
class Process:
    """One process that we keep running."""

    name: str
    command: Sequence[str]
    log: Path | None = None
    """Where its output goes; None for ours."""
    running: subprocess.Popen[bytes] = field(init=False)
    deaths: deque[float] = Factory(deque)

    def start(self) -> None:
        with open(self.log, "ab") if self.log else nullcontext() as output:
            # In a session of its own: Ctrl-C reaches us, and we end the rest in order.
            self.running = subprocess.Popen(
                self.command, stdout=output, stderr=output, start_new_session=True
            )

    def restart(self) -> None:
        """Start it again, unless it dies so often that something must be wrong."""
        now = time.monotonic()
        self.deaths.append(now)
        while self.deaths[0] < now - _WITHIN_SECONDS:
            self.deaths.popleft()
        if len(self.deaths) >= _TOO_OFTEN:
            raise Stopped(
                f"The {self.name} ended {_TOO_OFTEN} times within a minute. What it"
                f" said {f'in {self.log}' if self.log else 'above'} tells why; mend"
                " that and start again."
            )
        say(f"The {self.name} ended unexpectedly; starting it again.")
        self.start()

    def stop(self) -> None:
        if self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()


def rollkeeper(*words: str) -> list[str]:
    """Return the command line of one of our own commands."""
    return [sys.executable, "-m", "rollkeeper", *words]


def web(house: House, bind: str | None) -> None:
    """Become the web server."""
    house.ready()
    address = bind or _bind_address(house)
    arguments = [
        "gunicorn",
        "rollkeeper.config.wsgi:application",
        f"--bind={address}",
        "--worker-class=gthread",
        "--threads=8",
        "--log-level=warning",
        "--logger-class=rollkeeper.config.serverlog.RedactedLogger",
    ]
    os.execv(sys.executable, [sys.executable, "-m", *arguments])


def _bind_address(house: House) -> str:
    """Where the base address says that people find us, when that is this machine."""
    base = urlsplit(house.base_url())
    if base.scheme == "https":
        return "127.0.0.1:8000"  # behind a proxy that speaks https
    return f"{base.hostname}:{base.port or 80}"


def run(house: House) -> None:
    """Keep web and worker running until told to stop."""
    house.ready()
    processes = [
        Process("web server", rollkeeper("web")),
        Process("worker", rollkeeper("worker")),
    ]
    address = house.base_url()
    keep_running(
        house,
        processes,
        when_up=lambda: say(f"Rollkeeper is at {address} (Ctrl-C ends it)."),
    )


def keep_running(
    house: House, processes: Sequence[Process], when_up: Callable[[], None]
) -> None:
    """Run the processes until SIGINT or SIGTERM; then end them, the last first, and
    the embedded database. *when_up* is called once, when the pages answer."""
    started: list[Process] = []
    announced = False
    try:
        with _told_to_stop() as told:
            for process in processes:
                process.start()
                started.append(process)
            while not told:
                time.sleep(0.2)
                for process in started:
                    if process.running.poll() is not None and not told:
                        process.restart()
                if not announced and (announced := _answers(house.base_url())):
                    when_up()
        say("Stopping …")
    finally:
        for process in reversed(started):
            process.stop()
        house.stop_database()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


@contextmanager
def _told_to_stop() -> Iterator[list[int]]:
    """Give a list that is empty until a signal comes."""
    told: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        told.append(number)

    before = {one: signal.signal(one, note) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
