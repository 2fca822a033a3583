"""Somebody leaves a list, the directory, or may not be contacted any more."""

from __future__ import annotations

from typing import Final

from attrs import evolve
from tests.prove.scenarios.scenario import Scenario, chamber, in_turn
from tests.prove.scenarios.world import World, box

from rollkeeper.core.policy import LIVE, NIGHTLY, REPLACE, NoneLeft

ALL = {"Board": "ann bob cy", "Golf": "ann dee"}


def with_friends(world: World) -> None:
    chamber(world)
    world.hand_add("bob", "Their own")


def sharing(world: World) -> None:
    chamber(world)
    world.person("al", "Board", mailbox=box("bob"))


def with_a_stranger(world: World) -> None:
    chamber(world)
    world.hand_add("stranger", "Board")


def a_roster_is_filled_anew(world: World) -> None:
    for name in ("ann", "bob", "cy"):
        world.take(name, "Board")
        world.put(name, "Board")


def golf_ends_nobody(world: World) -> None:
    world.follow(evolve(LIVE, none_left=NoneLeft.KEEP), "Golf")


SCENARIOS: Final = (
    Scenario(
        name="S30 C13 somebody leaves one of two lists",
        happens=lambda world: world.take("ann", "Board"),
        sends="leave",
        ends={"Board": "bob cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S30 somebody leaves the last list",
        happens=lambda world: world.take("bob", "Board"),
        sends="delete",
        hero="bob",
        ends={"Board": "ann cy", "Golf": "ann dee"},
        ended="bob",
    ),
    Scenario(
        name="S30 somebody leaves both lists, of which only one ends who is on no more",
        happens=in_turn(
            golf_ends_nobody, lambda world: world.take("ann", "Board", "Golf")
        ),
        sends="leave",
        hero="cy",
        ends={"Board": "bob cy", "Golf": "dee"},
    ),
    Scenario(
        name="S30 C10 somebody leaves the last list but one of theirs",
        begins=with_friends,
        happens=lambda world: world.take("bob", "Board"),
        sends="leave",
        ends={"Board": "ann cy", "Golf": "ann dee", "Their own": "bob"},
    ),
    Scenario(
        name="S40 somebody leaves a list that is kept by night",
        policy=NIGHTLY,
        happens=lambda world: world.take("ann", "Board"),
        ends=ALL,
    ),
    Scenario(
        name="S39 somebody leaves the last list of those that are replaced",
        policy=REPLACE,
        happens=lambda world: world.take("bob", "Board"),
        sends="leave",
        hero="bob",
        ends={"Board": "ann cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S41 somebody is disabled in a list, by night",
        policy=NIGHTLY,
        happens=lambda world: world.put("bob", "Board", disabled=True),
        sends="leave",
        hero="bob",
        ends={"Board": "ann cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S18 somebody gets no mass e-mails in a list",
        happens=lambda world: world.put("ann", "Board", no_mass_email=True),
        sends="leave",
        ends={"Board": "bob cy", "Golf": "ann dee"},
    ),
    Scenario(
        name="S27 somebody must not be contacted",
        happens=lambda world: world.stop("ann"),
        sends="delete",
        hero="cy",
        ends={"Board": "bob cy", "Golf": "dee"},
        ended="ann",
    ),
    Scenario(
        name="S27 somebody on a list of theirs must not be contacted",
        begins=with_friends,
        happens=lambda world: world.stop("bob"),
        sends="delete",
        ends={"Board": "ann cy", "Golf": "ann dee", "Their own": ""},
        ended="bob",
    ),
    Scenario(
        name="S32 a contact is deleted",
        happens=lambda world: world.delete("ann"),
        sends="delete",
        hero="cy",
        ends={"Board": "bob cy", "Golf": "dee"},
        ended="ann",
    ),
    Scenario(
        name="S40 a contact is deleted, by night",
        policy=NIGHTLY,
        happens=lambda world: world.delete("ann"),
        hero="cy",
        ends=ALL,
    ),
    Scenario(
        name="S30 C11 one of two who share a mailbox leaves",
        begins=sharing,
        happens=lambda world: world.take("al", "Board"),
        sends="rewrite",
        ends=ALL,
    ),
    Scenario(
        name="S31 a list is deleted",
        happens=lambda world: world.delete_list("Board"),
        sends="leave delete delete_list",
        ends={"Golf": "ann dee"},
        ended="bob cy",
    ),
    Scenario(
        name="S31 a list with a stranger on it is deleted",
        begins=with_a_stranger,
        happens=lambda world: world.delete_list("Board"),
        sends="leave delete",
        ends={"Board": "stranger", "Golf": "ann dee"},
        ended="bob cy",
    ),
    Scenario(
        name="S44 a list is switched off, and people leave it",
        happens=in_turn(
            lambda world: world.switch("Board", on=False),
            lambda world: world.take("ann", "Board"),
        ),
        hero="dee",
        ends=ALL,
    ),
    Scenario(
        name="S36 a stranger is taken off a list that is replaced",
        begins=with_a_stranger,
        policy=REPLACE,
        everything=True,
        happens=lambda world: world.hand_add("friend", "Board"),
        sends="leave",
        ends=ALL,
    ),
    Scenario(
        name="S35 I5 C21 a roster is filled anew with the same people",
        happens=a_roster_is_filled_anew,
        ends=ALL,
    ),
)
