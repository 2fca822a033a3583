"""Holds, and the figures that guards go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from attrs import evolve, frozen
from tests.memory_store.memory import Memory
from tests.memory_store.rows import Hold, Operation

from rollkeeper.core.guards import (
    Figures,
    Guard,
    Holding,
    Item,
    Limits,
    ListFigures,
)
from rollkeeper.core.values import AudienceId
from rollkeeper.ledger.services.holds import LookedAt
from rollkeeper.ledger.states import (
    OPEN_STATES,
    AudienceState,
    HoldState,
    OperationState,
    OutcomeKind,
)

_UNDONE = (OperationState.SUPERSEDED, OperationState.FAILED, OperationState.REFUSED)
_DAY = timedelta(hours=24)


@frozen
class Holds:
    memory: Memory

    def figures(self, connection_id: int) -> Figures:
        tables, today = self.memory.tables, list(self._today())
        removed, added = Counter[int](), Counter[int]()
        for one in today:
            removed.update(one.counted.removed)
            added.update(self._after_the_first_load(one))
        ours = [key for key, one in tables.memberships.items() if one.ours]
        members = Counter(audience for _, audience in ours)
        return Figures(
            lists={
                one.id: ListFigures(
                    members=members[one.id],
                    removed=removed[one.id],
                    added=added[one.id],
                    filled=one.filled_at is not None,
                    rule_changed=one.rule_changed_at is not None,
                    list_deleted=one.state is AudienceState.LIST_DELETED,
                )
                for one in tables.audiences.values()
            },
            people=len({contact for contact, _ in ours}),
            removed=sum(one.counted.people_removed for one in today),
            ended=sum(one.counted.ended for one in today),
            refusing=self._refusing(),
        )

    def _after_the_first_load(self, operation: Operation) -> dict[int, int]:
        """How many it added to lists that had been filled by then."""
        audiences = self.memory.tables.audiences
        return {
            one: count
            for one, count in operation.counted.added.items()
            if (filled := audiences[AudienceId(one)].filled_at)
            and operation.planned_at > filled
        }

    def _today(self) -> Iterable[Operation]:
        since = self.memory.now() - _DAY
        for one in self.memory.tables.operations.values():
            if one.planned_at > since and one.state not in _UNDONE:
                yield one

    def _refusing(self) -> bool:
        since = self.memory.now() - timedelta(minutes=15)
        for hold in self.memory.tables.holds.values():
            passed = hold.state in (HoldState.APPROVED, HoldState.APPLIED)
            if hold.guard is Guard.REFUSALS and passed and hold.decided_at:
                since = max(since, hold.decided_at)
        asked = sum(
            one.rows
            for one in self.memory.tables.operations.values()
            if one.state in (OperationState.CONFIRMED, OperationState.REFUSED)
            and one.settled_at
            and one.settled_at > since
        )
        refused = sum(
            one.kind is OutcomeKind.REFUSED and bool(one.asked) and one.at > since
            for one in self.memory.tables.outcomes.values()
        )
        return asked >= 20 and refused * 20 > asked

    def limits(self, association_id: int) -> Limits:
        return self.memory.limits

    def approved_items(self, connection_id: int) -> frozenset[Item]:
        now = self.memory.now()
        return frozenset(
            item
            for hold in self._in(HoldState.APPROVED)
            if hold.expires_at and hold.expires_at > now
            for item in hold.items
        )

    def discarded_items(self, connection_id: int) -> frozenset[Item]:
        return frozenset(
            item
            for hold in self._in(HoldState.DISCARDED)
            for item, moot in hold.items.items()
            if not moot
        )

    def freeze(
        self,
        *,
        connection_id: int,
        run_id: int,
        held: Sequence[Holding],
        looked_at: LookedAt,
        declined: Iterable[Item] = (),
    ) -> None:
        planned = {(one.guard, one.audience): one for one in held}
        still = {item for one in held for item in one.items} | set(declined)
        with self.memory.transaction("freeze"):
            for kind in planned:
                self._open_hold(*kind)
            for hold in self._in(HoldState.OPEN):
                self._match(hold, planned.get((hold.guard, hold.audience)), looked_at)
            for hold in self._in(HoldState.APPROVED, HoldState.DISCARDED):
                items = {
                    item: moot or (_looked_at(item, looked_at) and item not in still)
                    for item, moot in hold.items.items()
                }
                self._put(evolve(hold, items=items))

    def _open_hold(self, guard: Guard, audience: AudienceId | None) -> None:
        if not any(
            (one.guard, one.audience) == (guard, audience)
            for one in self._in(HoldState.OPEN)
        ):
            self._put(
                Hold(
                    id=self.memory.new_id(),
                    guard=guard,
                    audience=audience,
                    state=HoldState.OPEN,
                    items={},
                )
            )

    def _match(self, hold: Hold, held: Holding | None, looked_at: LookedAt) -> None:
        planned = held.items if held else ()
        items = {
            item: moot
            for item, moot in hold.items.items()
            if item in planned or not _looked_at(item, looked_at)
        }
        items |= {item: False for item in planned if item not in items}
        if items.keys() == hold.items.keys():
            return
        state = HoldState.OPEN if held or items else HoldState.OVER
        self._put(evolve(hold, items=items, state=state))

    def settle(self, connection_id: int) -> None:
        with self.memory.transaction("settle holds"):
            now = self.memory.now()
            for hold in self._in(HoldState.APPROVED):
                if self._is_done(hold):
                    self._put(evolve(hold, state=HoldState.APPLIED))
                elif hold.expires_at and hold.expires_at <= now:
                    self._put(evolve(hold, state=HoldState.EXPIRED))

    def _is_done(self, hold: Hold) -> bool:
        tables = self.memory.tables
        mailboxes = {item.mailbox for item in hold.items}
        return (
            all(hold.items.values())
            and not any(one.state in OPEN_STATES for one in tables.operations.values())
            and not any(
                mark.mailbox is not None and mark.mailbox in mailboxes
                for mark in tables.marks.values()
            )
        )

    def is_held(self, connection_id: int) -> bool:
        return any(self._in(HoldState.OPEN))

    def _in(self, *states: HoldState) -> list[Hold]:
        return [one for one in self.memory.tables.holds.values() if one.state in states]

    def _put(self, hold: Hold) -> None:
        self.memory.tables.holds[hold.id] = hold


def _looked_at(item: Item, looked_at: LookedAt) -> bool:
    mailbox = item.mailbox
    among: Collection[str] | None = looked_at.mailboxes
    if mailbox is None:
        return among is None and looked_at.after is None and looked_at.until is None
    return (
        (among is None or mailbox in among)
        and (looked_at.after is None or mailbox > looked_at.after)
        and (looked_at.until is None or mailbox <= looked_at.until)
    )
