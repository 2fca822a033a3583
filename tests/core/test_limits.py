"""How much may be done unasked: the numbers of RELIABILITY section 4."""

from __future__ import annotations

import pytest

from rollkeeper.core.guards import Guard, Limits, Share, source_guard


@pytest.mark.parametrize(
    ("share", "whole", "limit"),
    [
        (Limits().removals_of_list, 0, 5),
        (Limits().removals_of_list, 119, 5),
        (Limits().removals_of_list, 120, 6),
        (Limits().removals_of_list, 4000, 200),
        (Limits().removals_of_list, 4020, 200),
        (Limits().removals_of_account, 0, 10),
        (Limits().removals_of_account, 366, 10),
        (Limits().removals_of_account, 367, 11),
        (Limits().removals_of_account, 100_000, 500),
        (Limits().adds_of_list, 0, 50),
        (Limits().adds_of_list, 255, 51),
        (Limits().adds_of_list, 100_000, 2000),
        (Limits().emptied_fields, 119, 5),
        (Limits().emptied_fields, 120, 6),
        (Limits().emptied_fields, 100_000, 200),
        (Limits().left_at_once, 119, 5),
        (Limits().left_at_once, 1_000_000, 50_000),
        (Limits().source_fall, 59, 5),
        (Limits().source_fall, 60, 6),
        (Limits().source_fall, 1_000_000, 100_000),
    ],
)
def test_limits_are_clamped_shares(share: Share, whole: int, limit: int) -> None:
    assert share.of(whole) == limit


@pytest.mark.parametrize(
    ("people", "endings"), [(0, 3), (533, 3), (534, 4), (1000, 7), (100_000, 125)]
)
def test_a_quarter_of_them_may_be_ended_at_least_three(
    people: int, endings: int
) -> None:
    assert Limits().endings(people) == endings


def test_a_share_outside_of_sense_is_refused() -> None:
    for wrong in ({"percent": 101}, {"percent": -1}, {"least": -1}, {"most": -1}):
        with pytest.raises(ValueError, match="must be"):
            Share(**{"percent": 5, "least": 5, **wrong})


@pytest.mark.parametrize(
    ("before", "missing", "stop"),
    [
        (0, 0, None),
        (1000, 0, None),
        (1000, 100, None),
        (1000, 101, Guard.SOURCE_FELL),
        (40, 5, None),
        (40, 6, Guard.SOURCE_FELL),
        (1000, 1000, Guard.SOURCE_EMPTY),
        (3, 3, Guard.SOURCE_EMPTY),
        (4, 3, None),
    ],
)
def test_a_source_that_fell_or_is_empty_takes_nobody_away(
    before: int, missing: int, stop: Guard | None
) -> None:
    assert source_guard(before=before, missing=missing, limits=Limits()) is stop
