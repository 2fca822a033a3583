"""An operation ends by what is seen: names count, and a row left out is no refusal."""

from __future__ import annotations

from contextlib import suppress

import pytest
from attrs import evolve
from django.db import connection as database
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import Killed, World

from rollkeeper.core.calls import Import
from rollkeeper.core.values import ContactId, Mailbox, Person
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ListMembership
from rollkeeper.ledger.models import Outcome
from rollkeeper.providers.memory.work import finish, finish_jobs

ANN = Mailbox("ann@a.example")


@pytest.fixture
def ann(world: World) -> Contact:
    ann = a_contact(world.association, address=ANN, first_name="Ann")
    a_list(world.association, ann, a_contact(world.association), name="Board")
    world.sync(everything=True)
    return ann


def test_a_new_name_that_never_left_is_not_taken_for_told(
    world: World, ann: Contact
) -> None:
    with scope(association=world.association):
        Contact.objects.filter(pk=ann.pk).update(first_name="Anna")
    world.meter.requests.clear()
    world.killed_at(3)  # after the lists and the people, before the import
    database.close()  # as the kernel does for a killed process
    world.sync()
    held = world.account.contact(ANN)
    assert held is not None
    assert held.person.first_name == "Anna"


def test_rows_that_a_provider_dropped_without_a_word_are_sent_again(
    world: World, ann: Contact
) -> None:
    people = [a_contact(world.association, address=f"p{n}@x.example") for n in range(4)]
    a_list(world.association, *people, name="Golf")
    drop_a_row_of_the_next_import(world)
    world.sync()
    assert world.on("Golf") == {f"p{number}@x.example" for number in range(4)}
    with scope(association=world.association):
        assert not Outcome.objects.exists()


def test_a_new_address_is_told_even_if_somebody_renames_its_contact_meanwhile(
    world: World, ann: Contact
) -> None:
    new = Mailbox("new@n.example")
    with scope(association=world.association):
        directory.set_primary_address(contact_id=ContactId(ann.pk), address=new, by="t")
    world.account.on_answer = kill_at_rewrite
    with suppress(Killed):
        world.sync()
    database.close()
    world.account.on_answer = lambda operation: None
    world.held(new).person = Person(first_name="Edited")
    with scope(association=world.association):
        ListMembership.objects.filter(contact=ann).delete()
    world.sync(everything=True)
    assert world.on("Board").isdisjoint({ANN, new})


def kill_at_rewrite(operation: str) -> None:
    if operation == "rewrite":
        raise Killed


def test_what_a_lost_call_brought_about_is_ours_even_if_not_all_of_it_is_left(
    world: World, ann: Contact
) -> None:
    bob = a_contact(world.association, address="bob@b.example")
    golf = a_list(world.association, ann, bob, name="Golf")
    dues = a_list(world.association, ann, bob, name="Dues")
    world.account.on_answer = kill_after_a_call
    with suppress(Killed):
        world.sync()
    database.close()
    world.account.on_answer = lambda operation: None
    finish_jobs(world.account)
    world.account.leave_list(ANN, world.list_id("Golf"))
    with scope(association=world.association):
        golf.memberships.filter(contact=ann).delete()
        dues.memberships.filter(contact=ann).delete()
    world.sync()
    assert world.on("Dues") == {"bob@b.example"}
    assert ANN in world.on("Board")


def kill_after_a_call(operation: str) -> None:
    if operation in ("import", "join"):
        raise Killed


def drop_a_row_of_the_next_import(world: World) -> None:
    def drop(answered: str) -> None:
        if answered == "import":
            world.account.on_answer = lambda operation: None
            job = next(reversed(world.account.queue.values()))
            assert isinstance(job.call, Import)
            job.call = evolve(job.call, rows=job.call.rows[1:])
            finish(world.account, job)

    world.account.on_answer = drop
