"""Scenario x fault as a table, with how many effect points each cell stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.prove.histories.faults import AFTER_BULK, BULK, Fault
from tests.prove.level import Cell
from tests.prove.scenarios.cases import SCENARIOS, WRITES

EVERYWHERE: Final = frozenset(
    {
        Fault.KILLED,
        Fault.DEADLOCK,
        Fault.CUT_OFF,
        Fault.UNAVAILABLE,
        Fault.THROTTLED,
        Fault.QUOTA,
        Fault.REVOKED,
        Fault.EDIT_HERE,
        Fault.ACT_THERE,
    }
)
"""What can happen to any run that makes a request."""

OF_BULK: Final = frozenset({*AFTER_BULK, Fault.TIMED_OUT, Fault.QUEUE_FULL})

ORDER: Final = tuple(Fault)


def wanted() -> frozenset[Cell]:
    """Return the cells that must not be empty, by what each scenario sends."""
    return frozenset(
        (scenario.name, str(fault))
        for scenario in SCENARIOS
        for fault in _possible(scenario.sends)
    )


def _possible(sends: frozenset[str]) -> frozenset[Fault]:
    faults = EVERYWHERE
    if sends & BULK:
        faults |= OF_BULK
    if sends & (WRITES - BULK):
        faults |= {Fault.ANSWER_LOST}
    return faults


def in_terminal(counts: Mapping[str, int]) -> str:
    """Return the matrix as text: a row for each scenario, a column for each fault."""
    width = max(len(scenario.name) for scenario in SCENARIOS)
    legend = [f"  {number:>2} {fault}" for number, fault in enumerate(ORDER, start=1)]
    head = " " * width + "".join(f"{number:>4}" for number in range(1, len(ORDER) + 1))
    rows = [
        scenario.name.ljust(width)
        + "".join(
            f"{counts.get(key(scenario.name, fault)) or '.':>4}" for fault in ORDER
        )
        for scenario in SCENARIOS
    ]
    return "\n".join(["Effect points by scenario and fault:", *legend, head, *rows])


def key(scenario: str, fault: str) -> str:
    """Return under which name a cell is counted."""
    return f"{scenario} | {fault}"
