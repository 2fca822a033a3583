"""Somebody refuses when it is nearly too late: each look for that must hold alone (I2).

Who must be left in peace is asked by the planner, when an intent is about to be sent,
and just before a body leaves. In most histories two make up for a third that is broken.
So in one of eight two are switched off, or come too early; and people refuse by other
ways than in this account: at another provider, say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from random import Random
from typing import Any, Final

from attrs import define, evolve, field, frozen
from tests.memory_store.rows import Operation
from tests.prove.histories.acts import POOL
from tests.prove.histories.chamber import ASSOCIATION, Chamber
from tests.prove.histories.truth import Truth
from tests.prove.histories.watch import Joining, Watch, mailboxes_of
from tests.prove.level import Cell, Promise

from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.services import Fact
from rollkeeper.core.calls import Call, Delete, Leave
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.engine.intents import MAKES_MAILABLE
from rollkeeper.ledger.services.operations import OpenOperation
from rollkeeper.ledger.states import OperationState


class Look(StrEnum):
    PLANNER = "planner"
    INTENT = "intent"
    BODY = "body"


CELLS: Final[frozenset[Cell]] = frozenset(("refusal", look, "alone") for look in Look)

EVERY: Final = 8
"""One history of so many is about refusals."""


def look_alone(seed: int) -> Look | None:
    """Return the look that has to do without the others; None in most histories."""
    number, rest = divmod(seed, EVERY)
    looks: Sequence[Look] = tuple(Look)
    return looks[number % len(looks)] if rest == 1 else None


@frozen
class Unlooked:
    """Operations that are marked as sending without another look."""

    real: Any

    def mark_sending(self, operation: OpenOperation, *, makes_mailable: bool) -> None:
        self.real.mark_sending(operation, makes_mailable=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@define
class WatchOfOne(Watch):
    """Judges what arrived: had anybody in it refused when the look was due?"""

    look: Look = field(kw_only=True)
    had_refused: frozenset[Mailbox] = frozenset()
    """When the run began."""

    def measure(self) -> None:
        super().measure()
        truth = Truth(self.chamber.memory.tables)
        self.had_refused = frozenset(filter(truth.is_suppressed, POOL))

    def note_arrived(self, call: Call) -> None:
        super().note_arrived(call)
        truth = Truth(self.chamber.memory.tables)
        joins = not isinstance(call, Leave | Delete) and call.lists
        for mailbox in mailboxes_of(call) if joins else ():
            due = self.look is not Look.PLANNER or mailbox in self.had_refused
            if due and not self.injector.racing and truth.is_suppressed(mailbox):
                what = f"{mailbox} refused, the {self.look} overlooked it: {call}"
                self.note(Promise.MAILABLE, "I2", what)

    def _look_at_refused(self, call: Joining, mailbox: Mailbox) -> None:
        """What is about to leave may still be stopped."""


@define
class Refusals:
    """Have people refuse: before a run, or between its plan and its calls."""

    watch: WatchOfOne
    rng: Random
    pending: bool = False

    @property
    def chamber(self) -> Chamber:
        return self.watch.chamber

    def switch_off_others(self) -> None:
        chamber, look = self.chamber, self.watch.look
        chamber.screens = look is Look.BODY
        if look is not Look.INTENT:
            unlooked: Any = Unlooked(chamber.store.operations)
            chamber.store = evolve(chamber.store, operations=unlooked)

    def before_run(self) -> None:
        self.pending = self.rng.random() < 0.6
        if self.pending and self.watch.look is Look.PLANNER:
            self._refuse(self.rng.choice(POOL))

    def at_commit(self, point: str) -> None:
        """Refuse what is planned, and not about to leave already."""
        if not self.pending or point.startswith("commit "):
            return
        operations = self.chamber.memory.tables.operations.values()
        planned = self._in(one for one in operations if self._may_stop(one))
        leaving = self._in(
            one for one in operations if one.state is OperationState.SENDING
        )
        if (free := sorted(planned - leaving)) and self.rng.random() < 0.7:
            self._refuse(self.rng.choice(free))

    def _may_stop(self, one: Operation) -> bool:
        planned = one.state is OperationState.PLANNED
        return planned and one.kind in MAKES_MAILABLE and bool(one.lists)

    def _in(self, operations: Iterable[Operation]) -> set[Mailbox]:
        subjects = self.chamber.memory.tables.subjects
        return {Mailbox(who.mailbox) for one in operations for who in subjects[one.id]}

    def _refuse(self, mailbox: Mailbox) -> None:
        """As the pull of another provider would write it down."""
        self.pending = False
        self.watch.injector.cells.add(("refusal", self.watch.look, "alone"))
        memory, store = self.chamber.memory, self.chamber.store
        holders = store.directory.holders_by_mailbox([mailbox])
        people: list[ContactId | None] = [*holders.get(mailbox, [])]
        with self._unseen(), memory.transaction("refusal"):
            store.consent.suppress(
                association_id=ASSOCIATION,
                facts=[_fact(mailbox, one) for one in people or [None]],
            )

    @contextmanager
    def _unseen(self) -> Iterator[None]:
        """It is another process that writes: nothing of this one fails by it."""
        memory = self.chamber.memory
        at, memory.at = memory.at, lambda point: None
        try:
            yield
        finally:
            memory.at = at


def _fact(mailbox: Mailbox, contact_id: ContactId | None) -> Fact:
    return Fact(
        mailbox=mailbox,
        contact_id=contact_id,
        kind=Kind.UNSUBSCRIBED,
        list_id=None,
        provider="another",
        happened_at=None,
        source="opt-out pull",
        evidence={},
        actor="rule:opt-out pull",
    )
