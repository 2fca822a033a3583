"""Worlds as JSON: what once broke a law is made small and kept, whatever becomes of the
generator that found it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from attrs import asdict, evolve
from tests.prove.level import Trace, Violation
from tests.prove.planner.generator import world_of
from tests.prove.planner.history import lived_in
from tests.prove.planner.world import AUDIENCE_OF, AUDIENCES, Contact, World

from rollkeeper.core.policy import (
    LIVE,
    EditedThere,
    Leaving,
    ListDeleted,
    NewAddress,
    NoneLeft,
    Parting,
    Policy,
    Strangers,
)
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    ListId,
    Mailbox,
    Person,
    ProviderContactId,
)
from rollkeeper.core.views import Observed, Permission, Synced

TRIES = 50
"""Laws are tried in random orders: so many are enough to see one broken again."""


def minimise(seed: int) -> Any:
    """Return the world of *seed* as JSON, less all that breaks no law."""
    world = world_of(Random(seed))
    while smaller := next(filter(_breaks, _smaller(world)), None):
        world = smaller
    return to_json(world)


def replay(kept: Any) -> Trace:
    """Live in the kept world many times, in different orders."""
    return Trace(violations=_found(from_json(kept)))


def _breaks(world: World) -> bool:
    return bool(_found(world))


def _found(world: World) -> tuple[Violation, ...]:
    traces = (lived_in(world, Random(number)) for number in range(TRIES))
    return next((trace.violations for trace in traces if trace.violations), ())


def _smaller(world: World) -> Iterator[World]:
    """Yield it without one thing each."""
    for mailbox in world.observed:
        less = world.copy()
        del less.observed[mailbox]
        less.synced.pop(mailbox, None)
        yield _opened(less)
    for mailbox in world.synced:
        less = world.copy()
        del less.synced[mailbox]
        yield _opened(less)
    for contact in world.contacts:
        less = world.copy()
        less.contacts = {
            one: who for one, who in world.contacts.items() if one != contact
        }
        yield _opened(less)
    for audience, policy in world.policies.items():
        if policy != LIVE:
            less = world.copy()
            less.policies = {**world.policies, audience: LIVE}
            yield _opened(less)
    for name in ("do_not_contact", "refused_contacts", "refused_mailboxes", "left"):
        for one in getattr(world, name):
            less = world.copy()
            getattr(less, name).discard(one)
            yield _opened(less)
    yield from _fewer_audiences(world)


def _fewer_audiences(world: World) -> Iterator[World]:
    for mailbox, seen in world.observed.items():
        for audience in seen.audiences:
            less = world.copy()
            fewer = seen.audiences - {audience}
            less.observed[mailbox] = evolve(seen, audiences=fewer)
            yield _opened(less)


def _opened(world: World) -> World:
    world.open()
    return world


def to_json(world: World) -> dict[str, Any]:
    return {
        "policies": {str(one): asdict(world.policies[one]) for one in AUDIENCES},
        "lists": sorted(world.audiences),
        "contacts": [asdict(contact) for contact in world.contacts.values()],
        "do_not_contact": sorted(world.do_not_contact),
        "refused_contacts": sorted(world.refused_contacts),
        "refused_mailboxes": sorted(world.refused_mailboxes),
        "left": sorted(map(list, world.left)),
        "observed": {at: _plain(seen) for at, seen in world.observed.items()},
        "renamed_from": world.renamed_from,
        "synced": {at: _plain(agreed) for at, agreed in world.synced.items()},
    }


def _plain(view: Observed | Synced) -> dict[str, Any]:
    return {**asdict(view), "audiences": sorted(view.audiences)}


def from_json(kept: dict[str, Any]) -> World:
    return _opened(
        World(
            policies={
                AudienceId(int(one)): _policy(said)
                for one, said in kept["policies"].items()
            },
            audiences={ListId(one): AUDIENCE_OF[ListId(one)] for one in kept["lists"]},
            contacts={ContactId(one["id"]): _contact(one) for one in kept["contacts"]},
            do_not_contact=set(kept["do_not_contact"]),
            refused_contacts=set(kept["refused_contacts"]),
            refused_mailboxes=set(kept["refused_mailboxes"]),
            left={(ContactId(who), ListId(what)) for who, what in kept["left"]},
            observed={
                Mailbox(at): _observed(said) for at, said in kept["observed"].items()
            },
            renamed_from=kept.get("renamed_from", {}),
            synced={Mailbox(at): _synced(said) for at, said in kept["synced"].items()},
        )
    )


def _policy(said: dict[str, str]) -> Policy:
    return Policy(
        leaving=Leaving(said["leaving"]),
        none_left=NoneLeft(said["none_left"]),
        deleted=Parting(said["deleted"]),
        new_address=NewAddress(said["new_address"]),
        list_deleted=ListDeleted(said["list_deleted"]),
        strangers=Strangers(said["strangers"]),
        edited_there=EditedThere(said["edited_there"]),
    )


def _contact(said: dict[str, Any]) -> Contact:
    standings = {ListId(int(at)): tuple(how) for at, how in said["standings"].items()}
    return Contact(
        **{**said, "person": Person(**said["person"]), "standings": standings}
    )


def _observed(said: dict[str, Any]) -> Observed:
    known_as = said["provider_id"]
    return Observed(
        provider_id=known_as and ProviderContactId(known_as),
        permission=Permission(said["permission"]),
        audiences=frozenset(map(AudienceId, said["audiences"])),
        elsewhere=said["elsewhere"],
        person=Person(**said["person"]),
    )


def _synced(said: dict[str, Any]) -> Synced:
    return Synced(
        audiences=frozenset(map(AudienceId, said["audiences"])),
        person=Person(**said["person"]),
        carried_by=said["carried_by"],
        disabled=said["disabled"],
    )
