"""What happens to associations and accounts: one thing at a time, by chance."""

from __future__ import annotations

from random import Random
from typing import Final, TypeVar

from attrs import evolve
from tests.prove.planner.world import AUDIENCES, LISTS, Contact, World, active

from rollkeeper.core.values import ContactId, Mailbox, Person
from rollkeeper.core.views import Observed, Permission

T = TypeVar("T")

UNHEARD_OF: Final = (Mailbox("t@members.example"), Mailbox("a@members.example"))
NAMES: Final = ("", "Given", "Another")


def _one(rng: Random, things: list[T]) -> T | None:
    return things[int(rng.random() * len(things))] if things else None


def _contact(rng: Random, world: World) -> Contact | None:
    return _one(rng, list(world.contacts.values()))


def _there(rng: Random, world: World) -> tuple[Mailbox, Observed] | None:
    """Somebody whom the provider can send mail to."""
    return _one(
        rng, [(at, seen) for at, seen in world.observed.items() if active(seen)]
    )


def joins(rng: Random, world: World) -> None:
    if contact := _contact(rng, world):
        list_id = LISTS[int(rng.random() * 3)]
        standings = {**contact.standings, list_id: (False, False)}
        world.contacts[contact.id] = evolve(contact, standings=standings)


def leaves(rng: Random, world: World) -> None:
    contact = _contact(rng, world)
    if contact and contact.standings:
        standings = dict(contact.standings)
        del standings[_one(rng, list(standings)) or LISTS[0]]
        world.contacts[contact.id] = evolve(contact, standings=standings)


def leaves_everything(rng: Random, world: World) -> None:
    if contact := _contact(rng, world):
        world.contacts[contact.id] = evolve(contact, standings={})


def is_disabled_or_muted(rng: Random, world: World) -> None:
    contact = _contact(rng, world)
    if contact and contact.standings:
        list_id = _one(rng, list(contact.standings)) or LISTS[0]
        disabled = rng.random() < 0.5
        standings = {**contact.standings, list_id: (disabled, not disabled)}
        world.contacts[contact.id] = evolve(contact, standings=standings)


def is_not_to_be_contacted(rng: Random, world: World) -> None:
    if contact := _contact(rng, world):
        world.do_not_contact ^= {contact.id}


def is_renamed(rng: Random, world: World) -> None:
    if contact := _contact(rng, world):
        person = Person(
            first_name=NAMES[int(rng.random() * 3)],
            last_name=contact.person.last_name,
            company=NAMES[int(rng.random() * 3)],
        )
        changed = contact.changed + 1
        world.contacts[contact.id] = evolve(contact, person=person, changed=changed)


def moves(rng: Random, world: World) -> None:
    """To an address that nobody heard of, or to one that is known."""
    if contact := _contact(rng, world):
        known = list(world.observed)
        new = _one(rng, known) if rng.random() < 0.3 else _one(rng, list(UNHEARD_OF))
        _give(world, contact, new)


def swaps(rng: Random, world: World) -> None:
    first, second = _contact(rng, world), _contact(rng, world)
    if first and second:
        _give(world, first, second.mailbox)
        _give(world, second, first.mailbox)


def moves_up(rng: Random, world: World) -> None:
    """A chain: one takes the address that another gives up for a new one."""
    first, second = _contact(rng, world), _contact(rng, world)
    if first and second and first.id != second.id:
        _give(world, first, second.mailbox)
        _give(world, second, UNHEARD_OF[0])


def loses_the_address(rng: Random, world: World) -> None:
    if contact := _contact(rng, world):
        _give(world, contact, None)


def is_deleted(rng: Random, world: World) -> None:
    if contact := _contact(rng, world):
        del world.contacts[contact.id]


def shares_a_mailbox(rng: Random, world: World) -> None:
    """Two contacts were merged, or a couple uses one address."""
    first, second = _contact(rng, world), _contact(rng, world)
    if first and second:
        _give(world, first, second.mailbox)


def is_split(rng: Random, world: World) -> None:
    """A second contact gets the same mailbox, on other lists."""
    if contact := _contact(rng, world):
        twin = ContactId(contact.id + 5)
        person = Person(first_name="Twin", last_name=contact.person.last_name)
        standings = {LISTS[int(rng.random() * 3)]: (False, False)}
        world.contacts[twin] = evolve(
            contact, id=twin, person=person, standings=standings
        )


def unsubscribes(rng: Random, world: World) -> None:
    if found := _there(rng, world):
        mailbox, seen = found
        world.observed[mailbox] = evolve(
            seen,
            permission=Permission.UNSUBSCRIBED,
            audiences=frozenset(),
            elsewhere=False,
        )


def leaves_a_list_over_there(rng: Random, world: World) -> None:
    if found := _there(rng, world):
        mailbox, seen = found
        gone = {AUDIENCES[int(rng.random() * 3)]}
        world.observed[mailbox] = evolve(seen, audiences=seen.audiences - gone)


def is_put_on_a_list_over_there(rng: Random, world: World) -> None:
    if found := _there(rng, world):
        mailbox, seen = found
        new = {AUDIENCES[int(rng.random() * 3)]}
        world.observed[mailbox] = evolve(seen, audiences=seen.audiences | new)


def is_renamed_over_there(rng: Random, world: World) -> None:
    if found := _there(rng, world):
        mailbox, seen = found
        person = evolve(seen.person, first_name=NAMES[int(rng.random() * 3)])
        world.observed[mailbox] = evolve(seen, person=person)


def is_deleted_over_there(rng: Random, world: World) -> None:
    if found := _there(rng, world):
        mailbox, seen = found
        world.observed[mailbox] = evolve(
            seen,
            permission=Permission.DELETED,
            audiences=frozenset(),
            elsewhere=False,
        )


def gets_another_address_over_there(rng: Random, world: World) -> None:
    new = UNHEARD_OF[1]
    found = _there(rng, world)
    if found and found[0] in world.synced and new not in world.observed:
        mailbox = found[0]
        world.observed[new] = world.observed.pop(mailbox)
        world.synced[new] = world.synced.pop(mailbox)
        world.renamed_from[new] = mailbox


def is_forgotten_over_there(rng: Random, world: World) -> None:
    """Deleted for good: the next complete read does not show it, and it is dropped."""
    if mailbox := _one(rng, list(world.observed)):
        del world.observed[mailbox]
        world.synced.pop(mailbox, None)


def comes_back_over_there(rng: Random, world: World) -> None:
    deleted = [
        (at, seen)
        for at, seen in world.observed.items()
        if seen.permission is Permission.DELETED
    ]
    if found := _one(rng, deleted):
        mailbox, seen = found
        on = frozenset({AUDIENCES[int(rng.random() * 3)]})
        world.observed[mailbox] = evolve(
            seen, permission=Permission.MAILABLE, audiences=on
        )


def bounces(rng: Random, world: World) -> None:
    if found := _there(rng, world):
        mailbox, seen = found
        world.observed[mailbox] = evolve(seen, permission=Permission.ON_HOLD)


def _give(world: World, contact: Contact, mailbox: Mailbox | None) -> None:
    world.contacts[contact.id] = evolve(contact, mailbox=mailbox)


HAPPENINGS: Final = (
    joins,
    joins,
    leaves,
    leaves,
    leaves_everything,
    is_disabled_or_muted,
    is_not_to_be_contacted,
    is_renamed,
    moves,
    moves,
    swaps,
    moves_up,
    loses_the_address,
    is_deleted,
    is_deleted,
    shares_a_mailbox,
    is_split,
    unsubscribes,
    leaves_a_list_over_there,
    is_put_on_a_list_over_there,
    is_renamed_over_there,
    is_deleted_over_there,
    gets_another_address_over_there,
    is_forgotten_over_there,
    comes_back_over_there,
    bounces,
)
