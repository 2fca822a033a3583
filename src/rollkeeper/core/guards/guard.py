"""Which changes of a plan may go on, and which wait for a person, by which guard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from attrs import Factory, define, evolve, frozen

from rollkeeper.core.changes import (
    Add,
    Cause,
    Change,
    Disable,
    Hold,
    Left,
    Remove,
    Update,
)
from rollkeeper.core.guards.items import Deed, Item, fingerprint_of, items_of
from rollkeeper.core.guards.limits import Figures, Guard, Limits, ListFigures
from rollkeeper.core.policy import ListDeleted, Policies
from rollkeeper.core.values import FIELDS, AudienceId

_Stop = tuple[Guard, AudienceId | None]
_NOBODY: Final[frozenset[Item]] = frozenset()


@frozen(kw_only=True)
class Holding:
    """What waits for one decision."""

    guard: Guard
    audience: AudienceId | None
    """None when it is about the whole account."""
    items: tuple[Item, ...]
    causes: tuple[Cause, ...]
    """Why each of the items was planned, in their order."""
    of: int
    """How many there are, of whom these are to be changed."""
    limit: int
    """How many might have been within 24 hours; 0 for what is asked in any number."""
    already: int
    """How many were, within the last 24 hours."""

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.items)


@frozen(kw_only=True)
class Guarded:
    allowed: tuple[Change, ...]
    """What may be done now, in the order it was planned."""
    held: tuple[Holding, ...]


def guard(
    changes: Sequence[Change],
    *,
    figures: Figures,
    limits: Limits,
    policies: Policies,
    approved: Collection[Item] = _NOBODY,
    discarded: Collection[Item] = _NOBODY,
) -> Guarded:
    """Part *changes* into those that may go on and those that wait.

    *approved* items pass and do not count; *discarded* ones are neither done nor asked
    about again, but for what a person refused: nobody may decide against that. A `Hold`
    waits even for items that were approved when another guard asked: whoever approves a
    `Hold` itself has it planned as something else.
    """
    wanted = [kept for one in changes if (kept := _kept(one, discarded)) is not None]
    stops = _Stops(figures=figures, limits=limits, policies=policies, approved=approved)
    stops.look_at(wanted)
    allowed: list[Change] = []
    for change in wanted:
        passing = stops.take(change)
        if passing is not None:
            allowed.append(passing)
    return Guarded(allowed=tuple(allowed), held=tuple(stops.holdings()))


def counts(change: Change, approved: Collection[Item]) -> Iterator[Item]:
    """Yield the items of *change* that count against a limit."""
    if _is_refusal(change):
        return
    yield from (item for item in items_of(change) if not _covers(approved, item))


def _is_refusal(change: Change) -> bool:
    """Is it the person's own word?"""
    takes_off = isinstance(change, Remove | Disable)
    return takes_off and change.cause is Cause.NO_MASS_EMAILS


def _kept(change: Change, discarded: Collection[Item]) -> Change | None:
    return change if _is_refusal(change) else _without(change, discarded)


def _covers(approved: Collection[Item], item: Item) -> bool:
    """Who may come off without a list being named may come off any."""
    return item in approved or (
        item.deed is Deed.REMOVE and evolve(item, audience=None) in approved
    )


def _without(change: Change, refused: Collection[Item]) -> Change | None:
    """Return what is left of *change*, None when that is nothing."""
    if not refused or refused is _NOBODY:
        return change
    if isinstance(change, Update):
        gone = Item(deed=Deed.UPDATE, mailbox=change.mailbox) in refused
        return None if gone else change
    if not isinstance(change, Add | Remove | Disable | Hold | Left):
        return change
    kept = frozenset(
        item.audience
        for item in items_of(change)
        if item.audience is not None and item not in refused
    )
    if isinstance(change, Disable):
        return _less_than_disabled(change, kept, refused)
    return evolve(change, audiences=kept) if kept else None


def _less_than_disabled(
    change: Disable, kept: frozenset[AudienceId], refused: Collection[Item]
) -> Change | None:
    """Off the lists at least, where it may not be ended as well."""
    ends = Item(deed=Deed.END, mailbox=change.mailbox) not in refused
    if ends and kept == change.audiences:
        return change
    if not kept:
        return None
    return Remove(
        mailbox=change.mailbox,
        provider_id=change.provider_id,
        audiences=kept,
        cause=change.cause,
    )


@define(kw_only=True)
class _Stops:
    """Which item of a plan is stopped by which guard."""

    figures: Figures
    limits: Limits
    policies: Policies
    approved: Collection[Item]
    _stopped: dict[Item, _Stop] = Factory(dict)
    _waiting: dict[_Stop, list[tuple[Item, Cause]]] = Factory(lambda: defaultdict(list))

    def look_at(self, changes: Sequence[Change]) -> None:
        counted = [(change, tuple(counts(change, self.approved))) for change in changes]
        self._look_at_lists(changes, counted)
        for change, items in counted:
            if isinstance(change, Disable):
                self._stop_as_a_whole(items)
        everything = list(chain.from_iterable(items for _, items in counted))
        self._look_at_account(everything)
        self._look_at_fields(
            [change for change, of in counted if isinstance(change, Update) and of]
        )
        if self.figures.refusing:
            self._stop(
                (one for one in everything if one.deed in (Deed.ADD, Deed.UPDATE)),
                Guard.REFUSALS,
            )
        for change in changes:
            if isinstance(change, Hold):
                self._stop(items_of(change), Guard.DELETED_OVER_THERE)

    def _stop_as_a_whole(self, items: Sequence[Item]) -> None:
        """Who waits to come off a list waits with the ending, for one decision."""
        if stop := next(
            (self._stopped[one] for one in items if one in self._stopped), None
        ):
            ending = (one for one in items if one.deed is Deed.END)
            self._stop(ending, *stop)

    def _look_at_lists(
        self,
        changes: Iterable[Change],
        counted: Iterable[tuple[Change, tuple[Item, ...]]],
    ) -> None:
        by_list: dict[tuple[AudienceId, Deed], list[Item]] = defaultdict(list)
        urgent: set[Item] = set()
        for change, items in counted:
            if isinstance(change, Disable) and change.cause is Cause.DO_NOT_CONTACT:
                urgent.update(items)
            for item in items:
                if item.audience is not None:
                    by_list[item.audience, item.deed].append(item)
        balance = _balance(changes)
        for (audience, deed), of_list in by_list.items():
            figures = self._figures_of(audience)
            if deed is Deed.REMOVE:
                self._look_at_removals(audience, of_list, urgent, balance[audience])
            elif deed is Deed.ADD:
                self._stop(of_list, self._adds(figures, len(of_list)), audience)
            else:
                self._stop(of_list, self._departures(figures, len(of_list)), audience)

    def _look_at_removals(
        self,
        audience: AudienceId,
        removals: Sequence[Item],
        urgent: Collection[Item],
        balance: int,
    ) -> None:
        """Who must not be contacted waits for too many, but for no other reason."""
        figures = self._figures_of(audience)
        if stop := self._question(audience, figures, balance):
            self._stop((one for one in removals if one not in urgent), stop, audience)
        rest = list(self._free(removals))
        limit = self.limits.removals_of_list.of(figures.members + figures.removed)
        if figures.removed + len(rest) > limit:
            self._stop(rest, Guard.REMOVALS_OF_LIST, audience)

    def _question(
        self, audience: AudienceId, figures: ListFigures, balance: int
    ) -> Guard | None:
        """What must be asked about removals, however few they are?"""
        policy = self.policies.get(audience)
        if figures.list_deleted and policy and policy.list_deleted is ListDeleted.ASK:
            return Guard.LIST_DELETED
        if figures.rule_changed:
            return Guard.RULE_CHANGED
        if not figures.list_deleted and figures.members + balance <= 0:
            return Guard.EMPTIED_LIST
        return None

    def _adds(self, figures: ListFigures, count: int) -> Guard | None:
        limit = self.limits.adds_of_list.of(figures.members)
        over = figures.filled and figures.added + count > limit
        return Guard.ADDS_OF_LIST if over else None

    def _departures(self, figures: ListFigures, count: int) -> Guard | None:
        over = count > self.limits.left_at_once.of(figures.members)
        return Guard.LEFT_AT_ONCE if over else None

    def _look_at_account(self, items: Sequence[Item]) -> None:
        figures, limits = self.figures, self.limits
        removals = [one for one in self._free(items) if one.deed is Deed.REMOVE]
        people = {item.mailbox for item in removals}
        whole = figures.people + figures.removed
        if figures.removed + len(people) > limits.removals_of_account.of(whole):
            self._stop(removals, Guard.REMOVALS_OF_ACCOUNT)
        endings = [one for one in self._free(items) if one.deed is Deed.END]
        if figures.ended + len(endings) > limits.endings(whole):
            self._stop(endings, Guard.ENDINGS)

    def _look_at_fields(self, updates: Sequence[Update]) -> None:
        limit = self.limits.emptied_fields.of(self.figures.people)
        for name in FIELDS:
            emptying = [
                Item(deed=Deed.UPDATE, mailbox=one.mailbox)
                for one in updates
                if getattr(one.before, name) and not getattr(one.person, name)
            ]
            if len(emptying) > limit:
                self._stop(emptying, Guard.EMPTIED_FIELDS)

    def _free(self, items: Iterable[Item]) -> Iterator[Item]:
        return (item for item in items if item not in self._stopped)

    def _stop(
        self,
        items: Iterable[Item],
        by: Guard | None,
        audience: AudienceId | None = None,
    ) -> None:
        if by is not None:
            for item in items:
                self._stopped.setdefault(item, (by, audience))

    def take(self, change: Change) -> Change | None:
        """Return what of *change* may be done, and note what waits."""
        if not isinstance(change, Add | Remove | Disable | Hold | Left | Update):
            return change
        planned = list(items_of(change))
        first = next(
            (self._stopped[one] for one in planned if one in self._stopped), None
        )
        passing = change if first is None else self._passing(change)
        if first is not None:
            done = set(items_of(passing)) if passing else set()
            for item in planned:
                if item not in done:
                    stop = self._stopped.get(item, first)
                    self._waiting[stop].append((item, change.cause))
        return None if isinstance(change, Hold) else passing

    def _passing(self, change: Change) -> Change | None:
        if isinstance(change, Disable) and change.cause is Cause.NO_LIST_LEFT:
            ending = Item(deed=Deed.END, mailbox=change.mailbox)
            if ending in self._stopped:
                return None  # off its last list, nothing would ask to end it later
        return _without(change, self._stopped)

    def holdings(self) -> Iterator[Holding]:
        for (by, audience), waiting in self._waiting.items():
            of, limit, already = self._numbers(by, audience)
            yield Holding(
                guard=by,
                audience=audience,
                items=tuple(item for item, _ in waiting),
                causes=tuple(cause for _, cause in waiting),
                of=of,
                limit=limit,
                already=already,
            )

    def _numbers(self, by: Guard, audience: AudienceId | None) -> tuple[int, int, int]:
        """Return the whole, the limit, and what was done already."""
        people, limits = self.figures.people, self.limits
        figures = self._figures_of(audience)
        removed = figures.members + figures.removed
        whole = people + self.figures.removed
        match by:
            case Guard.REMOVALS_OF_LIST:
                limit = limits.removals_of_list.of(removed)
                return removed, limit, figures.removed
            case Guard.ADDS_OF_LIST:
                limit = limits.adds_of_list.of(figures.members)
                return figures.members, limit, figures.added
            case Guard.LEFT_AT_ONCE:
                return figures.members, limits.left_at_once.of(figures.members), 0
            case Guard.REMOVALS_OF_ACCOUNT:
                limit = limits.removals_of_account.of(whole)
                return whole, limit, self.figures.removed
            case Guard.ENDINGS:
                return whole, limits.endings(whole), self.figures.ended
            case Guard.EMPTIED_FIELDS:
                return people, limits.emptied_fields.of(people), 0
            case _:
                return people if audience is None else figures.members, 0, 0

    def _figures_of(self, audience: AudienceId | None) -> ListFigures:
        if audience is None:
            return _UNKNOWN
        return self.figures.lists.get(audience, _UNKNOWN)


_UNKNOWN: Final = ListFigures(members=0, filled=False)


def _balance(changes: Iterable[Change]) -> Mapping[AudienceId, int]:
    """Return how many more, or fewer, each audience would have."""
    balance: dict[AudienceId, int] = defaultdict(int)
    for change in changes:
        if isinstance(change, Add):
            step = 1
        elif isinstance(change, Remove | Disable | Left):
            step = -1
        else:
            continue
        for audience in change.audiences:
            balance[audience] += step
    return balance
