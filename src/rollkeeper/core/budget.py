"""Quota arithmetic: when may a request leave, and may it leave this day at all?

Providers count an application's requests in each UTC day and in each second. We count
along, and count what leaves near midnight for both days, because our clock and theirs
differ. Three rules say who gets the requests of a day, and each holds on its own:

    urgency    what is less urgent stops earlier, so that the last tenth of a day is
               there for ending contacts and for reading who unsubscribed
    fairness   connections of one application have equal parts of a day; what one does
               not need, the others have
    age        who waits longest goes first, and may have half a day when it must
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from enum import Enum, IntEnum
from itertools import pairwise
from math import ceil
from typing import Final

from attrs import frozen

NEAR_MIDNIGHT: Final = timedelta(seconds=60)

SECOND: Final = timedelta(seconds=1.05)
"""A second, and what the way there may squeeze out of it."""

LATEST_START: Final = timedelta(minutes=5)
"""Over this long the applications spread their first requests of a day."""

LEAST_TURN: Final = 20
"""A connection may use so many requests a day however many others wait: enough to bring
a few changes to their end. Shares smaller than that would finish nothing for anybody;
rather, who waits longest has a turn and the others have theirs on another day."""

PULL_EVERY: Final = timedelta(minutes=5)
"""How often the clock has connections asked who unsubscribed."""


class Purpose(IntEnum):
    """What a request is for, the most urgent first: who gets the last of a quota."""

    SUPPRESS = 1  # opt-out pulls, ending a contact
    REMOVE = 2
    ADD = 3
    UPDATE = 4
    READ = 5


KEPT_PERCENT: Final[Mapping[Purpose, int]] = {
    Purpose.SUPPRESS: 0,
    Purpose.REMOVE: 10,
    Purpose.ADD: 12,
    Purpose.UPDATE: 14,
    Purpose.READ: 16,
}
"""What a request of this purpose leaves of the day for those that are more urgent."""


@frozen(kw_only=True)
class Window:
    """A time, without its end."""

    start: datetime
    end: datetime


@frozen(kw_only=True)
class Others:
    """The other connections of an application that have work waiting."""

    used: tuple[int, ...] = ()
    """What each of them has used of this day."""
    waited_longer: bool = False
    """Has one of them waited longer than the connection that asks?"""


class Answer(Enum):
    """May a request leave?"""

    YES = "yes"
    DAY_SPENT = "day spent"
    SHARE_SPENT = "share spent"


@frozen(kw_only=True)
class Budget:
    """A day of one application, as a connection that wants a request finds it."""

    per_day: int
    used: int
    """By all connections."""
    own: int
    """By the connection that asks."""
    others: Others = Others()

    def answer(self, purpose: Purpose) -> Answer:
        """May one more request leave?"""
        if self.used >= ceiling(purpose, self.per_day):
            return Answer.DAY_SPENT
        if self.own >= self.allowance(purpose):
            return Answer.SHARE_SPENT
        return Answer.YES

    def allowance(self, purpose: Purpose) -> int:
        """Return how much of the day the connection may use in all."""
        used_by_those_done = self.used - self.own - sum(self.others.used)
        return allowance(
            purpose,
            per_day=self.per_day,
            used_by_those_done=used_by_those_done,
            waiting=(self.own, *self.others.used),
            waits_longest=not self.others.waited_longer,
        )

    def left(self, purpose: Purpose) -> int:
        """Return how many requests the connection has left now."""
        open_to_all = ceiling(purpose, self.per_day) - self.used
        return max(0, min(open_to_all, self.allowance(purpose) - self.own))


def ceiling(purpose: Purpose, per_day: int) -> int:
    """Return how many requests a day has had when the last of *purpose* leaves."""
    return per_day - per_day * KEPT_PERCENT[purpose] // 100


def allowance(
    purpose: Purpose,
    *,
    per_day: int,
    used_by_those_done: int,
    waiting: Sequence[int],
    waits_longest: bool,
) -> int:
    """Return how much of a day one of those that have work *waiting* may use in all.

    Their uses so far are given, its own among them. What is most urgent has no share
    to keep to.
    """
    most = ceiling(purpose, per_day)
    if purpose is Purpose.SUPPRESS:
        return most
    fair = level(room=most - used_by_those_done, used=waiting)
    return max(fair, most // 2 if waits_longest else LEAST_TURN)


def level(*, room: int, used: Sequence[int]) -> int:
    """Return how much each of several may have had when *room* is divided fairly.

    Nobody can give back what is *used*: those who had more keep it, and the others are
    brought to one level with what remains.
    """
    ordered = sorted(used)
    rest = room - sum(ordered)
    for count, (low, high) in enumerate(pairwise(ordered), start=1):
        step = (high - low) * count
        if rest < step:
            return low + rest // count
        rest -= step
    return ordered[-1] + rest // len(ordered)


def days_needed(*, requests: int, left: int, per_day: int) -> int:
    """Return on how many days work goes on that takes so many *requests*.

    *left* are those of this day, *per_day* those of each day after it.
    """
    beyond = max(0, requests - left)
    return 1 + ceil(beyond / max(1, per_day))


def pulls_at_once(*, left: int, rest_of_day: timedelta) -> int:
    """Return how many connections the clock may have asked now who unsubscribed.

    A quarter of what is *left* is to last for it until the day ends.
    """
    times = max(1, ceil(rest_of_day / PULL_EVERY))
    return ceil(left / (4 * times))


def slot(*, now: datetime, latest: Sequence[datetime], per_second: int) -> datetime:
    """Return when the next request may leave: now, or when the second has room.

    *latest* are the times of the last requests, the newest first, those that are
    still to leave among them.
    """
    if len(latest) < per_second:
        return now
    return max(now, latest[per_second - 1] + SECOND)


def days(at: datetime) -> tuple[Window, ...]:
    """Return the days that a request at *at* counts for: one, or two near midnight.

    A window holds all the times whose requests count for its day.
    """
    dates = sorted({(at - NEAR_MIDNIGHT).date(), (at + NEAR_MIDNIGHT).date()})
    midnights = [datetime.combine(date, time(), tzinfo=UTC) for date in dates]
    return tuple(
        Window(
            start=midnight - NEAR_MIDNIGHT,
            end=midnight + timedelta(days=1) + NEAR_MIDNIGHT,
        )
        for midnight in midnights
    )


def reopening(day: Window, *, jitter: float) -> datetime:
    """Return when to begin again after a day is spent. *jitter* is from 0 up to 1."""
    return day.end + jitter * LATEST_START


def jitter_of(application: int) -> float:
    """Return an application's own jitter, from 0 up to 1, far from its neighbours'.

    All its connections begin a day together, so that age and not luck orders them.
    """
    return application * _GOLDEN % 1


_GOLDEN: Final = 0.6180339887498949
