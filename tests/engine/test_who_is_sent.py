"""Who is sent at all, and who stays away for good."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine import acts
from tests.engine.worlds import World

from rollkeeper.consent.models import Suppression
from rollkeeper.core.policy import DEFAULT, LIVE, NIGHTLY, REPLACE, Policy
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.ledger.models import Outcome
from rollkeeper.ledger.states import RunState

ANN, BOB = "ann@a.example", "bob@b.example"
PRESETS = [DEFAULT, LIVE, NIGHTLY, REPLACE]
NAMES = ["default", "live", "nightly", "replace"]


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address=ANN, first_name="Ann")


@pytest.fixture
def board(world: World, ann: Contact) -> ContactList:
    """A synchronized list with Ann and Bob on it."""
    bob = a_contact(world.association, address=BOB)
    board = a_list(world.association, ann, bob, name="Board")
    world.sync(everything=True)
    return board


@pytest.mark.parametrize("active", [True, False], ids=["active", "inactive"])
@pytest.mark.parametrize("standing", ["active", "disabled"])
def test_the_standing_in_the_list_decides_and_not_that_of_the_contact(
    world: World, board: ContactList, standing: str, *, active: bool
) -> None:  # S22
    rep = a_contact(world.association, address="rep@r.example", active=active)
    on_list(rep, board, status=standing)
    world.sync()
    assert ("rep@r.example" in world.on("Board")) == (standing == "active")


@pytest.mark.parametrize("policy", PRESETS, ids=NAMES)
def test_only_who_has_a_primary_address_and_may_be_contacted_is_sent(
    world: World, board: ContactList, policy: Policy
) -> None:  # S17, S18, S19, S26
    world.follow(policy)
    on_list(a_contact(world.association, address=None), board)
    on_list(a_contact(world.association, address="no address"), board)
    on_list(a_contact(world.association, do_not_contact=True), board)
    on_list(a_contact(world.association), board, no_mass_email=True)
    on_list(a_contact(world.association, address="ok@ok.example"), board)
    assert world.sync().state == RunState.DONE
    assert world.on("Board") == {ANN, BOB, "ok@ok.example"}


def test_who_unsubscribed_over_there_before_we_came_is_not_put_on(
    world: World,
) -> None:  # S20
    world.account.hand_add(Mailbox(ANN))
    world.account.unsubscribe(Mailbox(ANN))
    people = [a_contact(world.association, address=address) for address in (ANN, BOB)]
    a_list(world.association, *people, name="Board")
    world.sync(everything=True)
    assert world.on("Board") == {BOB}
    assert world.held(ANN).unsubscribed


def leaves(world: World) -> None:
    """Ann leaves the board over there, and stays subscribed."""
    world.clock.sleep(3600)
    world.account.leave_list(Mailbox(ANN), world.list_id("Board"))
    world.sync(everything=True)


@pytest.mark.parametrize("policy", PRESETS, ids=NAMES)
def test_leaving_a_list_over_there_is_a_fact_for_that_list_alone(
    world: World, ann: Contact, board: ContactList, policy: Policy
) -> None:
    golf = a_list(world.association, ann, name="Golf")
    on_list(a_contact(world.association), golf)
    world.sync()
    world.follow(policy)
    leaves(world)
    with scope(association=world.association):
        fact = Suppression.objects.get()
    assert (fact.kind, fact.list_id, fact.mailbox) == ("left_list", board.pk, ANN)
    assert world.on("Board") == {BOB}
    assert ANN in world.on("Golf")
    assert world.sync(everything=True).writes == 0


def test_who_left_over_there_is_not_put_back_by_joining_again_here(
    world: World, ann: Contact, board: ContactList
) -> None:
    leaves(world)
    acts.take_off(ann, board)
    world.sync()
    acts.put_on(ann, board)
    world.sync()
    assert world.on("Board") == {BOB}


@pytest.mark.parametrize("policy", PRESETS, ids=NAMES)
def test_who_left_over_there_is_not_put_back_by_another_policy(
    world: World, board: ContactList, policy: Policy
) -> None:
    leaves(world)
    world.follow(policy)
    assert world.sync(everything=True).writes == 0
    assert world.on("Board") == {BOB}


def test_who_left_over_there_is_not_put_back_at_another_address(
    world: World, ann: Contact, board: ContactList
) -> None:  # I27
    leaves(world)
    acts.move(ann, "ann@new.example")
    world.sync()
    world.sync(everything=True)
    assert world.on("Board") == {BOB}


def test_who_left_over_there_can_join_another_list(
    world: World, ann: Contact, board: ContactList
) -> None:  # S25
    leaves(world)
    golf = a_list(world.association, ann, name="Golf")
    on_list(a_contact(world.association), golf)
    world.sync()
    assert ANN in world.on("Golf")


def test_one_deleted_over_there_waits_whatever_else_changes(
    world: World, ann: Contact, board: ContactList
) -> None:
    world.clock.sleep(3600)
    world.account.hand_delete(Mailbox(ANN))
    assert world.sync(everything=True).state == RunState.DONE_WITH_EXCEPTIONS
    acts.rename(ann, first_name="Anna")
    on_list(ann, a_list(world.association, a_contact(world.association), name="Golf"))
    assert world.sync().state == RunState.DONE_WITH_EXCEPTIONS
    assert world.held(ANN).deleted


def test_who_unsubscribed_and_comes_back_by_their_own_act_is_left_as_they_are(
    world: World, board: ContactList
) -> None:  # S33
    world.account.unsubscribe(Mailbox(ANN))
    world.pull()
    world.account.resubscribe(Mailbox(ANN))
    world.clock.sleep(3600)
    world.sync(everything=True)
    assert world.on("Board") == {BOB}
    assert not world.held(ANN).unsubscribed


@pytest.mark.parametrize("policy", [LIVE, REPLACE], ids=["live", "replace"])
def test_a_stranger_who_is_stopped_here_is_not_ours_until_a_list_of_ours_has_it(
    world: World, board: ContactList, policy: Policy
) -> None:  # S27
    world.follow(policy)
    elsewhere = world.theirs("Their own")
    world.account.hand_add(Mailbox("x@friend.example"), lists=[elsewhere])
    a_contact(world.association, address="x@friend.example", do_not_contact=True)
    world.sync(everything=True)
    assert world.on("Their own") == {"x@friend.example"}
    assert not world.held("x@friend.example").deleted


def test_the_51st_list_is_said_and_the_others_are_true(world: World) -> None:  # S8
    ann = a_contact(world.association, address=ANN)
    for number in range(51):
        a_list(world.association, ann, name=f"List {number:02}")
    assert world.sync(everything=True).state == RunState.DONE_WITH_EXCEPTIONS
    assert len(world.held(ANN).lists) == 50
    with scope(association=world.association):
        [said] = Outcome.objects.filter(cause="over_limit")
    assert said.mailbox == ANN
    assert world.sync(everything=True).writes == 0


def test_a_list_more_than_there_is_room_for_comes_when_another_is_left(
    world: World,
) -> None:  # S8
    ann, other = a_contact(world.association, address=ANN), a_contact(world.association)
    lists = [
        a_list(world.association, ann, other, name=f"List {number:02}")
        for number in range(51)
    ]
    world.sync(everything=True)
    acts.take_off(ann, lists[0])
    world.sync()
    run = world.sync(everything=True)
    assert world.on("List 50") >= {ANN}
    assert run.state == RunState.DONE_WITH_EXCEPTIONS  # the companion's 51st
