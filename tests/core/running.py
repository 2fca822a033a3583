"""Running the plans of a world as the engine does, and asking what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from attrs import evolve
from tests.core.pretend import World

from rollkeeper.core.changes import (
    Add,
    Agree,
    Change,
    Hold,
    Left,
    Remove,
)
from rollkeeper.core.plan import build_plan
from rollkeeper.core.values import AudienceId, Mailbox, ProviderContactId
from rollkeeper.core.views import Observed, Permission, Stop

MOST_PASSES = 3
"""I1: with nothing new and no faults, so many passes reach the end."""

FIELDS = ("first_name", "last_name", "company")

Membership = tuple[Mailbox, AudienceId]


def changes_of(world: World) -> Sequence[Change]:
    return build_plan(world.views(), world.policies, limit=10_000).changes


def is_fact(change: Change) -> bool:
    """Recorded with the plan itself, before any call leaves?"""
    return isinstance(change, Agree | Left | Hold)


def one_pass(world: World, rng: Random, *, partly: bool = False) -> None:
    """Apply facts first, then the rest in any order; or some of it, some in parts.

    What is agreed is recorded before a call leaves, but a person may be asked first
    whether somebody left.
    """
    changes = changes_of(world)
    facts = [change for change in changes if is_fact(change)]
    calls = [change for change in changes if not is_fact(change)]
    if partly:
        facts = [
            fact for fact in facts if isinstance(fact, Agree) or rng.random() < 0.5
        ]
        parts = [part for change in calls for part in in_parts(change)]
        calls = rng.sample(parts, rng.randint(0, len(parts)))
    world.apply([*rng.sample(facts, len(facts)), *rng.sample(calls, len(calls))])


def in_parts(change: Change) -> list[Change]:
    """One for each list, as packing may send them."""
    if isinstance(change, Add | Remove):
        return [
            evolve(change, audiences=frozenset({audience}))
            for audience in sorted(change.audiences)
        ]
    return [change]


def settled(world: World, rng: Random) -> World:
    """Run as the engine does: the pull, then passes until they find nothing to do."""
    after = world.copy()
    after.pull()
    for _ in range(MOST_PASSES):
        one_pass(after, rng)
    return after


def active(seen: Observed | None) -> bool:
    return seen is not None and seen.permission not in (
        Permission.UNSUBSCRIBED,
        Permission.DELETED,
    )


def claims(world: World, mailbox: Mailbox) -> frozenset[AudienceId]:
    agreed = world.synced.get(mailbox)
    return agreed.audiences if agreed else frozenset()


def wish(world: World, mailbox: Mailbox) -> frozenset[AudienceId]:
    return world.wanted(mailbox).audiences


def held(world: World) -> set[Mailbox]:
    return {each.mailbox for each in changes_of(world) if isinstance(each, Hold)}


def vanished(world: World) -> set[Membership]:
    """Ours and wanted, though its active contact is not there."""
    return {
        (mailbox, audience)
        for mailbox, seen in world.observed.items()
        if active(seen)
        for audience in (claims(world, mailbox) & wish(world, mailbox))
        if audience not in seen.audiences
    }


def by_id(world: World) -> dict[ProviderContactId | None, tuple[Mailbox, Observed]]:
    """Contacts as the provider knows them: a new address is still the same one."""
    return {
        seen.provider_id: (mailbox, seen)
        for mailbox, seen in world.observed.items()
        if seen.provider_id
    }


def do_not_contact(world: World, mailbox: Mailbox) -> bool:
    desired = world.desired.get(mailbox)
    return desired is not None and desired.stop is Stop.DO_NOT_CONTACT
