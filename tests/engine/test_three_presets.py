"""The three presets side by side: one history, and who is where in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from attrs import asdict
from django_scopes import scope
from tests.builders import a_contact, a_list, a_member, on_list
from tests.engine.worlds import World, a_world

from rollkeeper.core.policy import PRESETS
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList, MemberStatus, Standing
from rollkeeper.ledger.models import Audience

NAMES = ("live", "nightly", "replace")
STAYING = 120
"""So many others that nothing is held for being too many."""

EXPECTED = {
    "joins": ("on the list",) * 3,
    "is disabled": ("ended", "off the list", "off the list"),
    "is taken off": ("ended", "on the list", "off the list"),
    "is deleted": ("ended", "on the list", "off the list"),
    "moves: old": ("not there", "on the list", "on the list"),
    "moves: new": ("on the list",) * 3,
    "is renamed": ("on the list, renamed",) * 3,
    "whose member is dropped": ("on the list",) * 3,
    "a stranger": ("on the list", "on the list", "off the list"),
}
"""S22, S25, S29, S30, S32, S35, S37, S40, S41 and S42, by what happens to somebody."""


@pytest.mark.django_db(transaction=True)
def test_one_history_under_each_preset(
    record_property: Callable[[str, object], None],
) -> None:
    ends = [dict(lived_under(name)) for name in NAMES]
    rows = {what: tuple(end[what] for end in ends) for what in EXPECTED}
    columns = "".join(f"{name:<22}" for name in NAMES)
    record_property("figure", f"{'who':<25}{columns}")
    for what, states in rows.items():
        columns = "".join(f"{state:<22}" for state in states)
        record_property("figure", f"{what:<25}{columns}")
    assert rows == EXPECTED


def lived_under(preset: str) -> Iterator[tuple[str, str]]:
    """Live through it all, and tell what became of everybody."""
    world = a_world()
    board, people = a_board(world)
    world.sync(everything=True)
    with scope(association=world.association):
        Audience.objects.filter(list_id=board.pk).update(
            **asdict(PRESETS[preset], value_serializer=lambda _, __, value: str(value))
        )
    world.clock.sleep(3600)
    world.account.hand_add(address("stranger"), lists=[world.list_id("Board")])
    on_list(people["joins"], board)
    with scope(association=world.association):
        all_happens(board, people)
    world.sync()
    world.sync(everything=True)
    world.sync(everything=True)
    for what in EXPECTED:
        yield what, state_of(world, address(what.replace("a stranger", "stranger")))


def a_board(world: World) -> tuple[ContactList, dict[str, Contact]]:
    member = a_member(world.association)
    people = {
        what: a_contact(
            world.association,
            address=address(what),
            first_name="Old",
            member=member if what == "whose member is dropped" else None,
        )
        for what in EXPECTED
        if what not in ("moves: new", "a stranger")
    }
    crowd = [a_contact(world.association) for _ in range(STAYING)]
    on_it = [one for what, one in people.items() if what != "joins"]
    return a_list(world.association, *on_it, *crowd, name="Board"), people


def all_happens(board: ContactList, people: dict[str, Contact]) -> None:
    board.memberships.filter(contact=people["is disabled"]).update(
        status=Standing.DISABLED
    )
    board.memberships.filter(contact=people["is taken off"]).delete()
    directory.delete_contact(contact_id=ContactId(people["is deleted"].pk), by="test")
    directory.set_primary_address(
        contact_id=ContactId(people["moves: old"].pk),
        address=address("moves: new"),
        by="test",
    )
    Contact.objects.filter(pk=people["is renamed"].pk).update(first_name="New")
    member = people["whose member is dropped"].member
    assert member
    member.status = MemberStatus.DROPPED
    member.save()


def address(what: str) -> Mailbox:
    return Mailbox(f"{what.replace(' ', '.').replace(':', '')}@x.example")


def state_of(world: World, mailbox: Mailbox) -> str:
    if mailbox in world.on("Board"):
        renamed = world.held(mailbox).person.first_name == "New"
        return "on the list, renamed" if renamed else "on the list"
    held = next(
        (one for one in world.account.held.values() if one.mailbox == mailbox), None
    )
    if held is None:
        return "not there"
    return "ended" if held.deleted else "off the list"
