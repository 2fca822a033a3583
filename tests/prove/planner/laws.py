"""The laws F I C M S of a planner, and what they find in one world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from attrs import evolve
from tests.prove.level import Promise, Violation
from tests.prove.planner.coming_true import come_true
from tests.prove.planner.truth import Ending, Truth
from tests.prove.planner.world import LIST_OF, World, active

from rollkeeper.core.changes import (
    Add,
    Agree,
    Change,
    Hold,
    Left,
    Readdress,
    Remove,
)
from rollkeeper.core.plan import build_plan
from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.core.views import Permission

MOST_PASSES = 3
FACTS = (Agree, Left, Hold)

NOBODYS = Mailbox("nobody@members.example")

Membership = tuple[Mailbox, AudienceId]


def broken(law: str, what: object, promise: Promise = Promise.LAWS) -> Violation:
    return Violation(promise=promise, law=law, what=str(what))


def one_pass(world: World, changes: Sequence[Change], rng: Random) -> None:
    """Record facts first, as the engine does, then make the rest true in any order."""
    facts = [change for change in changes if isinstance(change, FACTS)]
    calls = [change for change in changes if not isinstance(change, FACTS)]
    rng.shuffle(calls)
    come_true(world, facts)
    come_true(world, calls)


def part_of_a_pass(
    world: World, changes: Sequence[Change], rng: Random
) -> Sequence[Change]:
    """Make some of it true, and return what that was, as if it were killed on the way.

    Agreed is agreed, a `Left` may wait for a person, and of the calls some came
    through, perhaps for some of their lists.
    """
    facts = [
        change
        for change in changes
        if isinstance(change, Agree)
        or (isinstance(change, Left) and rng.random() < 0.5)
    ]
    parts = [part for change in changes for part in in_parts(change)]
    rng.shuffle(parts)
    made = facts + parts[: int(rng.random() * (len(parts) + 1))]
    come_true(world, made)
    return made


def in_parts(change: Change) -> list[Change]:
    """One for each list, as packing may send them."""
    if isinstance(change, FACTS):
        return []
    if isinstance(change, Add | Remove):
        return [
            evolve(change, audiences=frozenset({audience}))
            for audience in sorted(change.audiences)
        ]
    return [change]


def settle(world: World, changes: Sequence[Change], rng: Random) -> int:
    """Run, first by this plan, until nothing is left to do.

    Returns after how many passes that was, or one too many.
    """
    for passes in range(MOST_PASSES + 1):
        if all(isinstance(change, Hold) for change in changes):
            return passes
        one_pass(world, changes, rng)
        changes = world.plan()
    return MOST_PASSES + 1


def ends_true(world: World, truth: Truth) -> Iterator[Violation]:
    """F: what it came to is what it had to come to, by the facts alone."""
    held = {one.mailbox for one in world.plan() if isinstance(one, Hold)}
    if held != truth.held:
        yield broken("held", f"{sorted(held)}, not {sorted(truth.held)}", Promise.LOST)
    if world.observed.keys() != truth.endings.keys():
        yield broken(
            "there",
            f"{sorted(world.observed)}, not {sorted(truth.endings)}",
            Promise.LOST,
        )
        return
    for mailbox, ending in truth.endings.items():
        if differs := _differences(world, mailbox, ending):
            silent = ending.permission in (Permission.DELETED, Permission.UNSUBSCRIBED)
            is_worse = silent and active(world.observed[mailbox])
            promise = Promise.MAILABLE if is_worse else Promise.LOST
            yield broken("truth", f"{mailbox}: {differs}", promise)
    for mailbox, audience in truth.left:
        for contact in world.holders(mailbox):
            if (contact.id, LIST_OF[audience]) not in world.left:
                yield broken("left", f"{mailbox} {audience}", Promise.LOST)


def _differences(world: World, mailbox: Mailbox, ending: Ending) -> str:
    seen, agreed = world.observed[mailbox], world.synced.get(mailbox)
    claims = agreed.audiences if agreed else frozenset()
    fields = {name: getattr(seen.person, name) for name in ending.fields}
    pairs = (
        ("permission", seen.permission, ending.permission),
        ("audiences", seen.audiences, ending.audiences),
        ("elsewhere", seen.elsewhere, ending.elsewhere),
        ("claims", claims, ending.claims),
        ("fields", fields, ending.fields),
        ("ended", ending.ended and agreed and not agreed.disabled, False),
    )
    return ", ".join(
        f"{name} {is_now}, not {should_be}"
        for name, is_now, should_be in pairs
        if is_now != should_be and not (name == "ended" and not is_now)
    )


def ends_alike(whole: World, other: World, truth: Truth) -> Iterator[Violation]:
    """C: in any order, and interrupted on the way, it comes to the same end.

    Only names may differ where one of several holders left: whether that holder's name
    was told before decides what of it is ours to change.
    """
    if whole.synced != other.synced:
        yield broken("C", f"agreed: {whole.synced}, or {other.synced}")
    if whole.left != other.left:
        yield broken("C", f"left: {whole.left}, or {other.left}")
    if (
        whole.observed != other.observed
        and other.observed.keys() != truth.endings.keys()
    ):
        yield broken("C", f"there: {whole.observed}, or {other.observed}")
    elif whole.observed != other.observed:
        for mailbox, ending in truth.endings.items():
            if differs := _differences(other, mailbox, ending):
                yield broken("C", f"{mailbox}: {differs}")


def twice_is_once(world: World, changes: Sequence[Change]) -> Iterator[Violation]:
    """I: a call that is made twice does no more than one that is made once."""
    calls = [one for one in changes if not isinstance(one, (*FACTS, Readdress))]
    once = world.copy()
    come_true(once, calls)
    twice = once.copy()
    come_true(twice, calls)
    if (once.observed, once.synced) != (twice.observed, twice.synced):
        yield broken("I", f"{once.observed}, twice {twice.observed}")


def suppressed_more(
    world: World, changes: Sequence[Change], rng: Random
) -> Iterator[Violation]:
    """M: another refusal adds nobody anywhere and makes nobody mailable."""
    stricter = world.copy()
    what = _refusal(stricter, rng)
    planned = stricter.plan()
    gained = additions(planned) - additions(changes)
    reached = reachable(planned) - reachable(changes)
    if gained or reached:
        yield broken("M", f"{what}: {gained} {reached}", Promise.MAILABLE)


def _refusal(world: World, rng: Random) -> str:
    """Have somebody refuse something more, and say what."""
    chance = rng.random()
    if chance < 0.4 or not world.contacts:
        known = sorted({*world.held_mailboxes(), *world.observed}) or [NOBODYS]
        mailbox = known[int(rng.random() * len(known))]
        world.refused_mailboxes.add(mailbox)
        what = f"{mailbox} refuses"
    else:
        contact = list(world.contacts)[int(rng.random() * len(world.contacts))]
        if chance < 0.6:
            world.refused_contacts.add(contact)
        elif chance < 0.8:
            world.do_not_contact.add(contact)
        else:
            list_id = list(LIST_OF.values())[int(rng.random() * 3)]
            world.left.add((contact, list_id))
        what = f"{contact} refuses, chance {chance:.2f}"
    world.forget()
    return what


def additions(changes: Sequence[Change]) -> set[Membership]:
    return {
        (change.mailbox, audience)
        for change in changes
        if isinstance(change, Add)
        for audience in change.audiences
    }


def reachable(changes: Sequence[Change]) -> set[Mailbox]:
    """Who can be sent mail afterwards that could not before, or at a new address."""
    return {one.mailbox for one in changes if isinstance(one, Add | Readdress)}


def windows_are_the_whole(
    world: World, changes: Sequence[Change], rng: Random
) -> Iterator[Violation]:
    """S: planned window by window, or for some mailboxes only, it is the same plan."""
    views = list(world.views())
    limit = 1 + int(rng.random() * 4)
    planned: list[Change] = []
    rest = views
    while rest:
        plan = build_plan(rest, world.policies, limit=limit)
        planned += plan.changes
        after = plan.next_after
        rest = [one for one in rest if after is not None and one.mailbox > after]
    if planned != list(changes):
        yield broken("S", f"in windows of {limit}: {planned}, not {changes}")
    scope = {one.mailbox for one in views if rng.random() < 0.5}
    some = build_plan(
        [one for one in views if one.mailbox in scope], world.policies, limit=1000
    )
    if list(some.changes) != [one for one in changes if one.mailbox in scope]:
        yield broken("S", f"only {sorted(scope)}: {some.changes}")
