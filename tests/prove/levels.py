"""The levels there are, from the purest to the most real.

They are imported when they are run: some need settings, some a database.
"""

from __future__ import annotations

from importlib import import_module

from tests.prove.level import Level

LEVELS = {
    "L0": "tests.prove.planner",
    "L1": "tests.prove.engine_histories",
    "L2": "tests.prove.every_point",
    "L2+": "tests.prove.two_faults",
    "L3": "tests.prove.live.level",
    "L4": "tests.prove.bugs_and_mutants",
    "LC": "tests.prove.consent_histories",
}
"""By name, modules that have a `LEVEL`."""


def level_named(name: str) -> Level:
    level: Level = import_module(LEVELS[name]).LEVEL
    return level
