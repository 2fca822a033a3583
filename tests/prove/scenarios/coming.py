"""Somebody is put on a list, comes back, or is told of otherwise."""

from __future__ import annotations

from typing import Final

from tests.prove.scenarios.scenario import Scenario, in_turn, nothing
from tests.prove.scenarios.world import LONG, World, box


def all_at_once(world: World) -> None:
    world.a_list("Board", "ann", "bob", "cy")
    world.a_list("Golf", "ann", "dee", LONG)


def some_who_refused_before(world: World) -> None:
    for name in ("ann", "bob"):
        world.hand_add(name, "Board")
        world.unsubscribe(name)
    world.a_list("Board", "ann", "bob", "cy")


def friends_on_a_list_of_ours(world: World) -> None:
    world.hand_add("stranger", "board ")
    world.hand_add("bob", "board ")
    world.a_list("Board", "ann", "bob")


def invalid_and_valid(world: World) -> None:
    world.person("nobody", "Board", mailbox=None)
    world.put("eve", "Board")


def one_whom_the_provider_refuses(world: World) -> None:
    world.a_list("Dues", "ann", "bob", "cy", "bad")


def shares_her_mailbox(world: World) -> None:
    world.person("al", "Golf", mailbox=box("bob"))


def stopped_and_gone(world: World) -> None:
    stopped(world)
    world.settle()


def stopped(world: World) -> None:
    world.a_list("Board", "ann", "bob", "cy")
    world.settle()
    world.stop("ann")


def off_for_a_while(world: World) -> None:
    world.a_list("Board", "ann", "bob", "cy")
    world.settle()
    world.take("ann", "Board")
    world.settle()


def with_a_company(world: World) -> None:
    world.a_list("Board", "ann", "bob")
    world.tell("ann", company="Old & Sons")


def too_many_lists(world: World) -> None:
    world.a_list("Dues", "ann", "bob")
    world.put("dee", "Dues")


SCENARIOS: Final = (
    Scenario(
        name="S3 C19 the first sync pushes every list as it stands",
        begins=nothing,
        first=True,
        happens=all_at_once,
        sends="create_list import create",
        ends={"Board": "ann bob cy", "Golf": f"ann dee {LONG}"},
    ),
    Scenario(
        name="S20 C2 who had unsubscribed is not subscribed again by a first sync",
        begins=nothing,
        first=True,
        happens=some_who_refused_before,
        sends="import",
        hero="cy",
        ends={"Board": "cy"},
    ),
    Scenario(
        name="S38 C9 a list of that name that has people is asked about",
        begins=nothing,
        first=True,
        happens=friends_on_a_list_of_ours,
        ends={"board ": "bob stranger"},
    ),
    Scenario(
        name="S38 C9 C10 a list of that name is taken over with the strangers on it",
        begins=friends_on_a_list_of_ours,
        happens=lambda world: world.person("eve", "Board"),
        sends="import",
        ends={"board ": "ann bob eve stranger"},
    ),
    Scenario(
        name="S24 a new list is made and filled",
        happens=lambda world: world.a_list("Dues", "bob", "eve"),
        sends="create_list import",
        hero="bob",
        ends={"Board": "ann bob cy", "Golf": "ann dee", "Dues": "bob eve"},
    ),
    Scenario(
        name="S8 a list is switched off and on again",
        begins=lambda world: world.a_list("Board", "ann", "bob"),
        happens=in_turn(
            lambda world: world.switch("Board", on=False),
            lambda world: world.person("eve", "Board"),
            lambda world: world.switch("Board", on=True),
        ),
        sends="import",
        ends={"Board": "ann bob eve"},
    ),
    Scenario(
        name="S25 somebody joins a list",
        happens=lambda world: world.put("eve", "Board"),
        sends="import",
        hero="eve",
        ends={"Board": "ann bob cy eve", "Golf": "ann dee"},
    ),
    Scenario(
        name="S25 somebody joins another list",
        happens=lambda world: world.put("bob", "Golf"),
        sends="join",
        hero="bob",
        ends={"Board": "ann bob cy", "Golf": "ann bob dee"},
    ),
    Scenario(
        name="S26 somebody who must not be contacted joins",
        happens=in_turn(
            lambda world: world.stop("eve"), lambda world: world.put("eve", "Board")
        ),
        ends={"Board": "ann bob cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S19 C7 who has no valid address does not stop the others",
        happens=invalid_and_valid,
        sends="import",
        hero="eve",
        ends={"Board": "ann bob cy eve", "Golf": "ann dee"},
    ),
    Scenario(
        name="C7 C8 C23 one whom the provider refuses does not stop the others",
        happens=one_whom_the_provider_refuses,
        refused="bad",
        sends="create_list import",
        ends={"Board": "ann bob cy", "Golf": "ann dee", "Dues": "ann bob cy"},
    ),
    Scenario(
        name="S25 an address too long to be imported joins",
        happens=lambda world: world.person(LONG, "Board"),
        sends="create",
        hero=LONG,
        ends={"Board": f"ann bob cy {LONG}", "Golf": "ann dee"},
    ),
    Scenario(
        name="S8 C16 a contact is on more lists than the provider takes",
        happens=too_many_lists,
        lists_per_contact=2,
        sends="create_list join",
        hero="bob",
        ends={"Board": "ann bob cy", "Golf": "ann dee", "Dues": "bob dee"},
    ),
    Scenario(
        name="C11 a second contact with the same mailbox joins another list",
        happens=shares_her_mailbox,
        sends="import",
        hero="bob",
        ends={"Board": "ann bob cy", "Golf": "ann bob dee"},
    ),
    Scenario(
        name="S28 a stop is cleared",
        begins=stopped_and_gone,
        happens=lambda world: world.stop("ann", value=False),
        sends="import",
        ends={"Board": "ann bob cy"},
    ),
    Scenario(
        name="C14 somebody taken off is put on again",
        begins=off_for_a_while,
        happens=lambda world: world.put("ann", "Board"),
        sends="import",
        ends={"Board": "ann bob cy"},
    ),
    Scenario(
        name="S29 somebody has another name",
        happens=lambda world: world.tell("ann", first_name="Anna"),
        sends="rewrite",
        ends={"Board": "ann bob cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="C25 a company is emptied",
        begins=with_a_company,
        happens=lambda world: world.tell("ann", company=""),
        sends="rewrite",
        ends={"Board": "ann bob"},
    ),
)
