from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from rollkeeper.web.words import ago, clock, count

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 lists"), (1, "1 list"), (2, "2 lists"), (12345, "12,345 lists")],
)
def test_a_count_has_its_noun_in_the_right_form(number: int, said: str) -> None:
    assert count(number, "list") == said


def test_a_noun_may_have_its_own_plural() -> None:
    assert count(2, "address", "addresses") == "2 addresses"


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (None, "not yet"),
        (datetime(2026, 3, 4, 11, 59, 30, tzinfo=UTC), "just now"),
        (datetime(2026, 3, 4, 11, 59, tzinfo=UTC), "1 minute ago"),
        (datetime(2026, 3, 4, 11, 15, tzinfo=UTC), "45 minutes ago"),
        (datetime(2026, 3, 4, 8, 5, tzinfo=UTC), "at 8:05 AM"),
        (datetime(2026, 3, 3, 20, 30, tzinfo=UTC), "yesterday at 8:30 PM"),
        (datetime(2026, 2, 1, 20, 30, tzinfo=UTC), "on February 1 at 8:30 PM"),
        (datetime(2025, 2, 1, 20, 30, tzinfo=UTC), "on February 1 2025 at 8:30 PM"),
    ],
)
def test_a_time_is_said_as_a_person_would_say_it(
    then: datetime | None, said: str
) -> None:
    assert ago(then, NOW) == said


def test_a_time_to_come_is_said_too() -> None:
    assert clock(datetime(2026, 3, 5, 0, 4, tzinfo=UTC), NOW) == "tomorrow at 12:04 AM"


def test_the_day_is_that_of_the_association_not_of_utc() -> None:
    late_evening_in_chicago = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)

    with timezone.override("America/Chicago"):
        said = ago(late_evening_in_chicago, NOW)

    assert said == "yesterday at 11:00 PM"
