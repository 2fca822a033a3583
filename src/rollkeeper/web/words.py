"""Times and numbers as a person would say them. Times are in the active time zone."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format

from rollkeeper.ledger.services.newsletter import Newsletter

MINUTE, HOUR = 60, 3600
NEAR = {-1: "yesterday", 0: "", 1: "tomorrow"}


def count(number: int, one: str = "", many: str = "") -> str:
    """Return *number* with thousands marked and, if given, its noun in the right form.

    >>> count(1, "list"), count(1200, "list"), count(2, "address", "addresses")
    ('1 list', '1,200 lists', '2 addresses')
    """
    figure = number_format(number, force_grouping=True)
    noun = one if number == 1 else many or (f"{one}s" if one else "")
    return f"{figure} {noun}".strip()


def ago(then: datetime | None, now: datetime) -> str:
    """Return how long ago that was, as one would say it within a sentence."""
    if then is None:
        return "not yet"
    seconds = (now - then).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{count(int(seconds // MINUTE), 'minute')} ago"
    return clock(then, now)


def clock(then: datetime | None, now: datetime) -> str:
    """Return a point of time near *now*, past or to come, without what is obvious."""
    if then is None:
        return "not yet"
    local, today = timezone.localtime(then), timezone.localtime(now).date()
    time = f"at {date_format(local, 'g:i A')}"
    days = (local.date() - today).days
    if days in NEAR:
        return f"{NEAR[days]} {time}".strip()
    year = "" if local.year == today.year else f" {local.year}"
    return f"on {date_format(local, 'F j')}{year} {time}"


def window(now: Newsletter) -> str:
    """Return when nightly runs begin, to stand within a sentence."""
    begins, ends = (
        time_format(one, "g:i A") for one in (now.window_from, now.window_to)
    )
    return f"between {begins} and {ends} ({now.time_zone})"
