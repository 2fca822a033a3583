"""Whom we brought stays ours while a list is switched off, whatever happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World

from rollkeeper.consent.models import Suppression
from rollkeeper.core.values import ContactId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList

BY = "test"


def rename(ann: Contact) -> None:
    ann.first_name = "Anna"
    ann.save()


def readdress(ann: Contact) -> None:
    directory.set_primary_address(
        contact_id=ContactId(ann.pk), address="ann@new.example", by=BY
    )


def change_hands(ann: Contact) -> None:
    """Somebody of the same name and address is on the board from now on."""
    other = a_contact(ann.association, address="ann@a.example", first_name="Ann")
    on_list(other, ContactList.objects.get(name="Board"))


@pytest.mark.parametrize("happens", [rename, readdress, change_hands])
def test_who_left_meanwhile_is_gone_when_the_list_is_switched_on_again(
    world: World, happens: Callable[[Contact], None]
) -> None:
    ann = a_contact(world.association, address="ann@a.example", first_name="Ann")
    bob = a_contact(world.association, address="bob@b.example")
    a_list(world.association, ann, bob, name="Board")
    golf = a_list(world.association, ann, bob, name="Golf")
    world.sync(everything=True)
    switch(world, golf, on=False)
    with scope(association=world.association):
        golf.memberships.filter(contact=ann).delete()
        happens(ann)
    world.sync()
    assert len(world.on("Golf")) == 2

    switch(world, golf, on=True)
    world.sync(everything=True)

    assert world.on("Golf") == {"bob@b.example"}


def switch(world: World, row: ContactList, *, on: bool) -> None:
    with scope(association=world.association):
        ContactList.objects.filter(pk=row.pk).update(sync=on)
    world.sync()


def test_nobody_left_a_list_that_was_not_looked_at(world: World) -> None:
    """Switching a list off and on again is no reason to think that all of it left."""
    people = [a_contact(world.association, address=f"p{n}@x.example") for n in range(3)]
    golf = a_list(world.association, *people, name="Golf")
    a_list(world.association, *people, name="Board")
    world.sync(everything=True)
    switch(world, golf, on=False)
    world.clock.sleep(3600)
    world.sync(everything=True)

    switch(world, golf, on=True)
    world.sync(everything=True)

    with scope(association=world.association):
        assert not Suppression.objects.exists()
