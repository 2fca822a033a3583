"""One time, which each party reads off its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import define

START = datetime(2024, 2, 28, 22, 30, tzinfo=UTC)  # a leap day is near


@define
class Time:
    """It goes on only when somebody waits, and a little with each look at it."""

    now: datetime = START
    here: timedelta = timedelta(0)
    """How far the clock of our processes is off."""
    there: timedelta = timedelta(0)
    """How far the provider's is."""

    def of_database(self) -> datetime:
        self.now += timedelta(microseconds=10)
        return self.now

    def of_process(self) -> datetime:
        self.now += timedelta(microseconds=10)
        return self.now + self.here

    def of_provider(self) -> datetime:
        self.now += timedelta(microseconds=10)
        return self.now + self.there

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
