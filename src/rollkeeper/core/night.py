"""Nights: which one a moment belongs to, when it begins for whom, and what is due.

A night is named by the local date on which its window opens; the window may pass
midnight. Where clocks are changed, a local time that comes twice is the first of the
two, and one that is skipped is the moment of the change. A window that is skipped from
beginning to end is as long as ever, from that moment on.

Of each connection at most one night waits for its run. What happens to it:

    not yet     its own minute of the window has not come
    now         it has, and the window is open
    over        the window has closed: missed, to be made up as soon as it can be
    given up    the next window has opened, and its run makes up for this one
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from attrs import field, frozen

from rollkeeper.core.budget import jitter_of

DAY: Final = timedelta(days=1)

MARGIN: Final = timedelta(hours=1)
"""Of a window, so much is left for what the last to begin still has to do; or a third
of it, where that is less."""


class Due(Enum):
    """Is it time for a night's run?"""

    NOT_YET = "not yet"
    NOW = "now"
    OVER = "over"


@frozen(kw_only=True)
class Bounds:
    """One night's window, in UTC; without its end."""

    opens: datetime
    closes: datetime


@frozen(kw_only=True, cache_hash=True)
class Window:
    """The hours in which an association's nightly runs begin, by the clocks there."""

    begins: time
    ends: time = field()
    zone: ZoneInfo

    @ends.validator
    def _has_a_length(self, _: object, ends: time) -> None:
        if ends == self.begins:
            raise ValueError("a window ends at another time than it begins")

    def bounds(self, night: date) -> Bounds:
        """Return when the window of this night opens and closes."""
        return _bounds(self, night)

    def night_of(self, moment: datetime) -> date:
        """Return the night whose window was the last to open."""
        return _night_of(self, moment)

    def first_open(self, moment: datetime) -> date:
        """Return the first night whose window has not closed."""
        night = self.night_of(moment) - DAY
        while self.bounds(night).closes <= moment:
            night += DAY
        return night

    def first_to_open(self, moment: datetime) -> date:
        """Return the first night whose window has not opened."""
        night = self.night_of(moment)
        return night if moment < self.bounds(night).opens else night + DAY

    def starts(self, night: date, number: int) -> datetime:
        """Return when the association of this number begins.

        Numbers that follow each other are spread evenly over the first part of the
        window, each at the same place every night.
        """
        bounds = self.bounds(night)
        length = bounds.closes - bounds.opens
        return bounds.opens + jitter_of(number) * (length - min(MARGIN, length / 3))

    def due(self, night: date, number: int, now: datetime) -> Due:
        """Return whether the association of this number is to begin."""
        if now >= self.bounds(night).closes:
            return Due.OVER
        return Due.NOW if now >= self.starts(night, number) else Due.NOT_YET


@lru_cache(maxsize=256)  # thousands have the same window, and ask at the same moment
def _night_of(window: Window, moment: datetime) -> date:
    night = moment.astimezone(window.zone).date() + DAY
    while window.bounds(night).opens > moment:
        night -= DAY
    return night


@lru_cache(maxsize=4096)
def _bounds(window: Window, night: date) -> Bounds:
    last_day = night if window.begins < window.ends else night + DAY
    opens = _instant(datetime.combine(night, window.begins), window.zone)
    closes = _instant(datetime.combine(last_day, window.ends), window.zone)
    if closes <= opens:
        closes = opens + _on_the_clock(window)
    return Bounds(opens=opens, closes=closes)


def _on_the_clock(window: Window) -> timedelta:
    any_day = date(2000, 1, 1)
    begins, ends = (
        datetime.combine(any_day, at) for at in (window.begins, window.ends)
    )
    return (ends - begins) % DAY


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return when clocks first show this time or, if they never do, are changed."""
    # Without its second meaning ("fold") a skipped time is read by the clocks from
    # before the change, hence after it; and with it by those from after, hence before.
    shown = local.replace(tzinfo=zone).astimezone(UTC)
    if shown.astimezone(zone).replace(tzinfo=None) == local:
        return shown
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    changed = shown.astimezone(zone).utcoffset()
    seconds = range(int((shown - before).total_seconds()))
    after = bisect_left(
        seconds,
        True,
        key=lambda second: (
            (before + timedelta(seconds=second)).astimezone(zone).utcoffset() == changed
        ),
    )
    return before + timedelta(seconds=after)


@frozen(kw_only=True)
class Step:
    """What is to be done about a connection's nights."""

    night: date
    """The one that waits from now on."""
    due: Due
    given_up: tuple[date, ...] = ()
    """Those that it makes up for, the oldest first."""


def step(
    window: Window,
    *,
    number: int,
    now: datetime,
    waits: date | None,
    last: date | None,
) -> Step:
    """Return which night waits, whether it is due, and which ones it makes up for.

    *waits* is the night that waited so far. Without one, the next is the first whose
    window is still open, and that comes after the *last* there was: no night has a
    second run, whatever becomes of its window. Who never had one begins with the next
    window to open: everything was compared just now.
    """
    current = window.night_of(now)
    if waits is not None and waits < current:
        missed = tuple(waits + DAY * n for n in range((current - waits).days))
        return Step(
            night=current, due=window.due(current, number, now), given_up=missed
        )
    if waits is not None:
        night = waits
    elif last is None:
        night = window.first_to_open(now)
    else:
        night = max(window.first_open(now), last + DAY)
    return Step(night=night, due=window.due(night, number, now))


def requests_of(
    *, known: int, lists: int, marked: int, page_size: int, rows_per_call: int
) -> int:
    """Return about how many requests a comparison takes, and at most what waits.

    The account is read page by page, and its lists. What is *marked* is sent one by
    one, each read and written; or in bulk, onto and off every list, each job asked for
    once; whatever is less.
    """
    reading = max(1, ceil(known / page_size)) + max(1, ceil(lists / page_size))
    in_bulk = 4 * (lists + 1) * ceil(marked / rows_per_call)
    return reading + min(2 * marked, in_bulk)
