"""What becomes of somebody over there: each way of going, under each policy value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import pytest
from attrs import evolve, frozen
from tests.builders import a_contact, a_list
from tests.engine import acts
from tests.engine.worlds import World

from rollkeeper.core.policy import (
    DEFAULT,
    LIVE,
    NIGHTLY,
    REPLACE,
    EditedThere,
    Leaving,
    NewAddress,
    NoneLeft,
    Parting,
    Policy,
    Strangers,
)
from rollkeeper.core.values import Mailbox, Person
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.ledger.states import RunState

ANN: Final = "ann@a.example"
NEW: Final = "ann@new.example"
BOTH: Final = {"Board", "Golf"}


@frozen(kw_only=True)
class Chamber:
    """Ann is on two lists, each with a companion, so that none is ever emptied."""

    world: World
    ann: Contact
    board: ContactList
    golf: ContactList

    def lists_of(self, mailbox: str) -> set[str]:
        return {name for name in BOTH if mailbox in self.world.on(name)}


@pytest.fixture
def chamber(world: World) -> Chamber:
    ann = a_contact(world.association, address=ANN, first_name="Ann")
    others = [a_contact(world.association) for _ in range(2)]
    board = a_list(world.association, ann, others[0], name="Board")
    golf = a_list(world.association, ann, others[1], name="Golf")
    world.sync(everything=True)
    return Chamber(world=world, ann=ann, board=board, golf=golf)


Act: TypeAlias = Callable[[Chamber], None]


def leaves_one(chamber: Chamber) -> None:
    acts.take_off(chamber.ann, chamber.board)


def leaves_both(chamber: Chamber) -> None:
    acts.take_off(chamber.ann, chamber.board, chamber.golf)


def disabled_in_one(chamber: Chamber) -> None:
    acts.disable_in(chamber.ann, chamber.board)


def disabled_in_both(chamber: Chamber) -> None:
    acts.disable_in(chamber.ann, chamber.board, chamber.golf)


def muted_in_one(chamber: Chamber) -> None:
    acts.mute_in(chamber.ann, chamber.board)


def deleted(chamber: Chamber) -> None:
    acts.delete(chamber.ann)


def stopped(chamber: Chamber) -> None:
    acts.stop(chamber.ann)


def loses_address(chamber: Chamber) -> None:
    acts.move(chamber.ann, "")


@frozen
class Ends:
    """How it ends: the lists that Ann's mailbox is on, and whether it was ended."""

    lists: frozenset[str]
    ended: bool = False


ENDED: Final = Ends(frozenset(), ended=True)
OFF: Final = Ends(frozenset())
ON_BOTH: Final = Ends(frozenset(BOTH))
ON_GOLF: Final = Ends(frozenset({"Golf"}))

STAYING: Final = evolve(DEFAULT, leaving=Leaving.KEEP)
NEVER_ENDED: Final = evolve(DEFAULT, none_left=NoneLeft.KEEP)
REMOVED: Final = evolve(DEFAULT, deleted=Parting.REMOVE)
KEPT: Final = evolve(DEFAULT, deleted=Parting.KEEP)

TABLE: Final[tuple[tuple[str, Act, Policy, Ends], ...]] = (
    ("S30 leaves one: live", leaves_one, LIVE, ON_GOLF),
    ("S30 leaves one: default", leaves_one, DEFAULT, ON_GOLF),
    ("S40 leaves one: nightly", leaves_one, NIGHTLY, ON_BOTH),
    ("S39 leaves one: replace", leaves_one, REPLACE, ON_GOLF),
    ("leaves one: leaving keep", leaves_one, STAYING, ON_BOTH),
    ("S30 leaves both: live", leaves_both, LIVE, ENDED),
    ("S30 leaves both: default", leaves_both, DEFAULT, ENDED),
    ("S40 leaves both: nightly", leaves_both, NIGHTLY, ON_BOTH),
    ("S39 leaves both: replace", leaves_both, REPLACE, OFF),
    ("leaves both: none left keep", leaves_both, NEVER_ENDED, OFF),
    ("S37 disabled in one: live", disabled_in_one, LIVE, ON_GOLF),
    ("S41 disabled in one: nightly", disabled_in_one, NIGHTLY, ON_GOLF),
    ("disabled in one: replace", disabled_in_one, REPLACE, ON_GOLF),
    ("disabled in one: leaving keep", disabled_in_one, STAYING, ON_GOLF),
    ("disabled in both: live", disabled_in_both, LIVE, ENDED),
    ("S41 disabled in both: nightly", disabled_in_both, NIGHTLY, OFF),
    ("disabled in both: replace", disabled_in_both, REPLACE, OFF),
    ("S18 muted in one: live", muted_in_one, LIVE, ON_GOLF),
    ("S18 muted in one: nightly", muted_in_one, NIGHTLY, ON_GOLF),
    ("S32 deleted: live", deleted, LIVE, ENDED),
    ("S32 deleted: default", deleted, DEFAULT, ENDED),
    ("S40 deleted: nightly", deleted, NIGHTLY, ON_BOTH),
    ("deleted: replace", deleted, REPLACE, OFF),
    ("deleted: remove", deleted, REMOVED, OFF),
    ("deleted: keep", deleted, KEPT, ON_BOTH),
    ("S27 stopped: live", stopped, LIVE, ENDED),
    ("S27 stopped: nightly", stopped, NIGHTLY, ENDED),
    ("S27 stopped: replace", stopped, REPLACE, ENDED),
    ("S17 without address: live", loses_address, LIVE, ENDED),
    ("without address: nightly", loses_address, NIGHTLY, ON_BOTH),
    ("without address: replace", loses_address, REPLACE, OFF),
)


@pytest.mark.parametrize(
    ("act", "policy", "ends"),
    [pytest.param(*case[1:], id=case[0]) for case in TABLE],
)
def test_how_somebody_goes(
    chamber: Chamber, act: Act, policy: Policy, ends: Ends
) -> None:
    chamber.world.follow(policy)
    act(chamber)
    assert chamber.world.sync().state == RunState.DONE
    assert chamber.lists_of(ANN) == ends.lists
    assert chamber.world.held(ANN).deleted == ends.ended
    assert chamber.world.sync(everything=True).writes == 0


@pytest.mark.parametrize(
    "policy",
    [NIGHTLY, REPLACE, evolve(DEFAULT, new_address=NewAddress.ADD_NEW)],
    ids=["S42 nightly", "S42 replace", "S42 add new"],
)
def test_a_new_address_joins_all_that_the_old_one_is_on_and_the_old_one_stays(
    chamber: Chamber, policy: Policy
) -> None:
    world, before = chamber.world, chamber.world.held(ANN).provider_id
    world.follow(policy)
    acts.move(chamber.ann, NEW)
    assert world.sync().state == RunState.DONE
    assert chamber.lists_of(NEW) == chamber.lists_of(ANN) == BOTH
    assert world.held(ANN).provider_id == before != world.held(NEW).provider_id
    assert world.sync(everything=True).writes == 0


@pytest.mark.parametrize("policy", [LIVE, DEFAULT], ids=["S29 live", "S29 default"])
def test_a_new_address_is_the_same_contact(chamber: Chamber, policy: Policy) -> None:
    world, before = chamber.world, chamber.world.held(ANN).provider_id
    world.follow(policy)
    acts.move(chamber.ann, NEW)
    assert world.sync().state == RunState.DONE
    assert world.held(NEW).provider_id == before
    assert chamber.lists_of(NEW) == BOTH
    assert world.account.contact(Mailbox(ANN)) is None
    assert world.sync(everything=True).writes == 0


@pytest.mark.parametrize(
    ("policy", "stay"),
    [
        (LIVE, True),
        (NIGHTLY, True),
        (REPLACE, False),
        (evolve(DEFAULT, strangers=Strangers.REMOVE), False),
    ],
    ids=["live", "nightly", "S39 replace", "strangers remove"],
)
def test_strangers_stay_unless_the_policy_removes_them(
    chamber: Chamber, policy: Policy, *, stay: bool
) -> None:
    world = chamber.world
    world.account.hand_add(Mailbox("x@friend.example"), lists=[world.list_id("Board")])
    world.follow(policy)
    world.sync(everything=True)
    assert ("x@friend.example" in world.on("Board")) == stay
    assert not world.held("x@friend.example").deleted
    assert world.sync(everything=True).writes == 0


@pytest.mark.parametrize(
    ("policy", "name"),
    [
        (LIVE, "Annie"),
        (NIGHTLY, "Annie"),
        (REPLACE, "Annie"),
        (evolve(DEFAULT, edited_there=EditedThere.RESTORE), "Ann"),
    ],
    ids=["live", "nightly", "replace", "edited there restore"],
)
def test_a_name_edited_over_there_stays_unless_the_policy_restores_it(
    chamber: Chamber, policy: Policy, name: str
) -> None:
    world = chamber.world
    world.follow(policy)
    world.account.hand_add(Mailbox(ANN), person=Person(first_name="Annie"))
    world.clock.sleep(3600)
    world.sync(everything=True)
    assert world.held(ANN).person.first_name == name
    assert world.sync(everything=True).writes == 0


@pytest.mark.parametrize(
    "policy", [LIVE, NIGHTLY, REPLACE], ids=["live", "nightly", "replace"]
)
def test_who_was_stopped_comes_back_when_the_stop_is_cleared(
    chamber: Chamber, policy: Policy
) -> None:  # S28
    chamber.world.follow(policy)
    acts.stop(chamber.ann)
    chamber.world.sync()
    acts.stop(chamber.ann, value=False)
    chamber.world.sync()
    assert chamber.lists_of(ANN) == BOTH
    assert not chamber.world.held(ANN).deleted


@pytest.mark.parametrize(
    "policy", [LIVE, NIGHTLY, REPLACE], ids=["live", "nightly", "replace"]
)
def test_a_person_who_unsubscribed_is_left_alone_by_every_policy(
    chamber: Chamber, policy: Policy
) -> None:  # S20, S33
    world = chamber.world
    world.follow(policy)
    world.account.unsubscribe(Mailbox(ANN))
    world.pull()
    acts.rename(chamber.ann, first_name="Anna")
    assert world.sync(everything=True).writes == 0
    assert world.held(ANN).unsubscribed
    assert not world.held(ANN).deleted
