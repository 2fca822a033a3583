"""The effect points of a run: found by living through it once, then struck by name."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from attrs import define, field, frozen
from tests.prove.histories.acts import People
from tests.prove.histories.faults import Fault, Faults, Injector
from tests.prove.scenarios.world import World, box

_Any = TypeVar("_Any")


@frozen(kw_only=True)
class Point:
    """A place in a run, and what can go wrong there."""

    where: str
    faults: Faults


@define
class Survey(Injector):
    """Strikes nothing; writes down where it could."""

    points: list[Point] = field(factory=list)

    def _is_here(self) -> bool:
        return self.armed_for is not None

    def _strike(self, where: str, faults: Faults, state: str) -> None:
        self.points.append(Point(where=where, faults=faults))


class Certainty(Random):
    """Chance that falls on one fault, wherever it is among those to choose from, as
    long as one is set."""

    fault: Fault | None = None

    def choice(self, seq: Sequence[_Any]) -> _Any:  # type: ignore[override]
        if self.fault is None:
            return super().choice(seq)
        return next(one for one in seq if one is self.fault)


@define
class Hero(People):
    """Acts in one way here and in one way over there: by refusing."""

    world: World = field(kw_only=True)
    name: str = field(kw_only=True)
    refused: bool = field(default=False, kw_only=True)

    def act_here(self) -> None:
        if self.name in self.world.people:
            self.world.stop(self.name)
            self.refused = True

    def act_there(self) -> None:
        if self.chamber.account.contact(box(self.name)):
            self.world.unsubscribe(self.name)
            self.refused = True
