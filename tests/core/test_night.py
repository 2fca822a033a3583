"""Which night it is, when its window opens, and who begins when."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.core.night import DAY, Due, Window, requests_of, step

CHICAGO = ZoneInfo("America/Chicago")
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)
"""When clocks are changed in Chicago: 2:00 to 3:00, and 2:00 back to 1:00."""

ZONES = (
    "America/Chicago",
    "America/St_Johns",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "America/Santiago",
    "Pacific/Chatham",
    "Africa/Cairo",
    "UTC",
)

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))
windows = st.builds(
    lambda times, zone: Window(begins=times[0], ends=times[1], zone=ZoneInfo(zone)),
    st.lists(times, min_size=2, max_size=2, unique=True),
    st.sampled_from(ZONES),
)


def days_with_a_change() -> list[date]:
    """Return the days of these years on which a zone's clocks are changed, and the
    days beside them."""
    days = [date(2024, 1, 1) + DAY * n for n in range(11 * 365)]
    noons = [datetime.combine(day, time(12), tzinfo=UTC) for day in days]
    return [
        day + beside * DAY
        for zone in map(ZoneInfo, ZONES)
        for day, (before, after) in zip(days[1:], pairwise(noons), strict=True)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()
        for beside in (-1, 0, 1)
    ]


nights = st.dates(date(2024, 1, 1), date(2034, 12, 31)) | st.sampled_from(
    days_with_a_change()
)
moments = st.builds(
    lambda day, minutes: (
        datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    nights,
    st.integers(0, 24 * 60 - 1),
)
numbers = st.integers(1, 1_000_000)


def window(begins: str, ends: str, zone: ZoneInfo = CHICAGO) -> Window:
    return Window(
        begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), zone=zone
    )


def shown(window: Window, night: date) -> tuple[str, str]:
    """Return what clocks there show when the window opens and closes."""
    bounds = window.bounds(night)
    opens, closes = (
        f"{at.astimezone(window.zone):%H:%M %Z}" for at in (bounds.opens, bounds.closes)
    )
    return opens, closes


@pytest.mark.parametrize(
    ("begins", "ends", "night", "opens", "closes"),
    [
        ("01:00", "04:00", date(2027, 1, 5), "01:00 CST", "04:00 CST"),
        ("01:00", "04:00", SPRING, "01:00 CST", "04:00 CDT"),
        ("02:30", "04:00", SPRING, "03:00 CDT", "04:00 CDT"),
        ("01:00", "02:30", SPRING, "01:00 CST", "03:00 CDT"),
        ("02:00", "03:00", SPRING, "03:00 CDT", "04:00 CDT"),
        ("02:15", "02:45", SPRING, "03:00 CDT", "03:30 CDT"),
        ("23:00", "02:30", SPRING - DAY, "23:00 CST", "03:00 CDT"),
        ("01:00", "04:00", AUTUMN, "01:00 CDT", "04:00 CST"),
        ("00:30", "01:30", AUTUMN, "00:30 CDT", "01:30 CDT"),
        ("01:30", "02:00", AUTUMN, "01:30 CDT", "02:00 CST"),
        ("23:00", "01:15", AUTUMN - DAY, "23:00 CDT", "01:15 CDT"),
    ],
)
def test_a_window_opens_and_closes_by_the_clocks_there(
    begins: str, ends: str, night: date, opens: str, closes: str
) -> None:
    assert shown(window(begins, ends), night) == (opens, closes)


def test_a_change_by_half_an_hour_is_found_to_the_second() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    early = window("02:10", "04:00", lord_howe)
    assert shown(early, date(2027, 10, 3)) == ("02:30 +11", "04:00 +11")


def test_a_window_has_a_length() -> None:
    with pytest.raises(ValueError, match="another time"):
        window("01:00", "01:00")


def test_a_moment_after_midnight_belongs_to_the_night_before() -> None:
    late = window("22:00", "02:00")
    at = datetime(2027, 2, 1, 0, 30, tzinfo=CHICAGO)
    assert late.night_of(at) == date(2027, 1, 31)
    assert late.due(date(2027, 1, 31), 1, at) is Due.NOW


@given(windows, nights)
def test_windows_open_one_after_the_other_and_last(window: Window, night: date) -> None:
    this, following = window.bounds(night), window.bounds(night + DAY)
    assert this.opens < this.closes
    assert this.opens < following.opens


@given(windows, moments)
def test_a_moment_belongs_to_the_window_that_opened_last(
    window: Window, moment: datetime
) -> None:
    night = window.night_of(moment)
    assert window.bounds(night).opens <= moment < window.bounds(night + DAY).opens
    first = window.first_open(moment)
    assert window.bounds(first).closes > moment >= window.bounds(first - DAY).closes
    following = window.first_to_open(moment)
    assert window.bounds(following).opens > moment >= window.bounds(night).opens


@given(windows, nights, numbers)
def test_everybody_begins_in_the_window_with_time_left(
    window: Window, night: date, number: int
) -> None:
    bounds = window.bounds(night)
    length, starts = bounds.closes - bounds.opens, window.starts(night, number)
    margin = min(timedelta(hours=1), length / 3) - timedelta(microseconds=1)
    assert bounds.opens <= starts <= bounds.closes - margin


@given(windows, nights, numbers, moments)
def test_what_is_due_follows_the_clock(
    window: Window, night: date, number: int, moment: datetime
) -> None:
    starts, closes = window.starts(night, number), window.bounds(night).closes
    expected = [Due.NOT_YET, Due.NOW, Due.OVER][(moment >= starts) + (moment >= closes)]
    assert window.due(night, number, moment) is expected


def test_associations_are_spread_evenly_over_the_first_part() -> None:
    usual, night = window("01:00", "04:00"), date(2027, 1, 5)
    opens = usual.bounds(night).opens
    minutes = Counter(
        (usual.starts(night, number) - opens) // timedelta(minutes=10)
        for number in range(1, 1_201)
    )
    assert set(minutes) == set(range(12))
    assert max(minutes.values()) - min(minutes.values()) <= 4


@given(windows, numbers, moments, st.integers(0, 5))
def test_a_night_that_waits_too_long_is_given_up_for_the_one_that_has_opened(
    window: Window, number: int, now: datetime, ago: int
) -> None:
    current = window.night_of(now)
    done = step(window, number=number, now=now, waits=current - ago * DAY, last=None)
    assert done.night == current
    assert done.due is window.due(current, number, now)
    assert len(done.given_up) == ago
    assert all(b - a == DAY for a, b in pairwise((*done.given_up, current)))


@given(windows, numbers, moments, st.none() | st.integers(-2, 2))
def test_the_next_night_comes_after_the_last_and_can_still_be_kept(
    window: Window, number: int, now: datetime, behind: int | None
) -> None:
    last = None if behind is None else window.night_of(now) + behind * DAY
    done = step(window, number=number, now=now, waits=None, last=last)
    assert window.bounds(done.night).closes > now
    assert last is None or done.night > last
    assert done.due is not Due.OVER


@pytest.mark.parametrize(
    ("known", "lists", "marked", "requests"),
    [
        (0, 0, 0, 2),
        (500, 3, 0, 2),
        (501, 3, 0, 3),
        (1_000_000, 60, 0, 2_001),
        (500, 3, 4, 2 + 8),
        (500, 3, 40_000, 2 + 4 * 4),
        (500, 3, 40_001, 2 + 4 * 4 * 2),
    ],
)
def test_reading_and_what_waits_take_so_many_requests(
    known: int, lists: int, marked: int, requests: int
) -> None:
    takes = requests_of(
        known=known, lists=lists, marked=marked, page_size=500, rows_per_call=40_000
    )
    assert takes == requests
