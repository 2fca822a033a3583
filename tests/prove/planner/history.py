"""One history: a world settles, whole and with interruptions, under every law."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from attrs import Factory, define
from tests.prove.level import Cell, Promise, Trace, Violation
from tests.prove.planner.coming_true import Forbidden
from tests.prove.planner.coverage import cells_of, fates_of
from tests.prove.planner.guarding import broken_guards, guarding_of, held_by
from tests.prove.planner.laws import (
    MOST_PASSES,
    broken,
    ends_alike,
    ends_true,
    part_of_a_pass,
    settle,
    suppressed_more,
    twice_is_once,
    windows_are_the_whole,
)
from tests.prove.planner.truth import truth_of
from tests.prove.planner.world import World

from rollkeeper.core.changes import Change


def lived_in(world: World, rng: Random) -> Trace:
    """Return what came of it. The world itself stays as it is."""
    history = _History(world=world, rng=rng, changes=world.plan())
    history.live()
    whole = history.whole
    return Trace(
        counts={"mailboxes": len(world.observed), "changes": len(history.changes)},
        most={"passes": history.passes},
        cells=frozenset(history.cells),
        violations=tuple(history.found),
        record=(
            history.changes,
            sorted(whole.observed.items()),
            sorted(whole.left),
            sorted(history.cells),
        ),
    )


@define(kw_only=True)
class _History:
    world: World
    rng: Random
    changes: Sequence[Change]
    whole: World = Factory(lambda self: self.world.copy(), takes_self=True)
    """What becomes of the world when nothing interrupts."""
    passes: int = 0
    cells: set[Cell] = Factory(set)
    found: list[Violation] = Factory(list)

    def live(self) -> None:
        self.cells.update(cells_of(self.world, self.changes))
        try:
            self._settle()
            self._look_closer()
        except Forbidden as error:
            self.found.append(broken("I2", error, Promise.MAILABLE))

    def _settle(self) -> None:
        """F and C: once without interruption, and once with."""
        self.passes = settle(self.whole, self.changes, self.rng)
        if self.passes > MOST_PASSES:
            left_over = self.whole.to_do()
            self.found.append(broken("I1", left_over, Promise.PASSES))
            return
        truth = truth_of(self.world)
        self.found += ends_true(self.whole, truth)
        halting = self.world.copy()
        made = part_of_a_pass(halting, self.changes, self.rng)
        self.cells.update(fates_of(self.world, self.changes, made))
        if self.rng.random() < 0.3:
            part_of_a_pass(halting, halting.plan(), self.rng)
        settle(halting, halting.plan(), self.rng)
        self.found += ends_alike(self.whole, halting, truth)

    def _look_closer(self) -> None:
        """I, M and S, of the first plan."""
        self.found += twice_is_once(self.world, self.changes)
        self.found += suppressed_more(self.world, self.changes, self.rng)
        if self.rng.random() < 0.1:
            self.found += windows_are_the_whole(self.world, self.changes, self.rng)
        if self.changes and self.rng.random() < 0.5:
            guarding = guarding_of(self.world, self.changes, self.rng)
            parted = guarding.part()
            self.cells.update(held_by(parted))
            self.found += broken_guards(guarding, parted, self.rng)
