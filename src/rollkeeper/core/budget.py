"""Quota arithmetic: when may a request leave, and may it leave this day at all?

Providers count an application's requests in each UTC day and in each second. We count
along, and count what leaves near midnight for both days, because our clock and theirs
differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from attrs import frozen

RESERVED_PERCENT = 10
"""Kept of each day for what cannot wait, such as reading who unsubscribed."""

NEAR_MIDNIGHT = timedelta(seconds=60)

SECOND = timedelta(seconds=1.05)
"""A second, and what the way there may squeeze out of it."""

LATEST_START = timedelta(minutes=5)
"""Over this long the applications spread their first requests of a day."""


@frozen(kw_only=True)
class Window:
    """A time, without its end."""

    start: datetime
    end: datetime


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


def may_leave(*, used: int, per_day: int, urgent: bool) -> bool:
    """Is there a request left on a day that has had *used*?"""
    reserved = 0 if urgent else per_day * RESERVED_PERCENT // 100
    return used < per_day - reserved


def next_day(now: datetime, *, jitter: float) -> datetime:
    """Return when to begin again after a day is spent. *jitter* is from 0 up to 1."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=UTC)
    return tomorrow + NEAR_MIDNIGHT + jitter * LATEST_START
