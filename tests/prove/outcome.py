"""What came of many histories: traces added up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import define, field
from tests.prove.level import Cell, Promise, Trace, Violation

MOST_SHOWN = 20
"""So many failures are kept of a run; further ones are only counted."""

REPEATED = 100
"""One seed of so many is lived through twice."""


@define(kw_only=True)
class Outcome:
    """Of a share of a level's seeds, or of all."""

    histories: int = 0
    counts: Counter[str] = field(factory=Counter)
    most: dict[str, int] = field(factory=dict)
    cells: set[Cell] = field(factory=set)
    broken: Counter[Promise] = field(factory=Counter)
    failures: list[tuple[int, Violation]] = field(factory=list)
    digests: dict[int, str] = field(factory=dict)
    repeated: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    """Seconds of processor time, of the processes that lived through them."""

    def take(self, seed: int, trace: Trace) -> None:
        self.histories += trace.histories
        self.counts.update(trace.counts)
        self._raise_to(trace.most)
        self.cells |= trace.cells
        for violation in trace.violations:
            self.note(seed, violation)
        if seed % REPEATED == 0:
            self.digests[seed] = trace.digest()

    def note(self, seed: int, violation: Violation) -> None:
        self.broken[violation.promise] += 1
        if len(self.failures) < MOST_SHOWN:
            self.failures.append((seed, violation))

    def add(self, other: Outcome) -> None:
        self.histories += other.histories
        self.counts.update(other.counts)
        self._raise_to(other.most)
        self.cells |= other.cells
        self.broken.update(other.broken)
        self.failures = sorted(
            [*self.failures, *other.failures], key=lambda failure: failure[0]
        )[:MOST_SHOWN]
        self.digests.update(other.digests)
        self.busy += other.busy

    def compare(self, again: dict[int, str]) -> None:
        """Hold the digests of a second life against those of the first."""
        self.repeated = len(again)
        for seed, digest in again.items():
            if self.digests[seed] != digest:
                what = "the same seed did something else in another process"
                self.note(
                    seed, Violation(promise=Promise.REPEATS, law="seed", what=what)
                )

    def figures(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "histories": self.histories,
            "repeated": self.repeated,
            "broken": {
                promise.name.lower(): self.broken[promise] for promise in Promise
            },
            "most": dict(sorted(self.most.items())),
            "counts": dict(sorted(self.counts.items())),
            "seconds": round(self.seconds, 1),
            "busy": round(self.busy, 1),
        }

    def _raise_to(self, most: Any) -> None:
        for name, number in most.items():
            self.most[name] = max(number, self.most.get(name, 0))
