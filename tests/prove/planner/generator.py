"""Random small worlds: correlated, so that views overlap, and worn, to differ.

Half of them are three worn copies of one truth, in any state at all. The others were
true a moment ago, and then a few things happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from random import Random
from typing import Final, TypeVar

from tests.prove.planner.happenings import HAPPENINGS
from tests.prove.planner.world import (
    AUDIENCE_OF,
    AUDIENCES,
    LISTS,
    Contact,
    World,
)

from rollkeeper.core.policy import (
    DEFAULT,
    LIVE,
    NIGHTLY,
    REPLACE,
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

T = TypeVar("T")

MAILBOXES: Final = tuple(Mailbox(f"{name}@members.example") for name in "pqrs")
DELETED_CONTACT: Final = ContactId(90)
"""It is not in the directory any more."""
UNKEPT: Final = AudienceId(9)
"""An audience that is switched off, so no policy is known for it."""

PEOPLE: Final = tuple(
    Person(first_name=first, last_name=last, company=company)
    for first in ("", "Given")
    for last in ("", "Family", "Changed")
    for company in ("", "Works")
)
POLICIES: Final = tuple(
    Policy(
        leaving=leaving,
        none_left=none_left,
        deleted=deleted,
        new_address=new_address,
        list_deleted=list_deleted,
        strangers=strangers,
        edited_there=edited_there,
    )
    for (
        leaving,
        none_left,
        deleted,
        new_address,
        list_deleted,
        strangers,
        edited_there,
    ) in product(
        Leaving, NoneLeft, Parting, NewAddress, ListDeleted, Strangers, EditedThere
    )
)
PRESETS: Final = (LIVE, LIVE, DEFAULT, NIGHTLY, REPLACE)

SETS: Final = tuple(
    frozenset(audience for audience, bit in zip(AUDIENCES, bits, strict=True) if bit)
    for bits in product((0, 1), repeat=len(AUDIENCES))
)
"""All sets of audiences, the empty one first."""

PERMISSIONS: Final = (
    *[Permission.MAILABLE] * 11,
    *[Permission.PENDING] * 2,
    *[Permission.ON_HOLD] * 2,
    *[Permission.UNSUBSCRIBED] * 2,
    *[Permission.DELETED] * 3,
)
HOW_MANY: Final = (1, 1, 1, 2, 2, 2, 2, 3, 3, 4)


def some(rng: Random, things: Sequence[T]) -> T:
    """Return one of them; faster than `choice`, which matters here."""
    return things[int(rng.random() * len(things))]


def world_of(rng: Random) -> World:
    """Return a world that is opened: nothing happens in it any more."""
    world = World(policies=_policies(rng), audiences=_audiences(rng))
    worn = rng.random() < 0.5
    populate = _worn if worn else _true
    for number, mailbox in enumerate(MAILBOXES[: some(rng, HOW_MANY)]):
        populate(rng, world, mailbox, 10 * (number + 1))
    happened = some(rng, (0, 0, 1, 1, 2)) if worn else some(rng, (1, 1, 2, 2, 3, 4))
    for _ in range(happened):
        happening = some(rng, HAPPENINGS)
        happening(rng, world)
        world.happened.append(happening.__name__)
    world.open()
    return world


def _policies(rng: Random) -> dict[AudienceId, Policy]:
    if rng.random() < 0.25:
        return dict.fromkeys(AUDIENCES, some(rng, PRESETS))
    from_where = PRESETS if rng.random() < 0.3 else POLICIES
    return {audience: some(rng, from_where) for audience in AUDIENCES}


def _audiences(rng: Random) -> dict[ListId, AudienceId]:
    """Sometimes a list was deleted from the directory; its audience is still there."""
    if rng.random() < 0.92:
        return AUDIENCE_OF
    gone = some(rng, LISTS)
    return {list_id: one for list_id, one in AUDIENCE_OF.items() if list_id != gone}


def _worn(rng: Random, world: World, mailbox: Mailbox, number: int) -> None:
    """Three copies of one truth, each changed a little, or missing."""
    on, person = some(rng, SETS[1:]), some(rng, PEOPLE)
    _held(rng, world, mailbox, number, on, person)
    if rng.random() < 0.85:
        world.observed[mailbox] = seen = _seen(rng, mailbox, on, person)
        if rng.random() < 0.8:
            world.synced[mailbox] = _agreed(rng, seen, on, person, number)


def _held(
    rng: Random,
    world: World,
    mailbox: Mailbox,
    number: int,
    on: frozenset[AudienceId],
    person: Person,
) -> None:
    chance = rng.random()
    for holder in range(0 if chance < 0.15 else 1 if chance < 0.85 else 2):
        contact = ContactId(number + holder)
        world.contacts[contact] = Contact(
            id=contact,
            mailbox=mailbox,
            person=person if rng.random() < 0.7 else some(rng, PEOPLE),
            speaks_for_member=rng.random() < 0.3,
            changed=int(rng.random() * 3),
            standings=_standings(rng, _wear(rng, on)),
        )
        _refusals(rng, world, contact, mailbox)
    if chance < 0.04:  # still in the directory, but without an address
        world.contacts[ContactId(number)] = Contact(
            id=ContactId(number),
            mailbox=None,
            person=person,
            speaks_for_member=False,
            changed=1,
            standings={},
        )


def _refusals(rng: Random, world: World, contact: ContactId, mailbox: Mailbox) -> None:
    chance = rng.random()
    if chance < 0.08:
        world.do_not_contact.add(contact)
    elif chance < 0.12:
        world.refused_contacts.add(contact)
    elif chance < 0.14:
        world.refused_mailboxes.add(mailbox)  # told by another provider, perhaps
    elif chance < 0.2:
        world.left.add((contact, some(rng, LISTS)))


def _standings(
    rng: Random, on: frozenset[AudienceId]
) -> dict[ListId, tuple[bool, bool]]:
    standings = {}
    for list_id, audience in AUDIENCE_OF.items():
        if audience in on:
            chance = rng.random()
            standings[list_id] = (chance < 0.08, 0.08 <= chance < 0.14)
    return standings


def _seen(
    rng: Random, mailbox: Mailbox, on: frozenset[AudienceId], person: Person
) -> Observed:
    permission = some(rng, PERMISSIONS)
    gone = permission in (Permission.UNSUBSCRIBED, Permission.DELETED)
    chance = rng.random()
    there = SETS[0] if gone or chance < 0.15 else _wear(rng, on)
    return Observed(
        provider_id=ProviderContactId(f"id of {mailbox}"),
        permission=permission,
        audiences=there | {UNKEPT} if chance > 0.93 and not gone else there,
        elsewhere=not gone and rng.random() < 0.25,
        person=person if rng.random() < 0.7 else some(rng, PEOPLE),
    )


def _agreed(
    rng: Random,
    seen: Observed,
    on: frozenset[AudienceId],
    person: Person,
    number: int,
) -> Synced:
    deleted = seen.permission is Permission.DELETED
    disabled = rng.random() < (0.5 if deleted else 0.05)
    claims = SETS[0] if disabled and deleted else _wear(rng, on)
    carriers = (ContactId(number),) * 5 + (ContactId(10), DELETED_CONTACT, None)
    return Synced(
        audiences=claims,
        person=person if rng.random() < 0.7 else some(rng, PEOPLE),
        carried_by=some(rng, carriers),
        disabled=disabled,
    )


def _wear(rng: Random, on: frozenset[AudienceId]) -> frozenset[AudienceId]:
    """A copy, perhaps with some audiences more or less."""
    return on if rng.random() < 0.6 else on ^ some(rng, SETS)


def _true(rng: Random, world: World, mailbox: Mailbox, number: int) -> None:
    """A mailbox on which all agree: ours, a stranger's, or ended by us."""
    on, person = some(rng, SETS[1:]), some(rng, PEOPLE)
    contact = ContactId(number)
    chance = rng.random()
    is_ours, is_stranger = chance < 0.75, chance > 0.93
    if not is_stranger:
        world.contacts[contact] = Contact(
            id=contact,
            mailbox=mailbox,
            person=person,
            speaks_for_member=rng.random() < 0.3,
            changed=int(rng.random() * 3),
            standings=dict.fromkeys(_lists_of(on if is_ours else SETS[0]), FINE),
        )
    if 0.87 < chance < 0.93:
        return  # known to the directory alone
    permission = some(rng, PERMISSIONS[:15])
    if not is_ours and not is_stranger:
        permission = Permission.DELETED
    world.observed[mailbox] = Observed(
        provider_id=ProviderContactId(f"id of {mailbox}"),
        permission=permission,
        audiences=SETS[0] if permission is Permission.DELETED else on,
        elsewhere=permission is not Permission.DELETED and rng.random() < 0.2,
        person=person,
    )
    if not is_stranger:
        world.synced[mailbox] = Synced(
            audiences=on if is_ours else SETS[0],
            person=person,
            carried_by=contact,
            disabled=not is_ours,
        )


FINE: Final = (False, False)


def _lists_of(on: frozenset[AudienceId]) -> list[ListId]:
    return [list_id for list_id, audience in AUDIENCE_OF.items() if audience in on]
