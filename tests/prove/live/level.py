"""L3 as the frame sees it: a seed is a session, which lives through many histories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.prove.level import Level, Trace
from tests.prove.live.faults import Fault
from tests.prove.live.session import Size, live_through

EVERYDAY: Final = Size(
    associations=8,
    rounds=4,
    workers=2,
    workers_killed=3,
    databases_killed=1,
    requests_per_second=40,
)
CROWD: Final = Size(
    associations=32,
    rounds=5,
    workers=3,
    workers_killed=8,
    databases_killed=3,
    requests_per_second=200,
)
LIMITED: Final = Size(
    associations=6, rounds=4, workers=2, workers_killed=2, databases_killed=1
)
"""At the pace that the provider allows, which it enforces."""


def run(seed: int) -> Trace:
    """Every fourth session keeps the provider's pace, every third meets its worst."""
    size = LIMITED if seed % 4 == 3 else CROWD
    return live_through(seed, size, mood="worst" if seed % 3 == 2 else "careful")


def explain(counts: Mapping[str, int]) -> str:
    return (
        f"L3: {counts.get('workers killed', 0)} workers and"
        f" {counts.get('PostgreSQL killed', 0)} times PostgreSQL were killed;"
        f" {counts.get('requests', 0):,} requests"
    )


LEVEL: Final = Level(
    name="L3",
    what="PostgreSQL, workers and twin as processes, faults on the wire, kills",
    run=run,
    full=5,
    everyday=1,
    cells=frozenset(("fault", kind.value) for kind in Fault)
    | {("killed", "worker"), ("killed", "PostgreSQL")},
    repeatable=False,
    processes=1,
    explain=explain,
)
