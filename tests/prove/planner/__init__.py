"""L0: the planner alone, in small worlds by the million."""

from __future__ import annotations

from random import Random

from tests.prove.level import Level, Trace
from tests.prove.planner.coverage import EXPECTED
from tests.prove.planner.generator import world_of
from tests.prove.planner.history import lived_in
from tests.prove.planner.keeping import minimise, replay


def run(seed: int) -> Trace:
    rng = Random(seed)
    return lived_in(world_of(rng), rng)


LEVEL = Level(
    name="L0",
    what="planner laws",
    run=run,
    full=1_000_000,
    everyday=20_000,
    cells=EXPECTED,
    minimise=minimise,
    replay=replay,
)
