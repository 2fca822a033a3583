"""A refusal is the mailbox's and the person's, whatever becomes of either (I27)."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine import acts
from tests.engine.worlds import World

from rollkeeper.core.policy import LIVE, NIGHTLY
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact, ContactList

ANN, BOB, CY = Mailbox("ann@a.example"), "bob@b.example", "cy@c.example"
NEW, NEWER = "ann@new.example", "ann@newer.example"
OFFICE = Mailbox("office@firm.example")


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address=ANN, external_id="A")


@pytest.fixture
def board(world: World, ann: Contact) -> ContactList:
    board = a_list(world.association, ann, name="Board")
    for address in (BOB, CY):
        on_list(a_contact(world.association, address=address), board)
    world.sync(everything=True)
    world.follow(LIVE)
    return board


def unsubscribe(world: World, mailbox: Mailbox = ANN) -> None:
    world.clock.sleep(3600)
    world.account.unsubscribe(mailbox)


def settle(world: World) -> None:
    """A pull, a live run and two nights."""
    world.pull()
    world.sync()
    for _ in range(2):
        world.clock.sleep(3600)
        world.sync(everything=True)


def test_an_address_changed_after_the_refusal_is_refused(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    settle(world)
    for address in (NEW, NEWER):
        acts.move(ann, address)
        settle(world)
        assert world.on("Board") == {BOB, CY}


def test_an_address_changed_before_the_refusal_is_heard_of_is_refused(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    acts.move(ann, NEW)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_both_who_share_a_mailbox_take_the_refusal_along(
    world: World, ann: Contact, board: ContactList
) -> None:
    """Nobody knows which of the two it was."""
    acts.take_off(ann, board)
    two = [a_contact(world.association, address=OFFICE) for _ in range(2)]
    for one in two:
        on_list(one, board)
    world.sync()
    unsubscribe(world, OFFICE)
    settle(world)
    for one, address in zip(two, (NEW, NEWER), strict=True):
        acts.move(one, address)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_who_is_merged_into_another_leaves_the_mailbox_refused(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    settle(world)
    kept = a_contact(world.association, address="ann@home.example")
    acts.put_on(kept, board)
    acts.delete(ann)
    acts.move(kept, ANN)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_who_comes_back_with_another_address_refuses_still(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    settle(world)
    acts.delete(ann)
    settle(world)
    on_list(a_contact(world.association, address=NEW, external_id="A"), board)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_who_refuses_while_out_of_the_directory_refuses_after(
    world: World, ann: Contact, board: ContactList
) -> None:
    world.follow(NIGHTLY)  # which leaves them over there
    acts.delete(ann)
    settle(world)
    assert ANN in world.on("Board")
    unsubscribe(world)
    settle(world)
    on_list(a_contact(world.association, address=NEW, external_id="A"), board)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_who_is_back_before_the_refusal_is_heard_of_refuses(
    world: World, ann: Contact, board: ContactList
) -> None:
    acts.delete(ann)
    on_list(a_contact(world.association, address=NEW, external_id="A"), board)
    unsubscribe(world)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_a_contact_made_again_with_the_mailbox_is_not_sent(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    settle(world)
    acts.delete(ann)
    on_list(a_contact(world.association, address=ANN, external_id="Z"), board)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_who_gets_a_mailbox_that_refused_is_free_at_another(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    settle(world)
    acts.delete(ann)
    eve = a_contact(world.association, address=ANN)
    on_list(eve, board)
    settle(world)
    assert world.on("Board") == {BOB, CY}
    acts.move(eve, "eve@e.example")
    settle(world)
    assert world.on("Board") == {BOB, CY, "eve@e.example"}


def test_who_signs_up_at_a_new_address_is_mailed_there_and_only_there(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    settle(world)
    acts.move(ann, NEW)
    settle(world)
    world.account.resubscribe(Mailbox(NEW))
    settle(world)
    assert world.on("Board") == {NEW, BOB, CY}
    acts.move(ann, ANN)
    settle(world)
    assert world.on("Board") == {BOB, CY}


def test_the_other_of_two_who_share_a_mailbox_brings_nobody_back(
    world: World, ann: Contact, board: ContactList
) -> None:
    """Somebody signed up at the office's address; Ann had refused at her own."""
    unsubscribe(world)
    settle(world)
    on_list(a_contact(world.association, address=OFFICE), board)
    acts.move(ann, OFFICE)
    settle(world)
    world.account.resubscribe(OFFICE)
    settle(world)
    assert world.on("Board") == {BOB, CY}
    assert world.suppressed([OFFICE]) == {OFFICE}


def test_a_new_list_and_a_list_made_anew_know_of_it(
    world: World, ann: Contact, board: ContactList
) -> None:
    unsubscribe(world)
    settle(world)
    with scope(association=world.association):
        board.delete()
    for name in ("Board", "Golf"):
        a_list(world.association, ann, a_contact(world.association), name=name)
    settle(world)
    world.adopt()
    settle(world)
    assert ANN not in world.on("Board") | world.on("Golf")
