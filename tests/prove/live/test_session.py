"""A small session in every run of the tests; `make prove` lives through large ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.prove.live.level import EVERYDAY
from tests.prove.live.session import live_through

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_house_of_processes_keeps_every_promise(
    record_property: Callable[[str, object], None],
) -> None:
    trace = live_through(1, EVERYDAY)
    counts = trace.counts
    record_property(
        "figure",
        f"{counts['histories']} histories, {counts['workers killed']} workers and"
        f" {counts['PostgreSQL killed']} times PostgreSQL killed",
    )
    assert trace.violations == ()
    assert counts["histories"] == EVERYDAY.associations * EVERYDAY.rounds
    assert counts["workers killed"] >= 3
    assert counts["PostgreSQL killed"] >= 1
