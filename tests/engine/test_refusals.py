"""What was refused is not asked for again, and nothing else is held against it."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact
from rollkeeper.engine import holding
from rollkeeper.ledger.models import Hold, Outcome
from rollkeeper.ledger.states import RunState

ANN = Mailbox("ann@a.example")


@pytest.fixture
def ann(world: World) -> Contact:
    """On a list, deleted over there, and given a company here that was refused."""
    ann = a_contact(world.association, address=ANN, company="Old & Sons")
    a_list(world.association, ann, a_contact(world.association), name="Board")
    world.sync(everything=True)
    world.clock.sleep(3600)
    world.account.hand_delete(ANN)
    rename(world, ann, "")  # what is emptied is rewritten, one by one
    world.sync()
    return ann


def test_a_name_that_was_refused_does_not_keep_somebody_from_being_brought_anew(
    world: World, ann: Contact
) -> None:
    world.sync(everything=True)
    with scope(association=world.association):
        hold = Hold.objects.get()
        holding.approve(
            hold_id=hold.pk, fingerprint=hold.fingerprint, by="test", typed=hold.count
        )
    world.sync(everything=True)
    assert ANN in world.on("Board")


def test_the_refused_name_is_not_asked_for_again(world: World, ann: Contact) -> None:
    rename(world, ann, "New & Sons")
    rename(world, ann, "")
    world.meter.requests.clear()
    world.sync()
    with scope(association=world.association):
        assert Outcome.objects.get().mailbox == ANN
    assert world.meter.requests == []


def test_an_address_that_staff_over_there_added_meanwhile_is_joined(
    world: World,
) -> None:
    long = Mailbox("l" * 45 + "@x.example")  # so long that it is made, not imported
    a_list(world.association, a_contact(world.association), name="Board")
    world.sync(everything=True)
    world.account.hand_add(long, lists=[world.theirs("Their own")])
    a_list(world.association, a_contact(world.association, address=long), name="Golf")
    run = world.sync()
    assert run.state == RunState.DONE
    assert long in world.on("Golf")


def rename(world: World, contact: Contact, company: str) -> None:
    with scope(association=world.association):
        Contact.objects.filter(pk=contact.pk).update(company=company)
