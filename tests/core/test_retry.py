"""When to ask again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rollkeeper.core.retry import THROTTLED, TRANSIENT, Backoff

ENDLESS = Backoff(
    attempts=40, base=timedelta(seconds=1), cap=timedelta(seconds=60), certain=0.0
)


def seconds(backoff: Backoff, *, attempt: int, chance: float) -> float:
    wait = backoff.wait(attempt=attempt, chance=chance)
    assert wait is not None
    return wait.total_seconds()


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 1), (2, 2), (3, 4), (7, 60), (39, 60)]
)
def test_waits_double_up_to_the_cap(attempt: int, longest: float) -> None:
    assert seconds(ENDLESS, attempt=attempt, chance=1.0) == longest


def test_a_wait_of_full_jitter_is_spread_from_nothing_to_the_longest() -> None:
    spread = [seconds(TRANSIENT, attempt=2, chance=chance) for chance in (0, 0.5, 1)]
    assert spread == [0, 1, 2]


def test_who_is_throttled_waits_half_at_least_and_never_under_a_second() -> None:  # I19
    assert seconds(THROTTLED, attempt=1, chance=0) == 1
    assert seconds(THROTTLED, attempt=3, chance=0) == 4
    assert seconds(THROTTLED, attempt=3, chance=1) == 8


def test_after_the_last_attempt_there_is_no_wait() -> None:
    assert TRANSIENT.wait(attempt=2, chance=0.5) is not None
    assert TRANSIENT.wait(attempt=3, chance=0.5) is None
