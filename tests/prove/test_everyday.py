"""A part of each level in every run of the tests; `make prove` runs all of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.prove.levels import LEVELS, level_named
from tests.prove.running import live_through, prove, seeds_of
from tests.prove.seeds import kept_seeds, replayed

pytestmark = pytest.mark.slow

IN_THIS_PROCESS = [name for name in LEVELS if name not in ("L3", "L4")]
"""Real processes have a slower test of their own, in `tests.prove.live`; of bugs and
mutants those in `tests.prove.bugs` and `tests.prove.mutation` try a few."""


@pytest.mark.parametrize("name", IN_THIS_PROCESS)
def test_no_history_breaks_a_promise(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    level = level_named(name)
    outcome = live_through(level, seeds_of(level, 0, level.everyday))
    record_property(
        "figure", f"{outcome.histories} of {level.full} histories, {level.what}"
    )
    assert outcome.failures == []
    assert outcome.broken.total() == 0


def test_what_failed_once_stays_mended() -> None:
    found = {kept.file.stem: replayed(kept).violations for kept in kept_seeds()}
    assert found
    assert {name: violations for name, violations in found.items() if violations} == {}


def test_a_seed_repeats_in_another_process() -> None:
    outcome = prove("L0", seed=0, histories=200, processes=1)
    assert outcome.repeated == 2
    assert outcome.broken.total() == 0
