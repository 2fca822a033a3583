"""Times and numbers as a person would say them, in the language that is active.

Times are in the active time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from rollkeeper.ledger.services.newsletter import Newsletter
from rollkeeper.web.nouns import NOUNS

MINUTE, HOUR = 60, 3600
YESTERDAY, TODAY, TOMORROW, THIS_YEAR, ANY_YEAR = -1, 0, 1, 2, 3

WITHIN: Final[Mapping[int, str]] = {
    YESTERDAY: gettext_noop("yesterday at %(time)s"),
    TODAY: gettext_noop("at %(time)s"),
    TOMORROW: gettext_noop("tomorrow at %(time)s"),
    THIS_YEAR: gettext_noop("on %(day)s at %(time)s"),
    ANY_YEAR: gettext_noop("on %(day)s %(year)s at %(time)s"),
}
"""How points of time are said within a sentence."""
FIRST: Final[Mapping[int, str]] = {
    YESTERDAY: gettext_noop("Yesterday at %(time)s"),
    TODAY: gettext_noop("Today at %(time)s"),
    TOMORROW: gettext_noop("Tomorrow at %(time)s"),
    THIS_YEAR: gettext_noop("%(day)s at %(time)s"),
    ANY_YEAR: gettext_noop("%(day)s %(year)s at %(time)s"),
}
"""How they are said to begin a line with."""


def count(number: int, one: str = "", many: str = "") -> str:
    """Return *number* with thousands marked and, if given, its noun in the right form.

    >>> count(1, "list"), count(1200, "list"), count(2, "address", "addresses")
    ('1 list', '1,200 lists', '2 addresses')
    """
    figure = number_format(number, force_grouping=True)
    if one in NOUNS:
        return str(NOUNS[one] % {"n": number, "figure": figure})
    noun = one if number == 1 else many or (f"{one}s" if one else "")
    return f"{figure} {noun}".strip()


def ago(then: datetime | None, now: datetime) -> str:
    """Return how long ago that was, as one would say it within a sentence."""
    if then is None:
        return _("not yet")
    seconds = (now - then).total_seconds()
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        minutes = int(seconds // MINUTE)
        said = ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes)
        return said % {"n": minutes}
    return clock(then, now)


def clock(then: datetime | None, now: datetime) -> str:
    """Return a point of time near *now*, past or to come, without what is obvious."""
    return _said(WITHIN, then, now) if then else _("not yet")


def clock_first(then: datetime | None, now: datetime) -> str:
    """As `clock`, to begin a line with."""
    return _said(FIRST, then, now) if then else _("Not yet")


def _said(words: Mapping[int, str], then: datetime, now: datetime) -> str:
    local, today = timezone.localtime(then), timezone.localtime(now).date()
    days = (local.date() - today).days
    if not YESTERDAY <= days <= TOMORROW:
        days = THIS_YEAR if local.year == today.year else ANY_YEAR
    return _(words[days]) % {
        "time": date_format(local, "TIME_FORMAT"),
        "day": date_format(local, "MONTH_DAY_FORMAT"),
        "year": local.year,
    }


def short_day(then: datetime) -> str:
    """Return the day in little space, as beside a bar of a chart."""
    return date_format(then, pgettext("short day, a format of Django's", "M j"))


def weekday(then: datetime) -> str:
    """Return the day with its name."""
    return date_format(
        then, pgettext("day with its name, a format of Django's", "l, F j")
    )


def window(now: Newsletter) -> str:
    """Return when nightly runs begin, to stand within a sentence."""
    return _("between %(begins)s and %(ends)s (%(zone)s)") % {
        "begins": time_format(now.window_from, "TIME_FORMAT"),
        "ends": time_format(now.window_to, "TIME_FORMAT"),
        "zone": now.time_zone,
    }


_BROWSERS: Final = {  # in this order: most claim to be the later ones, too
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
_MACHINES: Final = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def browser(user_agent: str) -> str:
    """Return which browser on which machine says it is called so."""
    found = (
        next((name for mark, name in known.items() if mark in user_agent), "")
        for known in (_BROWSERS, _MACHINES)
    )
    return ", ".join(one for one in found if one) or user_agent[:40] or _("Unknown")
