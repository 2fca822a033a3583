"""Scenario x effect point x fault, numbered; and what it is to live through one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from random import Random
from typing import Final

from attrs import define, evolve, field, frozen
from django.db import OperationalError
from tests.memory_store import ProcessEnded
from tests.prove.histories.chamber import SMALL
from tests.prove.histories.faults import Fault, Injector
from tests.prove.histories.line import Line
from tests.prove.histories.watch import Watch
from tests.prove.histories.witness import Witness
from tests.prove.level import Promise, Trace
from tests.prove.scenarios import coming, frightening, going, moving, over_there
from tests.prove.scenarios.points import Certainty, Hero, Point, Survey
from tests.prove.scenarios.scenario import Scenario
from tests.prove.scenarios.world import World, box, names

from rollkeeper.core.guards import Guard
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.engine.settling import UNEXPLAINED
from rollkeeper.engine.store import Run
from rollkeeper.ledger.states import HoldState, OutcomeKind
from rollkeeper.providers.port import Provider

SCENARIOS: Final[tuple[Scenario, ...]] = (
    *coming.SCENARIOS,
    *going.SCENARIOS,
    *moving.SCENARIOS,
    *over_there.SCENARIOS,
    *frightening.SCENARIOS,
)

MOST_PASSES: Final = 3
_NOBODY: Final = ContactId(0)
WRITES: Final = frozenset(
    {"import", "join", "leave", "delete", "create", "rewrite", "create_list"}
    | {"delete_list"}
)


@frozen(kw_only=True)
class Case:
    scenario: Scenario
    point: int
    """Counted from the first of the run."""
    fault: Fault


@cache
def cases() -> tuple[Case, ...]:
    """Return all there are, always in the same order."""
    return tuple(
        Case(scenario=scenario, point=number, fault=fault)
        for scenario in SCENARIOS
        for number, point in enumerate(survey(scenario), start=1)
        for fault in dict.fromkeys(point.faults)
    )


@cache
def survey(scenario: Scenario) -> Sequence[Point]:
    """Return the effect points of the scenario's run, undisturbed."""
    life = Life(scenario, Survey)
    life.live(point=1)
    assert isinstance(life.injector, Survey)
    return life.injector.points


def live_through(case: Case) -> Trace:
    life = _struck(case)
    life.come_to_rest()
    life.judge()
    return life.trace(str(case.fault))


def live_through_two(seed: int) -> Trace:
    """Have another fault strike the run that takes up what the first one left."""
    chance = Random(seed)
    life = _struck(chance.choice(cases()))
    life.chance.fault = None
    life.chance.seed(seed)
    life.recover(point=chance.randint(1, 30))
    life.come_to_rest()
    life.judge()
    return life.trace("two faults")


def _struck(case: Case) -> Life:
    life = Life(case.scenario, Injector)
    life.chance.fault = case.fault
    life.live(point=case.point)
    return life


@define
class Life:
    """One scenario lived through, from its beginning to its rest."""

    scenario: Scenario
    kind: type[Injector]
    world: World = field(factory=World)
    chance: Certainty = field(factory=Certainty)
    hero: Hero = field(init=False)
    injector: Injector = field(init=False)
    watch: Watch = field(init=False)
    passes: int = 0

    def __attrs_post_init__(self) -> None:
        chamber = self.world.chamber
        chamber.capabilities = evolve(
            SMALL, lists_per_contact=self.scenario.lists_per_contact
        )
        self.hero = Hero(
            chamber, self.chance, world=self.world, name=self.scenario.hero
        )
        self.injector = self.kind(chamber, self.hero, self.chance)
        self.watch = Watch(chamber, self.injector)
        chamber.memory.at = self.injector.at_commit
        chamber.account.on_request = self.injector.at_request
        chamber.account.on_answer = self.injector.at_answer
        chamber.open_provider = self._line

    def _line(self, provider: Provider) -> Provider:
        refused = frozenset(box(name) for name in self.scenario.refused)
        account = self.world.chamber.account
        witness = Witness(provider, self.watch)
        return Line(witness, account, self.injector, self.watch, refused)

    def live(self, *, point: int) -> None:
        """Begin, let it happen, and run once, with the fault at that point."""
        world, chamber = self.world, self.world.chamber
        self.scenario.begins(world)
        if not self.scenario.first:
            world.settle(self.scenario.policy)
        self.scenario.happens(world)
        if self.scenario.first or self.scenario.everything:
            world.wait(hours=1)
            chamber.request()
        chamber.account.requests.clear()
        self._sync(point)

    def recover(self, *, point: int | None) -> None:
        """Make the run that is due, with a fault at that point."""
        self.world.chamber.memory.restart()
        self.world.chamber.reconnect()
        self.world.wait(hours=8 if self._was_struck_by(Fault.STUCK) else 1)
        self._sync(point)

    def _sync(self, point: int | None) -> None:
        self.watch.measure()
        self.injector.arm(point)
        with suppress(ProcessEnded, OperationalError):
            self.world.chamber.sync()
        self.injector.arm(None)

    def _was_struck_by(self, fault: Fault) -> bool:
        return any(one.startswith(fault) for one in self.injector.struck)

    def come_to_rest(self) -> None:
        """Nothing goes wrong any more; the first run is the one that is due anyhow."""
        chamber = self.world.chamber
        self.recover(point=None)
        while self.passes <= MOST_PASSES:
            self.passes += 1
            self.world.wait(hours=1)
            self.watch.measure()
            chamber.request()
            run = chamber.sync()
            self.watch.look_back_at(run)
            if _is_quiet(run):
                return
        self._note(Promise.PASSES, "I1", f"{self.passes} passes")

    def judge(self) -> None:
        """Hold what is over there against what the scenario says."""
        account, excused = self.world.chamber.account, self._excused()
        there = {
            name: names(account.members(there) - excused)
            for there, name in account.names.items()
        }
        wanted = {
            name: names({box(one) for one in who.split()} - excused)
            for name, who in self.scenario.ends.items()
        }
        if there != wanted:
            self._note(Promise.LOST, "end state", f"{there}, not {wanted}")
        if not self.hero.refused:
            self._judge_ended(excused)
            self._judge_holds()

    def _judge_ended(self, excused: set[Mailbox]) -> None:
        """Who is ended before the day has no more endings depends on the fault."""
        held = self.world.chamber.account.held.values()
        ended = {one.mailbox for one in held if one.deleted} - excused
        wanted = {box(name) for name in self.scenario.ended} - excused
        if ended != wanted and Guard.ENDINGS not in self.scenario.held:
            self._note(Promise.LOST, "ended", f"{names(ended)}, not {names(wanted)}")

    def _judge_holds(self) -> None:
        holds = self.world.chamber.memory.tables.holds.values()
        waiting = {one.guard for one in holds if one.state is HoldState.OPEN}
        if waiting != self.scenario.held:
            self._note(Promise.LOST, "holds", f"{waiting}, not {self.scenario.held}")

    def _excused(self) -> set[Mailbox]:
        """Return who refused in the midst of the run, and whom an import left out
        that made nobody: such a one counts as refused by the provider."""
        outcomes = self.world.chamber.memory.tables.outcomes.items()
        left_out = {
            mailbox
            for mailbox, one in outcomes
            if one.kind is OutcomeKind.REFUSED and one.message == UNEXPLAINED
        }
        cut = self._was_struck_by(Fault.TRUNCATED)
        return self._refused_meanwhile() | (left_out if cut else set())

    def _refused_meanwhile(self) -> set[Mailbox]:
        """Return the mailboxes that somebody had who refused in the midst of it."""
        if not self.hero.refused:
            return set()
        tables, who = self.world.chamber.memory.tables, self.scenario.hero
        had = {box(who)}
        if contact := tables.contacts.get(self.world.people.get(who, _NOBODY)):
            remotes = tables.remotes.values()
            had |= {one.mailbox for one in remotes if one.carried_by == contact.id}
            had |= {contact.mailbox} if contact.mailbox else set()
        return had

    def _note(self, promise: Promise, law: str, what: str) -> None:
        self.watch.note(promise, law, what)

    def trace(self, fault: str) -> Trace:
        struck = ", ".join(self.injector.struck)
        told = f"{self.scenario.name}; {struck}: "
        return Trace(
            counts={f"{self.scenario.name} | {fault}": 1},
            most={"passes": self.passes},
            cells=frozenset({(self.scenario.name, fault)}),
            violations=tuple(
                evolve(one, what=told + one.what) for one in self.watch.violations
            ),
            record=(
                self.world.chamber.account.requests,
                self.world.chamber.memory.fence,
            ),
        )


def _is_quiet(run: Run) -> bool:
    return not run.planned and not run.writes
