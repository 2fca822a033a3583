"""Nobody starves: days of many associations on one API key (ARCHITECTURE section 9)."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.quota_days import (
    CASES,
    DAY,
    PER_DAY,
    SMALL_TURN,
    Association,
    Case,
    Town,
    reading,
    row,
)

from rollkeeper.core.budget import LEAST_TURN, Purpose, ceiling

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"


def days_at_most(requests: int, *, per_day: int = PER_DAY, large: bool = False) -> int:
    """The bound that docs/scale.md states: turns of all others, and the day it ends on.

    Beside large accounts only half of each day is sure to be for the others.
    """
    day = ceiling(Purpose.READ, per_day)
    return ceil(requests / (day // 2 if large else day)) + 2


def test_of_5_000_associations_that_always_want_more_each_is_served_in_time() -> None:
    town = Case(associations=5_000, changes_a_day=50).town()
    town.live(6)

    assert max(town.days) <= PER_DAY
    assert town.waits()[-1] <= days_at_most(5_000 * len(SMALL_TURN)) * DAY
    assert {one.number for one in town.served} == set(range(5_000))


def test_large_accounts_are_served_too_and_starve_nobody() -> None:
    town = Case(associations=400, changes_a_day=50, large=10).town()
    town.live(6)

    assert max(town.days) <= PER_DAY
    assert {one.number for one in town.served} == set(range(400))
    turns = 390 * len(SMALL_TURN) + 10 * len(reading(400))
    assert town.waits()[-1] <= days_at_most(turns, large=True) * DAY


def test_turns_are_had_in_the_order_of_age() -> None:
    town = Case(associations=3_000, changes_a_day=50).town()
    town.live(3)
    began = [one.at - one.waited for one in town.served]
    assert began == sorted(began)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, LEAST_TURN), min_size=1, max_size=30),
    st.integers(150, 400),
    st.floats(0.5, 100),
    st.integers(0, 10_000),
)
def test_whatever_turns_take_nobody_waits_longer_than_all_turns_together(
    lengths: list[int], per_day: int, changes_a_day: float, seed: int
) -> None:
    turns = [(Purpose.SUPPRESS, *[Purpose.ADD] * (length - 1)) for length in lengths]
    town = Town(
        associations=[Association(number, turn) for number, turn in enumerate(turns)],
        chance=Random(seed),
        changes_a_day=changes_a_day,
        per_day=per_day,
    )
    town.live(7)

    assert max(town.days) <= per_day
    turned_away = len(lengths) * LEAST_TURN  # begun too late in a day, and begun again
    bound = days_at_most(sum(lengths) + turned_away, per_day=per_day)
    assert town.waits()[-1] <= bound * DAY


def is_quick(case: Case) -> bool:
    return case.associations <= 1_000


def test_the_page_tells_the_rules_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for purpose in Purpose:
        assert f"| {ceiling(purpose, PER_DAY):,} |" in page
    assert f"connection may use {LEAST_TURN} requests a day" in " ".join(page.split())


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=() if is_quick(case) else pytest.mark.slow)
        for case in CASES
    ],
    ids=str,
)
def test_the_page_shows_what_the_arithmetic_gives(case: Case) -> None:
    assert row(case) in PAGE.read_text(encoding="utf-8")
