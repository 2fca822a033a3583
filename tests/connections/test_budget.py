from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.core.budget import SECOND, days, may_leave, next_day, slot

NOON = datetime(2025, 3, 9, 12, tzinfo=UTC)
MIDNIGHT = datetime(2025, 3, 10, tzinfo=UTC)


def counted_for(at: datetime) -> list[str]:
    return [f"{day.start + timedelta(minutes=1):%m-%d}" for day in days(at)]


@pytest.mark.parametrize(
    ("at", "dates"),
    [
        (NOON, ["03-09"]),
        (MIDNIGHT - timedelta(seconds=61), ["03-09"]),
        (MIDNIGHT - timedelta(seconds=60), ["03-09", "03-10"]),
        (MIDNIGHT, ["03-09", "03-10"]),
        (MIDNIGHT + timedelta(seconds=59), ["03-09", "03-10"]),
        (MIDNIGHT + timedelta(seconds=60), ["03-10"]),
    ],
)
def test_near_midnight_a_request_counts_for_both_days(
    at: datetime, dates: list[str]
) -> None:
    assert counted_for(at) == dates


@given(
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.timedeltas(-timedelta(seconds=59), timedelta(seconds=59)),
)
def test_whatever_day_the_provider_counts_a_request_for_we_do_too(
    after: timedelta, skew: timedelta
) -> None:
    at = datetime(2024, 2, 28, tzinfo=UTC) + after  # a leap day is among them
    their_day = f"{at + skew:%m-%d}"

    assert their_day in counted_for(at)
    assert all(day.start <= at < day.end for day in days(at))


@given(st.lists(st.floats(0, 0.4), max_size=60), st.integers(1, 6))
def test_no_second_has_more_requests_than_allowed(
    gaps: list[float], per_second: int
) -> None:
    now, booked = NOON, list[datetime]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        latest = [at for at in reversed(booked) if at > now - SECOND]
        booked.append(slot(now=now, latest=latest, per_second=per_second))

    assert booked == sorted(booked)
    for early, late in zip(booked, booked[per_second:], strict=False):
        assert late - early >= SECOND


def test_with_room_in_the_second_nobody_waits() -> None:
    assert slot(now=NOON, latest=[NOON] * 3, per_second=4) == NOON


def test_the_next_request_waits_for_the_oldest_of_the_second_only() -> None:
    latest = [NOON + timedelta(seconds=after) for after in (0.9, 0.6, 0.3, 0.0)]

    at = slot(now=latest[0], latest=latest, per_second=4)

    assert at == NOON + SECOND


@pytest.mark.parametrize(
    ("used", "urgent", "leaves"),
    [
        (8_999, False, True),
        (9_000, False, False),
        (9_999, True, True),
        (10_000, True, False),
    ],
)
def test_the_last_tenth_of_a_day_is_for_what_is_urgent(
    used: int, urgent: bool, leaves: bool
) -> None:
    assert may_leave(used=used, per_day=10_000, urgent=urgent) is leaves


@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_after_a_spent_day_work_begins_when_it_counts_for_the_new_one_only(
    jitter: float,
) -> None:
    begin = next_day(NOON, jitter=jitter)

    assert counted_for(begin) == ["03-10"]
    assert begin - MIDNIGHT < timedelta(minutes=7)
