"""Something happens at the provider: by the person, or by staff over there."""

from __future__ import annotations

from typing import Final

from tests.prove.scenarios.scenario import Scenario, chamber, in_turn
from tests.prove.scenarios.world import World, box

from rollkeeper.core.guards import Guard
from rollkeeper.core.values import Person

ALL = {"Board": "ann bob cy", "Golf": "ann dee"}


def deleted_there(world: World) -> None:
    chamber(world)
    world.settle()
    world.delete_there("bob")
    world.wait(hours=1)
    world.chamber.request()
    world.chamber.sync()


def a_list_is_lost_there(world: World) -> None:
    world.chamber.account.delete_list(world.there("Golf"))


def unsubscribes_and_joins(world: World) -> None:
    world.unsubscribe("bob")
    world.put("bob", "Golf")


def comes_again(world: World) -> None:
    world.unsubscribe("bob")
    world.delete("bob")
    world.person("bob", "Board", "Golf")


def edited(world: World) -> None:
    world.chamber.account.hand_add(box("bob"), person=Person(first_name="Bobby"))


def left_and_rejoins(world: World) -> None:
    world.leave_there("ann", "Board")
    world.wait(hours=1)
    world.chamber.request()
    world.chamber.sync()
    world.take("ann", "Board")
    world.chamber.sync()
    world.put("ann", "Board")


SCENARIOS: Final = (
    Scenario(
        name="S33 C3 somebody unsubscribes",
        everything=True,
        happens=lambda world: world.unsubscribe("bob"),
        ends={"Board": "ann cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S20 C2 somebody unsubscribes and is put on another list",
        everything=True,
        happens=unsubscribes_and_joins,
        ends={"Board": "ann cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S28 C14 who unsubscribed is not brought back when a stop is cleared",
        begins=in_turn(
            chamber,
            lambda world: world.settle(),
            lambda world: world.stop("bob"),
            lambda world: world.unsubscribe("bob"),
            lambda world: world.settle(),
        ),
        happens=lambda world: world.stop("bob", value=False),
        ends={"Board": "ann cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="I27 C2 who unsubscribed is deleted here and entered again",
        everything=True,
        happens=comes_again,
        ends={"Board": "ann cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="somebody leaves one list over there",
        everything=True,
        happens=lambda world: world.leave_there("ann", "Board"),
        hero="cy",
        ends={"Board": "bob cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="who left one list over there leaves it here and joins it again",
        everything=True,
        happens=left_and_rejoins,
        hero="cy",
        ends={"Board": "bob cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="C9 C10 staff over there put a stranger on a list of ours",
        everything=True,
        happens=lambda world: world.hand_add("stranger", "Board"),
        ends={"Board": "ann bob cy stranger", "Golf": "ann dee"},
    ),
    Scenario(
        name="staff over there put a contact on a list that it joins here",
        everything=True,
        happens=in_turn(
            lambda world: world.hand_add("eve", "Board"),
            lambda world: world.put("eve", "Board"),
        ),
        sends="import",
        hero="eve",
        ends={"Board": "ann bob cy eve", "Golf": "ann dee"},
    ),
    Scenario(
        name="staff over there delete a contact",
        everything=True,
        happens=lambda world: world.delete_there("bob"),
        ends={"Board": "ann cy", "Golf": "ann dee"},
        ended="bob",
        held={Guard.DELETED_OVER_THERE},
    ),
    Scenario(
        name="one deleted over there is let go",
        begins=deleted_there,
        everything=True,
        happens=lambda world: world.discard(),
        ends={"Board": "ann cy", "Golf": "ann dee"},
        ended="bob",
    ),
    Scenario(
        name="one deleted over there is added again",
        begins=deleted_there,
        happens=lambda world: world.approve(),
        sends="import",
        ends=ALL,
    ),
    Scenario(
        name="C25 staff over there change a name",
        everything=True,
        happens=edited,
        ends=ALL,
    ),
    Scenario(
        name="staff over there delete a list of ours",
        everything=True,
        happens=a_list_is_lost_there,
        sends="create_list join",
        hero="ann",
        ends=ALL,
    ),
)
