"""Who leaves, and how, by the preset that a list follows: whole runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import asdict, evolve
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.policy import DEFAULT, LIVE, NIGHTLY, REPLACE, Policy, When
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList, Standing
from rollkeeper.ledger.models import Audience

ANN, BOB, STRANGER = "ann@a.example", "bob@b.example", "old@friend.example"
PRESETS = [DEFAULT, LIVE, NIGHTLY, REPLACE]
NAMES = ["default", "live", "nightly", "replace"]


@pytest.fixture
def ann(world: World) -> Contact:
    return a_contact(world.association, address=ANN)


@pytest.fixture
def board(world: World, ann: Contact) -> ContactList:
    """Ann and Bob are on it, and somebody whom staff over there put on it."""
    bob = a_contact(world.association, address=BOB)
    board = a_list(world.association, ann, bob, name="Board")
    world.sync(everything=True)
    return board


def leave(ann: Contact, board: ContactList) -> None:
    with scope(association=board.association):
        board.memberships.filter(contact=ann).delete()


def be_disabled(ann: Contact, board: ContactList) -> None:
    with scope(association=board.association):
        board.memberships.filter(contact=ann).update(status=Standing.DISABLED)


def be_deleted(ann: Contact, board: ContactList) -> None:
    with scope(association=board.association):
        directory.delete_contact(contact_id=ContactId(ann.pk), by="test")


ON, OFF, ENDED = "on the list", "off the list", "ended"


@pytest.mark.parametrize(
    ("happens", "outcomes"),
    [
        pytest.param(leave, (ENDED, ENDED, ON, OFF), id="S30 S40 leaves the list"),
        pytest.param(be_disabled, (ENDED, ENDED, OFF, OFF), id="S41 disabled there"),
        pytest.param(be_deleted, (ENDED, ENDED, ON, OFF), id="S32 S40 is deleted"),
    ],
)
@pytest.mark.parametrize("preset", range(4), ids=NAMES)
def test_how_somebody_goes(
    world: World,
    ann: Contact,
    board: ContactList,
    happens: Callable[[Contact, ContactList], None],
    outcomes: tuple[str, ...],
    preset: int,
) -> None:
    world.follow(PRESETS[preset])
    happens(ann, board)
    world.sync()
    assert state_of_ann(world) == outcomes[preset]
    assert BOB in world.on("Board")
    assert world.sync(everything=True).writes == 0


def state_of_ann(world: World) -> str:
    if world.held(ANN).deleted:
        return ENDED
    return ON if ANN in world.on("Board") else OFF


@pytest.mark.parametrize(
    ("policy", "stays"),
    [(LIVE, True), (NIGHTLY, True), (REPLACE, False)],
    ids=["live", "nightly", "replace"],
)
def test_strangers_stay_unless_the_list_is_to_be_replaced(
    world: World, board: ContactList, policy: Policy, stays: bool
) -> None:
    world.follow(policy)
    world.account.hand_add(Mailbox(STRANGER), lists=[world.list_id("Board")])
    world.clock.sleep(3600)
    world.sync(everything=True)
    assert (STRANGER in world.on("Board")) is stays
    assert not world.held(STRANGER).deleted


def test_who_leaves_lists_that_disagree_on_ending_is_off_all_and_not_ended(
    world: World, ann: Contact, board: ContactList
) -> None:
    golf = a_list(world.association, ann, a_contact(world.association), name="Golf")
    world.sync()
    world.follow(LIVE)
    with scope(association=world.association):
        Audience.objects.filter(list_id=golf.pk).update(
            **asdict(
                evolve(REPLACE, when=When.LIVE),
                value_serializer=lambda _, __, value: str(value),
            )
        )
    leave(ann, board)
    leave(ann, golf)
    world.sync()
    assert ANN not in world.on("Board") | world.on("Golf")
    assert not world.held(ANN).deleted
