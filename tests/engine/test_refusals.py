"""What was refused is not asked for again, and nothing else is held against it."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.guards import Guard
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact, ListMembership
from rollkeeper.engine import holding
from rollkeeper.ledger.models import Hold, Outcome
from rollkeeper.ledger.states import RunState
from rollkeeper.providers.errors import ChangeRefused

ANN = Mailbox("ann@a.example")


LONG = Mailbox("l" * 45 + "@x.example")  # so long that it is written one by one


@pytest.fixture
def ann(world: World) -> Contact:
    ann = a_contact(world.association, address=ANN, company="Old & Sons")
    a_list(world.association, ann, a_contact(world.association), name="Board")
    world.sync(everything=True)
    return ann


def test_who_turns_out_to_be_deleted_over_there_is_asked_about(
    world: World, ann: Contact
) -> None:
    world.clock.sleep(3600)
    world.account.hand_delete(ANN)
    rename(world, ann, "")  # what is emptied is rewritten, one by one
    world.sync()
    with scope(association=world.association):
        hold = Hold.objects.get()
        assert (hold.guard, Outcome.objects.count()) == (Guard.DELETED_OVER_THERE, 0)
        holding.approve(
            hold_id=hold.pk, fingerprint=hold.fingerprint, by="test", typed=hold.count
        )
    world.sync(everything=True)
    assert ANN in world.on("Board")


def test_who_turns_out_to_have_unsubscribed_is_left_in_peace(world: World) -> None:
    long = a_contact(world.association, address=LONG)
    a_list(world.association, long, a_contact(world.association), name="Board")
    world.sync(everything=True)
    world.account.unsubscribe(LONG)
    a_list(world.association, long, name="Golf")
    run = world.sync()
    assert run.state == RunState.DONE
    assert world.suppressed([LONG]) == {LONG}


def test_the_refused_name_is_not_asked_for_again(world: World, ann: Contact) -> None:
    world.account.on_request = refuse_rewrites
    rename(world, ann, "")
    world.sync()
    rename(world, ann, "New & Sons")
    rename(world, ann, "")
    world.meter.requests.clear()
    world.sync()
    with scope(association=world.association):
        assert Outcome.objects.get().mailbox == ANN
    assert world.meter.requests == []


def test_what_was_refused_is_tried_again_after_something_else_came_true(
    world: World, ann: Contact
) -> None:
    golf = a_list(world.association, ann, a_contact(world.association), name="Golf")
    world.sync()
    world.account.on_request = refuse_rewrites
    rename(world, ann, "")
    world.sync()
    assert world.held(ANN).person.company == "Old & Sons"
    world.account.on_request = lambda _operation: None
    with scope(association=world.association):
        ListMembership.objects.get(list=golf, contact=ann).delete()
    world.sync()
    world.sync()
    assert ANN not in world.on("Golf")
    assert world.held(ANN).person.company == ""


def refuse_rewrites(operation: str) -> None:
    if operation == "rewrite":
        raise ChangeRefused("This company cannot be used.")


def test_an_address_that_staff_over_there_added_meanwhile_is_joined(
    world: World,
) -> None:
    a_list(world.association, a_contact(world.association), name="Board")
    world.sync(everything=True)
    world.account.hand_add(LONG, lists=[world.theirs("Their own")])
    a_list(world.association, a_contact(world.association, address=LONG), name="Golf")
    run = world.sync()
    assert run.state == RunState.DONE
    assert LONG in world.on("Golf")


def rename(world: World, contact: Contact, company: str) -> None:
    with scope(association=world.association):
        Contact.objects.filter(pk=contact.pk).update(company=company)
