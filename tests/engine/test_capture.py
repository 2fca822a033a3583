"""I10: marks name every change; a comparison of everything counts what they miss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection as database
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World

from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList, ListMembership

MISSED = "missed_by_marks"


@contextmanager
def capture_broken(*tables: str) -> Iterator[None]:
    """Nothing written to these tables meanwhile leaves a mark."""
    with database.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def board(world: World) -> ContactList:
    """A list of forty, true over there."""
    people = [a_contact(world.association) for _ in range(40)]
    board = a_list(world.association, *people, name="Board")
    world.sync(everything=True)
    world.clock.now += timedelta(hours=1)
    return board


def test_a_change_that_left_no_mark_is_counted(
    world: World, board: ContactList
) -> None:
    with (
        capture_broken("directory_listmembership"),
        scope(association=world.association),
    ):
        ListMembership.objects.filter(list=board).order_by("pk")[0].delete()
    on_list(a_contact(world.association), board)
    run = world.sync(everything=True)
    assert run.counts[MISSED] == 1
    assert len(world.on("Board")) == 40


def test_changes_that_left_marks_are_not_counted(
    world: World, board: ContactList
) -> None:
    with scope(association=world.association):
        ann, bob, cy = Contact.objects.order_by("pk")[:3]
        directory.set_do_not_contact(contact_id=ContactId(ann.pk), value=True, by="t")
        directory.set_primary_address(
            contact_id=ContactId(bob.pk), address="bob@new.example", by="t"
        )
        directory.take_off_list(
            contact_id=ContactId(cy.pk), list_id=ListId(board.pk), by="t"
        )
    a_list(world.association, a_contact(world.association), name="Golf")
    run = world.sync(everything=True)
    assert MISSED not in run.counts


def test_what_changed_over_there_is_drift_and_not_missed(
    world: World, board: ContactList
) -> None:
    address = next(iter(world.on("Board")))
    held = world.account.contact(Mailbox(address))
    assert held is not None
    world.account.delete(held)
    world.account.hand_add(Mailbox("new@x.example"), lists=[world.list_id("Board")])
    run = world.sync(everything=True)
    assert run.counts["added_there"] == run.counts["deleted_there"] == 1
    assert MISSED not in run.counts


def test_nothing_is_counted_before_everything_was_true_once(world: World) -> None:
    board = a_list(world.association, a_contact(world.association), name="Board")
    world.killed_at(3)
    with capture_broken("directory_listmembership"):
        on_list(a_contact(world.association), board)
    assert MISSED not in world.sync(everything=True).counts
