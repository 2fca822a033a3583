"""Correct but frightening, or simply wrong: what must wait for a person.

The public incidents among them: lists wiped by an empty group or the wrong filter, an
empty source, thousands subscribed again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import evolve
from tests.prove.scenarios.scenario import Scenario, crowd, crowded, nothing
from tests.prove.scenarios.world import World

from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import DEFAULT, NIGHTLY, Leaving

ALL: Final = " ".join(crowd())
BOTH: Final = {"News": ALL, "Events": ALL}
LATER: Final = " ".join(list(crowd())[20:])


def each(*names: str) -> str:
    return " ".join(sorted(names))


def all_lose(its_list: str, count: int = 40) -> Callable[[World], None]:
    def happens(world: World) -> None:
        for name in crowd(count):
            world.take(name, its_list)

    return happens


def source_is_empty(world: World) -> None:
    for name in crowd():
        world.delete(name)


def half_gone(world: World) -> None:
    """Twenty of forty went, and that waits."""
    crowded(world)
    world.settle()
    all_lose("News", 20)(world)
    world.chamber.sync()


def come_back_and_are_approved(world: World) -> None:
    world.put("p00", "News")
    world.put("p01", "News")
    world.approve()


def emptied_there(world: World) -> None:
    for name in crowd():
        world.leave_there(name, "News")


def many_stopped(world: World) -> None:
    for name in crowd(4):
        world.stop(name)


def with_companies(world: World) -> None:
    for name in crowd():
        world.person(name)
    world.a_list("News", *crowd())
    for name in crowd():
        world.tell(name, company="Acme")


def companies_are_lost(world: World) -> None:
    for name in crowd():
        world.tell(name, company="")


def many_join(world: World) -> None:
    for name in [f"q{number:02}" for number in range(51)]:
        world.person(name, "News")


def resubscribed_by_thousands(world: World) -> None:
    for name in crowd():
        world.hand_add(name, "News")
        world.unsubscribe(name)
    world.a_list("News", *crowd(), "ann")


def left_but_kept(world: World) -> None:
    crowded(world)
    world.settle(NIGHTLY)
    all_lose("News", 3)(world)
    world.chamber.sync()


SCENARIOS: Final = (
    Scenario(
        name="C1 every place on a list is lost",
        begins=crowded,
        happens=all_lose("News"),
        hero="p00",
        ends=BOTH,
        held={Guard.EMPTIED_LIST},
    ),
    Scenario(
        name="C1 the source is empty: everybody is deleted",
        begins=crowded,
        happens=source_is_empty,
        hero="",
        ends=BOTH,
        held={Guard.EMPTIED_LIST},
    ),
    Scenario(
        name="C1 the wrong filter: half of a list goes",
        begins=crowded,
        happens=all_lose("News", 20),
        hero="p30",
        ends=BOTH,
        held={Guard.REMOVALS_OF_LIST},
    ),
    Scenario(
        name="C1 half of a list goes, and a person approves",
        begins=half_gone,
        happens=lambda world: world.approve(),
        sends="leave",
        hero="p30",
        ends={"News": LATER, "Events": ALL},
    ),
    Scenario(
        name="C1 half of a list goes, and a person discards",
        begins=half_gone,
        everything=True,
        happens=lambda world: world.discard(),
        hero="p30",
        ends=BOTH,
    ),
    Scenario(
        name="I25 some come back before what was held is approved",
        begins=half_gone,
        happens=come_back_and_are_approved,
        sends="leave",
        hero="p30",
        ends={"News": f"p00 p01 {LATER}", "Events": ALL},
    ),
    Scenario(
        name="C1 a list is emptied over there",
        begins=crowded,
        everything=True,
        happens=emptied_there,
        hero="p00",
        ends={"News": "", "Events": ALL},
        held={Guard.LEFT_AT_ONCE},
    ),
    Scenario(
        name="C2 of thousands who unsubscribed none is subscribed again",
        begins=nothing,
        first=True,
        happens=resubscribed_by_thousands,
        sends="import",
        ends={"News": "ann"},
    ),
    Scenario(
        name="S27 more are stopped than may be ended in a day",
        begins=crowded,
        happens=many_stopped,
        sends="leave",
        hero="p30",
        ends={name: " ".join(list(crowd())[4:]) for name in BOTH},
        held={Guard.ENDINGS},
    ),
    Scenario(
        name="C25 a field is emptied for everybody",
        begins=with_companies,
        happens=companies_are_lost,
        hero="p30",
        ends={"News": ALL},
        held={Guard.EMPTIED_FIELDS},
    ),
    Scenario(
        name="more join a list than may in a day",
        begins=crowded,
        happens=many_join,
        hero="p30",
        ends=BOTH,
        held={Guard.ADDS_OF_LIST},
    ),
    Scenario(
        name="S31 a list is deleted, and a person must say what becomes of it",
        begins=crowded,
        policy=DEFAULT,
        happens=lambda world: world.delete_list("News"),
        hero="p30",
        ends=BOTH,
        held={Guard.LIST_DELETED},
    ),
    Scenario(
        name="a policy is changed, and a person must say if people go by it",
        begins=left_but_kept,
        policy=NIGHTLY,
        happens=lambda world: world.set_policy(
            "News", evolve(NIGHTLY, leaving=Leaving.REMOVE)
        ),
        everything=True,
        hero="p30",
        ends=BOTH,
        held={Guard.RULE_CHANGED},
    ),
)
