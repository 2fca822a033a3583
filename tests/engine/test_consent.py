"""Who unsubscribed is wanted again by their own act alone, in the ordinary way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine import acts
from tests.engine.worlds import World
from tests.memory_store.refusals import Refusals
from tests.prove.histories.chamber import Chamber, a_chamber

from rollkeeper.consent.models import Kind, Refusal, Suppression
from rollkeeper.core.policy import LIVE
from rollkeeper.core.values import Mailbox, ProviderListId
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.ledger.models import RemoteContact

ANN, BOB, CY = Mailbox("ann@a.example"), "bob@b.example", "cy@c.example"
NOWHERE = ProviderListId("nowhere")


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address=ANN, first_name="Ann")


@pytest.fixture
def board(world: World, ann: Contact) -> ContactList:
    """A synchronized list that Ann is on, and has unsubscribed from as from all."""
    board = a_list(world.association, ann, name="Board")
    for address in (BOB, CY):
        on_list(a_contact(world.association, address=address), board)
    world.sync(everything=True)
    world.follow(LIVE)
    an_hour_later(world)
    world.account.unsubscribe(ANN)
    an_hour_later(world)
    assert world.on("Board") == {BOB, CY}
    return board


def night(chamber: Chamber) -> None:
    for _ in range(2):
        chamber.wait(timedelta(hours=1))
        chamber.request()
        chamber.sync()


def an_hour_later(world: World) -> None:
    world.clock.sleep(3600)
    world.sync(everything=True)


def kinds(world: World) -> list[str]:
    with scope(association=world.association):
        facts = Suppression.objects.order_by("pk")
        return list(facts.values_list("kind", flat=True))


def refuses(world: World) -> bool:
    with scope(association=world.association):
        return Refusal.objects.filter(mailbox=ANN, list_id=None).exists()


def test_who_comes_back_by_their_own_act_is_put_back(
    world: World, board: ContactList
) -> None:  # S28, X8
    world.account.resubscribe(ANN)
    run = world.sync(everything=True)
    assert run.counts["opt_ins"] == 1
    assert world.on("Board") == {ANN, BOB, CY}
    assert kinds(world) == [Kind.UNSUBSCRIBED, Kind.RESUBSCRIBED]


def test_who_came_back_is_told_of_once(world: World, board: ContactList) -> None:
    world.account.resubscribe(ANN)
    an_hour_later(world)
    run = world.sync(everything=True)
    assert (run.writes, run.counts.get("opt_ins", 0)) == (0, 0)
    assert len(kinds(world)) == 2


def test_who_refuses_again_after_that_is_out_again(
    world: World, board: ContactList
) -> None:
    for _ in range(2):
        world.account.resubscribe(ANN)
        an_hour_later(world)
        assert ANN in world.on("Board")
        world.clock.sleep(60)
        world.account.unsubscribe(ANN)
        world.clock.sleep(60)
        world.pull()
        world.sync()
        assert world.on("Board") == {BOB, CY}
    assert kinds(world) == [Kind.UNSUBSCRIBED, Kind.RESUBSCRIBED] * 2 + [
        Kind.UNSUBSCRIBED
    ]


def test_what_staff_over_there_take_back_lifts_nothing(
    world: World, board: ContactList
) -> None:
    world.account.hand_resubscribe(ANN)
    an_hour_later(world)
    assert world.on("Board") == {BOB, CY}
    with scope(association=world.association):
        seen = RemoteContact.objects.get(mailbox=ANN)
    assert (seen.permission, refuses(world)) == (Permission.MAILABLE, True)


def test_that_they_had_once_subscribed_themselves_lifts_nothing(
    world: World, ann: Contact
) -> None:
    """Staff over there took the refusal back; the person's act is older than it."""
    world.account.resubscribe(ANN)
    a_list(world.association, ann, a_contact(world.association), name="Board")
    world.sync(everything=True)
    world.adopt()
    an_hour_later(world)
    world.account.unsubscribe(ANN)
    an_hour_later(world)
    world.account.hand_add(ANN)
    an_hour_later(world)
    assert ANN not in world.on("Board")
    assert refuses(world)


def renamed(ann: Contact, board: ContactList) -> None:
    acts.rename(ann, first_name="Anne")


def put_on_again(ann: Contact, board: ContactList) -> None:
    acts.take_off(ann, board)
    acts.put_on(ann, board)


def stopped_and_cleared(ann: Contact, board: ContactList) -> None:
    acts.stop(ann)
    acts.stop(ann, value=False)


def moved_to_and_fro(ann: Contact, board: ContactList) -> None:
    acts.move(ann, BOB)
    acts.move(ann, ANN)


def emptied_and_filled(ann: Contact, board: ContactList) -> None:
    acts.move(ann, "")
    acts.move(ann, ANN)


@pytest.mark.parametrize(
    "deed",
    [
        renamed,
        acts.enable_in,
        put_on_again,
        stopped_and_cleared,
        moved_to_and_fro,
        emptied_and_filled,
    ],
    ids=lambda deed: deed.__name__,
)
def test_nothing_that_staff_do_here_lifts_a_refusal(
    world: World,
    ann: Contact,
    board: ContactList,
    deed: Callable[[Contact, ContactList], None],
) -> None:
    deed(ann, board)
    world.sync()
    an_hour_later(world)
    assert ANN not in world.on("Board")
    assert refuses(world)


@pytest.mark.parametrize("by_person", [False, True])
def test_a_refusal_made_by_staff_over_there_ends_in_the_same_way(
    world: World, board: ContactList, *, by_person: bool
) -> None:
    world.account.unsubscribe(Mailbox(CY), by_person=False)
    an_hour_later(world)
    assert world.on("Board") == {BOB}
    if by_person:
        world.account.resubscribe(Mailbox(CY))
    else:
        world.account.hand_resubscribe(Mailbox(CY))
    an_hour_later(world)
    assert (CY in world.on("Board")) is by_person


def test_who_signs_up_anew_after_deletion_over_there_is_back(
    world: World, board: ContactList
) -> None:
    world.account.hand_delete(ANN)
    an_hour_later(world)
    assert ANN not in world.on("Board")
    world.account.resubscribe(ANN)
    an_hour_later(world)
    assert ANN in world.on("Board")


def test_who_left_a_list_and_signs_up_for_it_is_on_it_again() -> None:
    chamber = a_chamber()  # whose clocks all wait together
    people = [
        chamber.directory.add_contact(mailbox=Mailbox(one)) for one in (ANN, BOB, CY)
    ]
    for name in ("Board", "Golf"):
        its_list = chamber.directory.add_list(name=name)
        for one in people:
            chamber.directory.put_on(one, its_list)
    night(chamber)
    account = chamber.account
    board, golf = (account.list_named(name) or NOWHERE for name in ("Board", "Golf"))
    for left in (board, golf):
        account.leave_list(ANN, left)
    night(chamber)
    account.resubscribe(ANN, lists=[golf])
    night(chamber)
    facts = Refusals.among(chamber.memory.tables.facts.values()).of_mailboxes
    assert [one.kind for one in facts] == [Kind.LEFT_LIST]
    assert ANN in account.members(golf)
    assert ANN not in account.members(board)
