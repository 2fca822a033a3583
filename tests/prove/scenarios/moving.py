"""Addresses change, are swapped, shared and given up; people are merged and split."""

from __future__ import annotations

from typing import Final

from attrs import evolve
from tests.prove.scenarios.scenario import Scenario, chamber
from tests.prove.scenarios.world import LONG, World, box

from rollkeeper.core.policy import LIVE, NIGHTLY, NewAddress

ADDING: Final = evolve(LIVE, new_address=NewAddress.ADD_NEW)


def known_over_there(world: World) -> None:
    chamber(world)
    world.hand_add("new", "Their own")


def refused_over_there(world: World) -> None:
    chamber(world)
    world.hand_add("new")
    world.unsubscribe("new")


def swap(world: World) -> None:
    world.move("bob", "dee")
    world.move("dee", "bob")


def chain(world: World) -> None:
    world.move("bob", "new")
    world.move("cy", "bob")


def merge(world: World) -> None:
    world.put("bob", "Golf")
    world.delete("dee")


def sharing(world: World) -> None:
    chamber(world)
    world.person("al", "Golf", mailbox=box("bob"))


def kept_old_address(world: World) -> None:
    chamber(world)
    world.settle(ADDING)
    world.move("bob", "new")
    world.settle(ADDING)


def without_an_address(world: World) -> None:
    chamber(world)
    world.settle()
    world.move("bob", None)
    world.settle()


def refused_and_moved(world: World) -> None:
    world.unsubscribe("bob")
    world.move("bob", "new")


SCENARIOS: Final = (
    Scenario(
        name="S29 C4 an address changes",
        happens=lambda world: world.move("bob", "new"),
        sends="rewrite",
        hero="bob",
        ends={"Board": "ann cy new", "Golf": "ann dee"},
    ),
    Scenario(
        name="S29 an address becomes too long to be imported",
        happens=lambda world: world.move("bob", LONG),
        sends="rewrite",
        hero="bob",
        ends={"Board": f"ann cy {LONG}", "Golf": "ann dee"},
    ),
    Scenario(
        name="S29 C4 an address changes to one that is known over there",
        begins=known_over_there,
        happens=lambda world: world.move("bob", "new"),
        sends="import delete",
        ends={"Board": "ann cy new", "Golf": "ann dee", "Their own": "new"},
        ended="bob",
    ),
    Scenario(
        name="S20 C2 an address changes to one that unsubscribed",
        begins=refused_over_there,
        happens=lambda world: world.move("bob", "new"),
        sends="delete",
        ends={"Board": "ann cy", "Golf": "ann dee"},
        ended="bob",
    ),
    Scenario(
        name="S29 an address changes to that of somebody else",
        happens=lambda world: world.move("bob", "ann"),
        sends="rewrite delete",
        hero="cy",
        ends={"Board": "ann cy", "Golf": "ann dee"},
        ended="bob",
    ),
    Scenario(
        name="S29 two people swap addresses",
        happens=swap,
        sends="import leave",
        hero="cy",
        ends={"Board": "ann cy dee", "Golf": "ann bob"},
    ),
    Scenario(
        name="S29 one takes over the address that another gives up",
        happens=chain,
        sends="import rewrite delete",
        hero="ann",
        ends={"Board": "ann bob new", "Golf": "ann dee"},
        ended="cy",
    ),
    Scenario(
        name="S42 by night a new address joins and the old one stays",
        policy=NIGHTLY,
        happens=lambda world: world.move("bob", "new"),
        sends="import",
        ends={"Board": "ann bob cy new", "Golf": "ann dee"},
    ),
    Scenario(
        name="S27 S42 do not contact reaches an old address that was kept",
        begins=kept_old_address,
        policy=ADDING,
        happens=lambda world: world.stop("bob"),
        sends="delete",
        ends={"Board": "ann cy", "Golf": "ann dee"},
        ended="bob new",
    ),
    Scenario(
        name="S32 two contacts are merged",
        happens=merge,
        sends="join delete",
        hero="bob",
        ends={"Board": "ann bob cy", "Golf": "ann bob"},
        ended="dee",
    ),
    Scenario(
        name="C11 C12 a contact with a shared mailbox gets one of its own",
        begins=sharing,
        happens=lambda world: world.move("al", "new"),
        sends="import leave rewrite",
        hero="cy",
        ends={"Board": "ann bob cy", "Golf": "ann dee new"},
    ),
    Scenario(
        name="S17 an address is cleared",
        happens=lambda world: world.move("bob", None),
        sends="delete",
        ends={"Board": "ann cy", "Golf": "ann dee"},
        ended="bob",
    ),
    Scenario(
        name="S17 S28 C14 a cleared address is given back",
        begins=without_an_address,
        happens=lambda world: world.move("bob", "bob"),
        sends="import",
        hero="bob",
        ends={"Board": "ann bob cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S33 I27 C4 who unsubscribed changes the address",
        happens=refused_and_moved,
        everything=True,
        ends={"Board": "ann cy", "Golf": "ann dee"},
    ),
)
