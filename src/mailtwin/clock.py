"""The twin's own time: real time, shifted or stopped by whoever tests with it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from attrs import define


@define
class Clock:
    """Seconds since 1970 as the twin sees them. It never runs backwards by itself."""

    offset: float = 0.0
    stopped_at: float | None = None

    def now(self) -> float:
        if self.stopped_at is not None:
            return self.stopped_at
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Move on by *seconds*; a stopped clock moves too and stays stopped."""
        if self.stopped_at is None:
            self.offset += seconds
        else:
            self.stopped_at += seconds

    def set(self, moment: float) -> None:
        self.advance(moment - self.now())

    def freeze(self) -> None:
        self.stopped_at = self.now()

    def thaw(self) -> None:
        """Run again from the moment the clock was stopped at."""
        if self.stopped_at is not None:
            self.offset = self.stopped_at - time.time()
            self.stopped_at = None


def stamp(moment: float) -> str:
    """Return *moment* as the services write it: UTC, whole seconds, ``Z``."""
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(moment: float) -> str:
    """Return the UTC date of *moment*."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def moment(text: str) -> float:
    """Return the moment an ISO-8601 text names; without an offset it is UTC.

    A bare date is its first second. Raises ValueError for anything else.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - made UTC below
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    return read.timestamp()
