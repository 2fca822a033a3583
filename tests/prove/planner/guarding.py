"""What holds of every plan that guards have parted, counted anew from the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from attrs import frozen
from tests.prove.level import Cell, Promise, Violation
from tests.prove.planner.world import AUDIENCES, World

from rollkeeper.core.changes import (
    Add,
    Cause,
    Change,
    Disable,
    Hold,
    Left,
    Remove,
)
from rollkeeper.core.guards import (
    Deed,
    Figures,
    Guard,
    Guarded,
    Item,
    Limits,
    ListFigures,
    Share,
    guard,
    items_of,
)
from rollkeeper.core.values import AudienceId, Mailbox

Done = tuple[str, Mailbox, AudienceId | None]
"""A deed in our own words: what, to whom, on which list."""

_LEAST = (0, 0, 1, 1, 2, 9)
LIMITS = tuple(
    Limits(
        removals_of_list=Share(percent=percent, least=least),
        removals_of_account=Share(percent=percent, least=most),
        adds_of_list=Share(percent=percent, least=most),
        emptied_fields=Share(percent=percent, least=least),
        left_at_once=Share(percent=percent, least=least),
    )
    for percent in (0, 10, 50)
    for least in _LEAST
    for most in (1, 2, 9)
)
"""Small enough to be reached in worlds of four mailboxes."""


@frozen(kw_only=True)
class Guarding:
    """A plan before the guards, and all that they are told."""

    world: World
    changes: Sequence[Change]
    figures: Figures
    limits: Limits

    def part(
        self,
        approved: frozenset[Item] = frozenset(),
        discarded: frozenset[Item] = frozenset(),
    ) -> Guarded:
        return guard(
            self.changes,
            figures=self.figures,
            limits=self.limits,
            policies=self.world.policies,
            approved=approved,
            discarded=discarded,
        )


def guarding_of(world: World, changes: Sequence[Change], rng: Random) -> Guarding:
    lists = {
        audience: ListFigures(
            members=sum(audience in one.audiences for one in world.synced.values()),
            removed=int(rng.random() * 3),
            added=int(rng.random() * 3),
            filled=rng.random() < 0.8,
            rule_changed=rng.random() < 0.1,
            list_deleted=audience not in world.audiences.values(),
        )
        for audience in AUDIENCES
    }
    figures = Figures(
        lists=lists,
        people=len(world.synced),
        removed=int(rng.random() * 3),
        ended=int(rng.random() * 4),
        refusing=rng.random() < 0.05,
    )
    limits = LIMITS[int(rng.random() * len(LIMITS))]
    return Guarding(world=world, changes=changes, figures=figures, limits=limits)


def broken_guards(case: Guarding, parted: Guarded, rng: Random) -> Iterator[Violation]:
    yield from _loses_nothing(case, parted)
    yield from _stays_under_limits(case, parted.allowed, frozenset())
    yield from _lets_refusals_and_adds_go(case, parted)
    held = _items_held(parted)
    if held:
        yield from _is_decided(case, parted, held, rng)
    yield from _stays_discarded(case, rng)


def held_by(parted: Guarded) -> Iterator[Cell]:
    return (("held", str(one.guard)) for one in parted.held)


def deeds(changes: Sequence[Change]) -> set[Done]:
    """Everything *changes* do, deed by deed."""
    done: set[Done] = set()
    for change in changes:
        kind = type(change).__name__.lower()
        if isinstance(change, Disable):
            done.add(("end", change.mailbox, None))
            kind = "remove"
        if isinstance(change, Add | Remove | Disable | Left | Hold):
            done |= {(kind, change.mailbox, audience) for audience in change.audiences}
        else:
            done.add((kind, change.mailbox, None))
    return done


def _named(item: Item) -> Done:
    kinds = {Deed.LEAVE: "left"}
    assert item.mailbox is not None
    return kinds.get(item.deed, str(item.deed)), item.mailbox, item.audience


def _loses_nothing(case: Guarding, parted: Guarded) -> Iterator[Violation]:
    """What is planned is either done or waits, and nothing else is done."""
    planned, allowed = deeds(case.changes), deeds(parted.allowed)
    held = {_named(item) for holding in parted.held for item in holding.items}
    of_holds = {("add", who, where) for kind, who, where in planned if kind == "hold"}
    if not allowed <= planned:
        yield _wrong("does more than was planned", allowed - planned)
    if allowed & held:
        yield _wrong("does what it holds", allowed & held)
    lost = {deed for deed in planned if deed[0] != "hold"} | of_holds
    if lost - allowed - held:
        yield _wrong("forgets", lost - allowed - held, Promise.LOST)


def _stays_under_limits(
    case: Guarding, allowed: Sequence[Change], approved: frozenset[Item]
) -> Iterator[Violation]:
    """Done and allowed together never exceed what may be done in a day."""
    by_list: Counter[AudienceId] = Counter()
    by_rule: Counter[AudienceId] = Counter()
    people, ended = set(), 0
    for change in allowed:
        if not isinstance(change, Remove | Disable) or _is_refusal(change):
            continue
        for audience in change.audiences:
            item = Item(deed=Deed.REMOVE, mailbox=change.mailbox, audience=audience)
            if item not in approved:
                by_list[audience] += 1
                by_rule[audience] += change.cause is not Cause.DO_NOT_CONTACT
                people.add(change.mailbox)
        end = Item(deed=Deed.END, mailbox=change.mailbox)
        ended += isinstance(change, Disable) and end not in approved
    figures, limits = case.figures, case.limits
    for audience, count in by_list.items():
        of = figures.lists.get(audience, ListFigures(members=0))
        if of.removed + count > _share(
            limits.removals_of_list, of.members + of.removed
        ):
            yield _wrong(f"removes from {audience}", count, Promise.LIMITS)
        if of.rule_changed and by_rule[audience]:
            yield _wrong(f"removes from {audience} by a new rule", count)
    whole = figures.people + figures.removed
    most = _share(limits.removals_of_account, whole)
    if people and figures.removed + len(people) > most:
        yield _wrong("removes from the account", people, Promise.LIMITS)
    if ended and figures.ended + ended > max(3, most // 4):
        yield _wrong("ends", ended, Promise.LIMITS)


def _lets_refusals_and_adds_go(case: Guarding, parted: Guarded) -> Iterator[Violation]:
    allowed = set(parted.allowed)
    for change in case.changes:
        if _is_refusal(change) and change not in allowed:
            yield _wrong("holds a person's own refusal", change, Promise.MAILABLE)
    stops_adds = {Guard.ADDS_OF_LIST, Guard.REFUSALS, Guard.DELETED_OVER_THERE}
    for holding in parted.held:
        if holding.guard not in stops_adds:
            adds = [item for item in holding.items if item.deed is Deed.ADD]
            if adds:
                yield _wrong(f"holds adds by {holding.guard}", adds)


def _is_decided(
    case: Guarding, parted: Guarded, held: Sequence[Item], rng: Random
) -> Iterator[Violation]:
    """I25: approval lets go exactly what it names, of what is still planned."""
    approved = frozenset(held)
    after = case.part(approved=approved)
    waiting = [one for one in after.held if one.guard is not Guard.DELETED_OVER_THERE]
    if waiting:  # but what is planned as something else, once it is approved
        yield _wrong("holds what was approved", waiting)
    if not deeds(parted.allowed) <= deeds(after.allowed) <= deeds(case.changes):
        yield _wrong("approval adds", deeds(after.allowed) - deeds(case.changes))
    some = frozenset(item for item in held if rng.random() < 0.5)
    partly = case.part(approved=some)
    yield from _stays_under_limits(case, partly.allowed, some)
    yield from _discards(case, approved)


def _stays_discarded(case: Guarding, rng: Random) -> Iterator[Violation]:
    """Somebody said no to some of it, whether it would have to wait today or not."""
    planned = (item for change in case.changes for item in items_of(change))
    discarded = frozenset(item for item in planned if rng.random() < 0.5)
    if discarded:
        yield from _discards(case, discarded)


def _discards(case: Guarding, discarded: frozenset[Item]) -> Iterator[Violation]:
    """What was discarded is neither done nor asked about again; but for refusals."""
    parted = case.part(discarded=discarded)
    yield from _lets_refusals_and_adds_go(case, parted)
    ours = [one for one in parted.allowed if not _is_refusal(one)]
    done = deeds(ours) & {_named(item) for item in discarded}
    if done:
        yield _wrong("does what was discarded", done, Promise.LIMITS)
    again = discarded.intersection(_items_held(parted))
    if again:
        yield _wrong("asks again about what was discarded", again)
    yield from _stays_under_limits(case, parted.allowed, frozenset())


def _items_held(parted: Guarded) -> list[Item]:
    return [item for holding in parted.held for item in holding.items]


def _share(share: Share, whole: int) -> int:
    """Return how many of *whole* that is, worked out anew."""
    return max(share.least, min(share.most, int(whole * share.percent / 100)))


def _is_refusal(change: Change) -> bool:
    takes_off = isinstance(change, Remove | Disable)
    return takes_off and change.cause is Cause.NO_MASS_EMAILS


def _wrong(law: str, what: object, promise: Promise = Promise.LAWS) -> Violation:
    return Violation(promise=promise, law=f"guards: {law}", what=str(what))
