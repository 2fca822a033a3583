"""Days of many associations on one API key: arithmetic only, by the rules of `budget`.

A turn reads who unsubscribed, sends its changes and asks for their jobs. Turns go by
age, as the tick gives them; a request that the budget refuses ends the turn, and what
the turn had read was in vain.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from attrs import define, field, frozen

from rollkeeper.core.budget import (
    LEAST_TURN,
    PULL_EVERY,
    Answer,
    Budget,
    Others,
    Purpose,
    allowance,
    ceiling,
    pulls_at_once,
)

PER_DAY = 10_000
PER_SECOND = 4
DAY = 24 * 3600.0

SMALL_TURN = (
    Purpose.SUPPRESS,
    Purpose.ADD,
    Purpose.ADD,
    Purpose.READ,
)
"""Opt-outs, an import, a look at its job, the new ids."""


def reading(pages: int) -> tuple[Purpose, ...]:
    """A turn that reads a whole account first."""
    return (*[Purpose.READ] * pages, *SMALL_TURN)


@define
class Association:
    """One connection, and the change that waits the longest."""

    number: int
    turn: tuple[Purpose, ...]
    since: float | None = None
    used: int = 0
    pulled: float = float("-inf")


@frozen(kw_only=True)
class Served:
    """A turn that was had: whose, and how long its oldest change had waited."""

    number: int
    waited: float
    at: float


@define(kw_only=True)
class Town:
    """All associations of the key, on one long day after the other."""

    associations: list[Association]
    chance: Random
    changes_a_day: float
    per_day: int = PER_DAY
    now: float = 0.0
    used: int = 0
    served: list[Served] = field(factory=list)
    days: list[int] = field(factory=list)
    """Requests of each day."""
    pulls: list[float] = field(factory=list)
    """How long each association had not been asked who unsubscribed."""
    _queue: list[tuple[float, int]] = field(factory=list)
    """Who waits, the longest first."""

    def live(self, days: int) -> None:
        for _ in range(days):
            self._live_a_day()

    def _live_a_day(self) -> None:
        self.used = 0
        for one in self.associations:
            one.used = 0
        start = self.now
        steps = int(DAY / PULL_EVERY.total_seconds())
        for step in range(steps):
            self.now = start + step * PULL_EVERY.total_seconds()
            self._somebody_changes_something()
            self._clock_pulls(left=start + DAY - self.now)
            self._give_turns()
        self.now = start + DAY
        self.days.append(self.used)

    def _somebody_changes_something(self) -> None:
        chance = self.changes_a_day * PULL_EVERY.total_seconds() / DAY
        for one in self.associations:
            if one.since is None and self.chance.random() < chance:
                self.begin_to_wait(one)

    def begin_to_wait(self, one: Association) -> None:
        one.since = self.now
        insort(self._queue, (self.now, one.number))

    def _clock_pulls(self, *, left: float) -> None:
        at_once = pulls_at_once(
            left=ceiling(Purpose.SUPPRESS, self.per_day) - self.used,
            rest_of_day=timedelta(seconds=left),
        )
        for one in sorted(self.associations, key=lambda one: one.pulled)[:at_once]:
            if self._may_send(one, Purpose.SUPPRESS, Others()):
                self._note_pull(one)

    def _note_pull(self, one: Association) -> None:
        if one.pulled >= 0:
            self.pulls.append(self.now - one.pulled)
        one.pulled = self.now

    def _give_turns(self) -> None:
        """So many as four requests a second let through, the longest waiting first."""
        room = int(PULL_EVERY.total_seconds() * PER_SECOND)
        before = self.used
        for number in list(self._who_can_send()):
            if self.used - before >= room:
                return
            self._have_turn(self.associations[number])

    def _who_can_send(self) -> Iterator[int]:
        spent = self.used >= ceiling(Purpose.REMOVE, self.per_day)
        if spent or not self._queue:
            return
        waiting = [self.associations[number] for _, number in self._queue]
        used = [one.used for one in waiting]
        share = {
            longest: allowance(
                Purpose.REMOVE,
                per_day=self.per_day,
                used_by_those_done=self.used - sum(used),
                waiting=used,
                waits_longest=longest,
            )
            for longest in (True, False)
        }
        for place, one in enumerate(waiting):
            if one.used < share[place == 0]:
                yield one.number

    def _have_turn(self, one: Association) -> None:
        others = self._others(one)
        for purpose in one.turn:
            if not self._may_send(one, purpose, others):
                return
            if purpose is Purpose.SUPPRESS:
                self._note_pull(one)
        assert one.since is not None
        self._queue.remove((one.since, one.number))
        self.served.append(
            Served(number=one.number, waited=self.now - one.since, at=self.now)
        )
        one.since = None

    def _others(self, one: Association) -> Others:
        """As a gate learns of them: not before the least turn is over."""
        if one.used + len(one.turn) <= LEAST_TURN:
            return Others()
        return Others(
            used=tuple(
                self.associations[number].used
                for _, number in self._queue
                if number != one.number
            ),
            waited_longer=self._queue[0][1] != one.number,
        )

    def _may_send(self, one: Association, purpose: Purpose, others: Others) -> bool:
        budget = Budget(
            per_day=self.per_day, used=self.used, own=one.used, others=others
        )
        if budget.answer(purpose) is not Answer.YES:
            return False
        self.used += 1
        one.used += 1
        return True

    def waits(self) -> list[float]:
        """How long changes waited that were served or still wait, in order, in s."""
        still = [self.now - since for since, _ in self._queue]
        return sorted((*(one.waited for one in self.served), *still))


@frozen(kw_only=True)
class Case:
    """Associations on one key, how often each has a change, and who reads much."""

    associations: int
    changes_a_day: float
    large: int = 0
    """So many read an account of 200,000 contacts before each of their turns."""

    def town(self, *, seed: int = 1) -> Town:
        return Town(
            associations=[
                Association(number, reading(400) if number < self.large else SMALL_TURN)
                for number in range(self.associations)
            ],
            chance=Random(seed),
            changes_a_day=self.changes_a_day,
        )


CASES = (
    Case(associations=10, changes_a_day=20),
    Case(associations=50, changes_a_day=20),
    Case(associations=100, changes_a_day=20),
    Case(associations=500, changes_a_day=4),
    Case(associations=1_000, changes_a_day=2),
    Case(associations=5_000, changes_a_day=0.2),
    Case(associations=5_000, changes_a_day=1),
    Case(associations=5_000, changes_a_day=50),
    Case(associations=5_000, changes_a_day=50, large=20),
)

DAYS = 8


def row(case: Case) -> str:
    """Return the case's row of the table in docs/scale.md."""
    town = case.town()
    town.live(DAYS)
    waits, pulls = town.waits(), sorted(town.pulls)
    half, most = len(waits) // 2, len(waits) * 99 // 100
    figures = (
        f"{case.associations:,}" + (f", {case.large} large" if case.large else ""),
        f"{case.changes_a_day:g}",
        f"{len(town.served) / DAYS:,.0f}",
        f"{sum(town.days) / DAYS:,.0f}",
        *(_in_words(each) for each in (waits[half], waits[most], waits[-1])),
        _in_words(pulls[len(pulls) // 2]),
    )
    return f"| {' | '.join(figures)} |"


def _in_words(seconds: float) -> str:
    if seconds < PULL_EVERY.total_seconds():
        return "at once"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 2 * DAY:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / DAY:.1f} days"


if __name__ == "__main__":
    for case in CASES:
        print(row(case))  # noqa: T201 - printing is what it is run for
