"""One history, from its seed to what is left of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Final

from attrs import Factory, define, evolve, field
from django.db import OperationalError
from tests.memory_store import ProcessEnded
from tests.prove.histories.acts import POOL, People
from tests.prove.histories.chamber import SMALL, Chamber, a_chamber
from tests.prove.histories.clocks import Time
from tests.prove.histories.faults import Injector
from tests.prove.histories.judging import Judge
from tests.prove.histories.line import Line
from tests.prove.histories.refusing import Look, Refusals, WatchOfOne, look_alone
from tests.prove.histories.watch import Watch
from tests.prove.histories.witness import Witness
from tests.prove.level import Promise, Trace

from rollkeeper.core.guards import Limits, Share
from rollkeeper.core.values import Mailbox
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.engine.store import Run
from rollkeeper.ledger.states import RunState
from rollkeeper.providers.port import Provider

MOST_PASSES: Final = 3

TIGHT: Final = Limits(
    removals_of_list=Share(percent=20, least=1),
    removals_of_account=Share(percent=20, least=2),
    adds_of_list=Share(percent=20, least=2),
    emptied_fields=Share(percent=20, least=1),
    left_at_once=Share(percent=20, least=1),
)
"""In worlds this small the usual limits would stop nobody."""


def _agreed(run: Run) -> bool:
    """Was there anything to do, be it only a note of ours?"""
    return bool(run.writes or run.counts.get("agree") or run.counts.get("left"))


def run(seed: int) -> Trace:
    history = History(Random(seed))
    if look := look_alone(seed):
        history.leave_alone(look)
    history.live()
    history.come_to_rest()
    return history.trace()


@define
class History:
    rng: Random
    chamber: Chamber = field(init=False)
    people: People = field(init=False)
    injector: Injector = field(init=False)
    watch: Watch = field(init=False)
    refused: frozenset[Mailbox] = field(init=False)
    refusals: Refusals | None = None
    passes: int = 0
    record: list[object] = Factory(list)

    def __attrs_post_init__(self) -> None:
        rng = self.rng
        minutes = (-15, 0, 0, 15)
        self.chamber = chamber = a_chamber(
            Time(
                here=timedelta(minutes=rng.choice(minutes)),
                there=timedelta(minutes=rng.choice(minutes)),
            )
        )
        self.people = self.meet()
        self.injector = Injector(chamber, self.people, rng)
        self.watch = Watch(chamber, self.injector)
        self.refused = frozenset([rng.choice(POOL)] if rng.random() < 0.06 else [])
        chamber.memory.limits = TIGHT if rng.random() < 0.4 else Limits()
        chamber.gate.per_day = rng.choice([10_000, 10_000, 10_000, 40])
        chamber.capabilities = evolve(SMALL, page_size=rng.choice([2, 4, 500]))
        chamber.account.polls_per_job = rng.choice([1, 1, 2, 3])
        chamber.memory.at = self._at_commit
        chamber.account.on_request = self._at_request
        chamber.account.on_answer = self.injector.at_answer
        chamber.open_provider = self.line

    def meet(self) -> People:
        """Return whoever acts in this history."""
        return People(self.chamber, self.rng)

    def line(self, provider: Provider) -> Provider:
        """Return what lies between the engine and the provider, and the provider."""
        witness = Witness(provider, self.watch)
        return Line(
            witness, self.chamber.account, self.injector, self.watch, self.refused
        )

    def _at_request(self, operation: str) -> None:
        if self.chamber.memory.depth:
            self.watch.note(Promise.LAWS, "no open transaction", operation)
        self.injector.at_request(operation)

    def leave_alone(self, look: Look) -> None:
        """Have people refuse, and only this look ask for it."""
        self.watch = watch = WatchOfOne(self.chamber, self.injector, look=look)
        self.refusals = Refusals(watch, Random(self.rng.random()))
        self.refusals.switch_off_others()

    def _at_commit(self, point: str) -> None:
        self.injector.at_commit(point)
        if self.refusals:
            self.refusals.at_commit(point)

    def live(self) -> None:
        """People act, runs come and go, and things go wrong."""
        self.people.begin()
        self._sync(everything=True)
        for _ in range(self.rng.randint(2, 6)):
            for _ in range(self.rng.randint(0, 3)):
                self.people.act()
            self.people.wait()
            if self.rng.random() < 0.85:
                self._sync(everything=self.rng.random() < 0.2)

    def _sync(self, *, everything: bool) -> None:
        """Once, with a fault in half of all cases."""
        if self.refusals:
            self.refusals.before_run()
        self._arm()
        self.watch.measure()
        with suppress(NotConnected, ProcessEnded, OperationalError):
            if everything:
                self.chamber.request()
            struck = len(self.injector.struck)
            run = self.chamber.sync()
            self._note(run)
            if run.state in FINISHED and struck == len(self.injector.struck):
                self.watch.look_at_refusals()
        self.injector.arm(None)
        if self.refusals:
            self.refusals.pending = False
        self.chamber.memory.restart()
        self.watch.measure()
        if not self.chamber.memory.connection.connected and self.rng.random() < 0.7:
            self.chamber.reconnect()

    def _arm(self) -> None:
        chance = self.rng.random()
        if chance < 0.3:
            self.injector.arm(self.rng.randint(1, 45))
        elif chance < 0.65:
            self.injector.arm(self.rng.randint(1, 4), calls_only=True)
        else:
            self.injector.arm(None)

    def _note(self, run: Run) -> None:
        self.record.append((run.state, run.counts, run.planned, run.done))
        self.watch.look_back_at(run)

    def come_to_rest(self) -> None:
        """Nothing goes wrong any more, nobody acts, and what waits is approved."""
        self.injector.arm(None)
        self.chamber.reconnect()
        self.chamber.gate.per_day = 10**9
        self._wait(hours=30)
        for _ in range(MOST_ROUNDS_OF_HOLDS):
            self._full_pass()
            if not self._approve_all():
                break
        while self.passes < 2 * MOST_PASSES:
            self.passes += 1
            run = self._full_pass()
            if not self._approve_all() and not run.planned and not _agreed(run):
                break
        if self.passes > MOST_PASSES:
            self.watch.note(Promise.PASSES, "I1", f"{self.passes} passes")
        uncounted = len(self.chamber.account.requests) - self.chamber.gate.counted
        if uncounted > 0:
            self.watch.note(Promise.QUOTA, "I18", f"{uncounted} were never counted")
        judge = Judge(self.chamber, self.people, self.watch, self.refused)
        self.watch.violations.extend(judge.violations())

    def _full_pass(self) -> Run:
        self.watch.measure()
        self.chamber.request(by_hand=True)
        run = self.chamber.sync()
        self._note(run)
        self._wait(hours=1)
        return run

    def _approve_all(self) -> bool:
        waiting = self.chamber.deciding.waiting()
        for hold_id in waiting:
            self.chamber.deciding.approve(hold_id)
        return self.chamber.adopt() or bool(waiting)

    def _wait(self, *, hours: int) -> None:
        self.chamber.wait(timedelta(hours=hours))

    def trace(self) -> Trace:
        account = self.chamber.account
        return Trace(
            counts={
                "requests": len(account.requests),
                "calls": len(account.calls),
                "faults": len(self.injector.struck),
                "acts": len(self.people.done),
                "holds": len(self.chamber.memory.tables.holds),
            },
            most={"passes": self.passes},
            cells=frozenset(self.injector.cells),
            violations=tuple(self.watch.violations),
            record=(
                self.record,
                self.injector.struck,
                self.people.done,
                [
                    (one.mailbox, one.permission, one.deleted, sorted(one.lists))
                    for one in account.held.values()
                ],
                account.requests,
            ),
        )


MOST_ROUNDS_OF_HOLDS: Final = 4
FINISHED: Final = (RunState.DONE, RunState.DONE_WITH_EXCEPTIONS)
