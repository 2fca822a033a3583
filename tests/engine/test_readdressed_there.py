"""An address changed over there is the person's own act: never undone silently."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine.explain import explain, explain_address
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.ledger.models import Audience, Hold

HERE, THERE = Mailbox("ann@a.example"), Mailbox("ann@home.example")
BOB = "bob@b.example"


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address=HERE, first_name="Ann", last_name="Oak")


@pytest.fixture
def board(world: World, ann: Contact) -> ContactList:
    """A list with Ann and Bob; since it was made true, Ann is THERE over there."""
    bob = a_contact(world.association, address=BOB)
    board = a_list(world.association, ann, bob, name="Board")
    world.sync(everything=True)
    world.clock.now += timedelta(hours=1)
    held = world.account.contact(HERE)
    assert held is not None
    world.account.readdress(held, THERE)
    return board


def true_again(world: World) -> None:
    for _ in range(2):
        world.sync(everything=True)
        world.clock.now += timedelta(hours=1)


def test_the_old_address_is_not_put_back_and_the_new_one_stays(
    world: World, board: ContactList
) -> None:
    true_again(world)
    assert world.on("Board") == {THERE, BOB}


def test_it_stays_even_where_strangers_are_removed(
    world: World, board: ContactList
) -> None:
    with scope(association=world.association):
        Audience.objects.update(strangers="remove")
    true_again(world)
    assert world.on("Board") == {THERE, BOB}


def test_staff_are_told_both_addresses(
    world: World, ann: Contact, board: ContactList
) -> None:
    true_again(world)
    with scope(association=world.association):
        (one,) = explain(connection=world.connection, contacts=[ann])
        (other,) = explain_address(connection=world.connection, text=THERE)
        (hold,) = Hold.objects.filter(state="open")
    for said in (one, other):
        assert HERE in said.sentence
        assert THERE in said.sentence
        assert f"Change the address here to {THERE}" in said.next_step
    assert hold.items.get().why == "readdressed_over_there"


def test_the_sum_of_the_list_tells_it_as_held(world: World, board: ContactList) -> None:
    true_again(world)
    with scope(association=world.association):
        (one,) = sums(world.connection)
    assert (one.members, one.there, one.strangers) == (2, 2, 0)
    assert one.not_there == one.still_there == {"held": 1}


def test_who_takes_the_new_address_over_here_has_all_settled(
    world: World, ann: Contact, board: ContactList
) -> None:
    true_again(world)
    with scope(association=world.association):
        directory.set_primary_address(
            contact_id=ContactId(ann.pk), address=THERE, by="test"
        )
    true_again(world)
    assert world.on("Board") == {THERE, BOB}
    with scope(association=world.association):
        assert not Hold.objects.filter(state="open").exists()
        (one,) = sums(world.connection)
    assert one.not_there == one.still_there == {}


def test_another_address_given_here_later_is_carried_over(
    world: World, ann: Contact, board: ContactList
) -> None:
    true_again(world)
    with scope(association=world.association):
        directory.set_primary_address(
            contact_id=ContactId(ann.pk), address="ann@third.example", by="test"
        )
    true_again(world)
    assert world.on("Board") == {"ann@third.example", BOB}


def test_leaving_the_list_here_takes_the_new_address_off(
    world: World, ann: Contact, board: ContactList
) -> None:
    true_again(world)
    with scope(association=world.association):
        directory.take_off_list(
            contact_id=ContactId(ann.pk), list_id=ListId(board.pk), by="test"
        )
    world.sync()
    assert world.on("Board") == {BOB}


def test_do_not_contact_holds_for_the_new_address(
    world: World, ann: Contact, board: ContactList
) -> None:
    true_again(world)
    with scope(association=world.association):
        directory.set_do_not_contact(contact_id=ContactId(ann.pk), value=True, by="t")
    world.sync()
    assert world.on("Board") == {BOB}


def test_unsubscribing_at_the_new_address_is_the_persons_refusal(
    world: World, ann: Contact, board: ContactList
) -> None:
    true_again(world)
    world.account.unsubscribe(THERE)
    true_again(world)
    with scope(association=world.association):
        (one,) = explain(connection=world.connection, contacts=[ann])
    assert one.reason == "no_mass_emails"
    assert world.on("Board") == {BOB}
