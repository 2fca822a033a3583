"""Live, nightly or by hand: when a list follows, for whole runs."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.policy import When
from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList, ListMembership
from rollkeeper.engine import reconcile
from rollkeeper.engine.postgres import STORE
from rollkeeper.ledger.models import Audience

ANN, BOB = "ann@a.example", "bob@b.example"


@pytest.fixture
def bob(world: World) -> Contact:
    return a_contact(world.association, address=BOB)


@pytest.fixture
def board(world: World) -> ContactList:
    """Ann is on it and on Golf, which stays live."""
    ann = a_contact(world.association, address=ANN)
    board = a_list(world.association, ann, name="Board")
    a_list(world.association, ann, name="Golf")
    world.sync(everything=True)
    return board


def follow(world: World, board: ContactList, when: When) -> None:
    with scope(association=world.association):
        Audience.objects.filter(list_id=board.pk).update(when=when)


def join(board: ContactList, contact: Contact) -> None:
    with scope(association=board.association):
        board.memberships.create(association=board.association, contact=contact)


def ask(world: World, board: ContactList | None = None) -> None:
    reconcile.request(
        STORE,
        connection_id=world.connection.pk,
        list_id=ListId(board.pk) if board else None,
        by_hand=True,
    )


def test_who_joins_a_nightly_list_is_brought_when_everything_is_compared(
    world: World, board: ContactList, bob: Contact
) -> None:
    follow(world, board, When.NIGHTLY)
    join(board, bob)
    assert world.sync().writes == 0
    world.sync(everything=True)
    assert world.on("Board") == {ANN, BOB}


def test_sync_now_brings_who_joined_a_nightly_list_at_once(
    world: World, board: ContactList, bob: Contact
) -> None:
    follow(world, board, When.NIGHTLY)
    join(board, bob)
    ask(world, board)
    world.sync()
    assert world.on("Board") == {ANN, BOB}


def test_sync_now_sees_what_was_changed_over_there(
    world: World, board: ContactList
) -> None:
    join(board, a_contact(world.association, address="cy@c.example"))
    world.sync()
    with scope(association=world.association):
        Audience.objects.filter(list_id=board.pk).update(strangers="remove")
    world.account.hand_add(Mailbox(BOB), lists=[world.list_id("Board")])
    world.clock.sleep(3600)
    ask(world, board)
    world.sync()
    assert world.on("Board") == {ANN, "cy@c.example"}


def test_a_list_by_hand_is_left_alone_at_night_and_done_once_when_asked_for(
    world: World, board: ContactList, bob: Contact
) -> None:
    follow(world, board, When.BY_HAND)
    join(board, bob)
    assert world.sync(everything=True).writes == 0
    ask(world)
    world.sync()
    assert world.on("Board") == {ANN, BOB}
    with scope(association=world.association):
        assert not Audience.objects.exclude(asked_at=None).exists()
        board.memberships.filter(contact=bob).delete()
    assert world.sync(everything=True).writes == 0


def test_the_first_fill_of_a_nightly_list_is_no_reason_to_ask(
    world: World, board: ContactList
) -> None:
    crowd = [a_contact(world.association) for _ in range(60)]
    guests = a_list(world.association, name="Guests")
    world.sync()
    follow(world, guests, When.NIGHTLY)
    with scope(association=world.association):
        Audience.objects.filter(list_id=guests.pk).update(filled_at=None)
    for one in crowd:
        join(guests, one)
    world.sync()
    assert world.on("Guests") == set()
    world.sync(everything=True)
    assert len(world.on("Guests")) == 60


def test_do_not_contact_does_not_wait_for_the_night(
    world: World, board: ContactList
) -> None:
    follow(world, board, When.NIGHTLY)
    with scope(association=world.association):
        Contact.objects.update(do_not_contact=True)
    world.sync()
    assert world.on("Board") == set()


def test_who_leaves_the_live_list_and_the_nightly_one_is_ended_at_night(
    world: World, board: ContactList, bob: Contact
) -> None:
    with scope(association=world.association):
        for one in ContactList.objects.filter(memberships__isnull=False):
            join(one, bob)  # or the lists would be emptied, and somebody asked
    world.sync(everything=True)
    follow(world, board, When.NIGHTLY)
    with scope(association=world.association):
        ListMembership.objects.exclude(contact=bob).delete()
    world.sync()
    assert (world.on("Golf"), world.on("Board")) == ({BOB}, {ANN, BOB})
    world.sync(everything=True)
    assert world.held(ANN).deleted


def test_what_waits_for_the_night_does_not_count_as_missed_by_marks(
    world: World, board: ContactList, bob: Contact
) -> None:
    follow(world, board, When.NIGHTLY)
    join(board, bob)
    world.sync()
    assert "missed_by_marks" not in world.sync(everything=True).counts


def test_a_new_address_waits_with_the_nightly_list_that_it_is_for(
    world: World, board: ContactList
) -> None:
    follow(world, board, When.NIGHTLY)
    with scope(association=world.association):
        ann = board.memberships.get().contact
        ann.memberships.exclude(list=board).delete()
    world.sync()
    with scope(association=world.association):
        directory.set_primary_address(contact_id=ContactId(ann.pk), address=BOB, by="t")
    assert world.sync().writes == 0
    world.sync(everything=True)
    assert world.on("Board") == {BOB}
