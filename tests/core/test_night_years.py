"""Four hundred days in zones around the world, looked at every few minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from attrs import define, field, frozen

from rollkeeper.core.night import DAY, Due, Window, step

BEGINS = datetime(2027, 2, 1, 18, tzinfo=UTC)
DAYS = 400
EVERY = timedelta(minutes=4)

USUAL, MIDNIGHT, SKIPPED = ("01:00", "04:00"), ("22:30", "01:30"), ("02:10", "02:50")
PLACES = [
    ("America/Chicago", USUAL),
    ("America/Chicago", MIDNIGHT),
    ("America/Chicago", SKIPPED),
    ("America/St_Johns", USUAL),
    ("Asia/Kolkata", USUAL),
    ("Australia/Lord_Howe", ("01:45", "02:15")),
    ("Pacific/Chatham", ("02:00", "05:00")),
    ("America/Santiago", ("23:15", "00:45")),
    ("Africa/Cairo", ("00:00", "01:00")),
    ("UTC", USUAL),
]


@frozen(kw_only=True)
class Started:
    night: date
    at: datetime
    """By the clocks there."""


@define(kw_only=True)
class Account:
    """Begins what is due, and remembers only what the rows of nights would hold."""

    window: Window
    number: int
    waits: date | None = None
    started: list[Started] = field(factory=list)
    given_up: list[date] = field(factory=list)

    def look(self, now: datetime) -> None:
        done = step(
            self.window, number=self.number, now=now, waits=self.waits, last=None
        )
        self.waits = done.night
        self.given_up += done.given_up
        if done.due is not Due.NOT_YET:
            local = now.astimezone(self.window.zone)
            self.started.append(Started(night=done.night, at=local))
            self.waits = done.night + DAY


def every_look() -> Iterator[datetime]:
    now = BEGINS
    while now < BEGINS + DAYS * DAY:
        yield now
        now += EVERY


def an_account(place: str, hours: tuple[str, str], number: int = 7) -> Account:
    begins, ends = map(time.fromisoformat, hours)
    window = Window(begins=begins, ends=ends, zone=ZoneInfo(place))
    return Account(window=window, number=number)


@pytest.mark.parametrize(("place", "hours"), PLACES)
def test_every_night_of_400_days_has_one_run_within_its_window(
    place: str, hours: tuple[str, str]
) -> None:
    account = an_account(place, hours)
    for now in every_look():
        account.look(now)
    nights = [one.night for one in account.started]
    assert len(nights) == DAYS
    assert all(b - a == DAY for a, b in pairwise(nights))
    assert {date(2027, 3, 14), date(2027, 11, 7), date(2027, 12, 31)} <= {*nights}
    assert date(2028, 2, 29) in nights
    for one in account.started:
        bounds = account.window.bounds(one.night)
        assert bounds.opens <= one.at < bounds.closes
    assert account.given_up == []
    _print_row(place, hours, account)


def _print_row(place: str, hours: tuple[str, str], account: Account) -> None:
    since_noon = sorted(
        ((one.at - timedelta(hours=12)).time(), f"{one.at:%H:%M}")
        for one in account.started
    )
    nights = {one.night for one in account.started}
    print(  # noqa: T201 - with -s these rows are the table of what was simulated
        f"\n{place:20} {'-'.join(hours)}  nights {len(nights)}"
        f"  runs {len(account.started)}"
        f"  earliest {since_noon[0][1]}  latest {since_noon[-1][1]}",
        end="",
    )


@pytest.mark.parametrize(("place", "hours"), PLACES)
def test_with_workers_that_are_often_down_no_night_is_lost_or_run_twice(
    place: str, hours: tuple[str, str]
) -> None:
    account = an_account(place, hours, number=23)
    for now in every_look():
        since = (now - BEGINS) // timedelta(hours=1)
        if since % 131 < 40:  # up for less than two days, then down for four
            account.look(now)
    nights = sorted([*(one.night for one in account.started), *account.given_up])
    assert len(nights) == len(set(nights))
    assert all(b - a == DAY for a, b in pairwise(nights))
    assert len(account.given_up) > DAYS // 4
