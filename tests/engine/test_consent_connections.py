"""A refusal learnt from one provider is followed at every other, on its next run."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.builders import a_connection, a_contact, a_list, an_application
from tests.engine import acts
from tests.engine.worlds import World

from rollkeeper.core.policy import LIVE, Leaving
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact
from rollkeeper.providers.memory import MemoryAccount

ANN, NEW = Mailbox("ann@a.example"), Mailbox("ann@new.example")


@pytest.fixture
def ann(world: World) -> Contact:
    ann = a_contact(world.association, address=ANN)
    a_list(world.association, ann, a_contact(world.association), name="Board")
    world.sync(everything=True)
    return ann


@pytest.fixture
def other(world: World, ann: Contact) -> World:
    """Another connection of the same association, as up to date as the first."""
    application = an_application(provider="another")
    other = World(
        association=world.association,
        connection=a_connection(world.association, application=application),
        account=MemoryAccount(now=world.clock.read),
        clock=world.clock,
    )
    other.sync(everything=True)
    assert ANN in world.on("Board") & other.on("Board")
    world.clock.sleep(3600)
    return other


def test_who_refuses_at_one_leaves_the_lists_at_the_other(
    world: World, other: World
) -> None:
    world.account.unsubscribe(ANN)
    world.pull()
    run = other.sync()
    assert ANN not in other.on("Board")
    assert run.writes == 1


def test_a_refusal_at_an_old_address_reaches_the_new_one_at_the_other(
    world: World, other: World, ann: Contact
) -> None:
    acts.move(ann, NEW)
    other.sync()
    assert NEW in other.on("Board")
    world.account.unsubscribe(ANN)
    world.pull()
    other.sync()
    assert not other.on("Board") & {ANN, NEW}


def test_who_left_one_list_leaves_it_at_the_other(world: World, other: World) -> None:
    world.account.leave_list(ANN, world.list_id("Board"))
    world.sync(everything=True)
    other.sync()
    assert ANN not in other.on("Board")


def test_who_comes_back_at_one_is_back_at_both(world: World, other: World) -> None:
    world.account.unsubscribe(ANN)
    world.pull()
    other.sync()
    world.clock.sleep(3600)
    world.account.resubscribe(ANN)
    world.sync(everything=True)
    other.sync()
    assert ANN in world.on("Board") & other.on("Board")


def test_who_refused_at_both_and_comes_back_at_one_later_is_back_at_that_one(
    world: World, other: World
) -> None:
    for one in (world, other):
        one.account.unsubscribe(ANN)
        one.pull()
    world.clock.sleep(3600)
    world.account.resubscribe(ANN)
    for one in (world, other):
        one.sync(everything=True)
    assert other.held(ANN).unsubscribed
    assert ANN not in other.on("Board")


def test_who_left_a_list_at_one_does_not_stay_on_it_because_of_a_policy(
    world: World, other: World
) -> None:
    world.follow(evolve(LIVE, leaving=Leaving.KEEP))
    world.account.leave_list(ANN, world.list_id("Board"))
    world.sync(everything=True)
    other.sync()
    assert ANN not in other.on("Board")
