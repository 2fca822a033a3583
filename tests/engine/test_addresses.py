"""People change, swap, share and part with addresses; each stays who they are."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.policy import LIVE, NIGHTLY
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.ledger.states import RunState

BY = "test"
ANN, BOB, NEW = "ann@a.example", "bob@b.example", "new@n.example"


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address=ANN, first_name="Ann")


@pytest.fixture
def bob(world: World) -> Contact:
    return a_contact(world.association, address=BOB, first_name="Bob")


@pytest.fixture
def board(world: World, ann: Contact, bob: Contact) -> ContactList:
    board = a_list(world.association, ann, bob, name="Board")
    world.sync(everything=True)
    world.follow(LIVE)
    return board


def move(contact: Contact, address: str) -> None:
    with scope(association=contact.association):
        directory.set_primary_address(
            contact_id=ContactId(contact.pk), address=address, by=BY
        )


def ids(world: World, *mailboxes: str) -> list[object]:
    return [world.held(mailbox).provider_id for mailbox in mailboxes]


def quiet(world: World) -> bool:
    return world.sync(everything=True).writes == 0


def test_two_people_who_swap_addresses_swap_names(
    world: World, ann: Contact, bob: Contact, board: ContactList
) -> None:
    before = ids(world, ANN, BOB)
    move(ann, BOB)
    move(bob, ANN)
    world.sync()
    assert world.on("Board") == {ANN, BOB}
    assert ids(world, ANN, BOB) == before
    assert world.held(ANN).person.first_name == "Bob"
    assert world.held(BOB).person.first_name == "Ann"
    assert quiet(world)


def test_in_a_chain_each_address_gets_the_name_of_who_has_it_now(
    world: World, ann: Contact, bob: Contact, board: ContactList
) -> None:
    move(bob, NEW)
    move(ann, BOB)
    world.sync()
    assert world.on("Board") == {BOB, NEW}
    assert world.held(BOB).person.first_name == "Ann"
    assert world.held(NEW).person.first_name == "Bob"
    assert world.held(ANN).deleted
    assert quiet(world)


def test_a_contact_split_off_takes_its_own_address_and_lists_along(
    world: World, ann: Contact, board: ContactList
) -> None:
    twin = a_contact(world.association, address=ANN, first_name="Al")
    golf = a_list(world.association, twin, name="Golf")
    world.sync()
    move(twin, NEW)
    world.sync()
    assert (world.on("Golf"), world.on("Board")) == ({NEW}, {ANN, BOB})
    assert golf.pk
    assert quiet(world)


def test_by_night_the_new_address_joins_and_the_old_one_stays(
    world: World, ann: Contact, board: ContactList
) -> None:  # S42
    world.follow(NIGHTLY)
    move(ann, NEW)
    world.sync()
    assert world.on("Board") == {ANN, NEW, BOB}
    assert not world.held(ANN).deleted
    assert quiet(world)


def test_who_was_deleted_over_there_does_not_come_back_by_a_new_address(
    world: World, ann: Contact, board: ContactList
) -> None:
    world.clock.sleep(3600)
    world.account.hand_delete(Mailbox(ANN))
    world.sync(everything=True)
    move(ann, NEW)
    run = world.sync()
    assert run.state == RunState.DONE_WITH_EXCEPTIONS
    assert world.on("Board") == {BOB}


def test_who_moves_and_then_unsubscribes_at_the_old_address_is_not_added(
    world: World, ann: Contact, board: ContactList
) -> None:  # I27
    world.clock.sleep(3600)
    move(ann, NEW)
    world.account.unsubscribe(Mailbox(ANN))
    world.sync(everything=True)
    assert world.on("Board") == {BOB}
    assert world.account.contact(Mailbox(NEW)) is None
