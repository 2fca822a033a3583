"""What a scenario is: how it begins, what happens, what must be the case in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from attrs import field, frozen
from tests.prove.scenarios.world import World

from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import LIVE, Policy

Told: TypeAlias = Callable[[World], None]


def chamber(world: World) -> None:
    """Ann, Bob and Cy on Board, Ann and Dee on Golf; Eve is on nothing."""
    world.person("eve")
    world.a_list("Board", "ann", "bob", "cy")
    world.a_list("Golf", "ann", "dee")


def nothing(_: World) -> None:
    """Begin with an empty directory."""


def in_turn(*acts: Told) -> Told:
    """Return what does one after the other."""

    def told(world: World) -> None:
        for act in acts:
            act(world)

    return told


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _guards(guards: Iterable[Guard]) -> frozenset[Guard]:
    return frozenset(guards)


@frozen(kw_only=True, eq=False)
class Scenario:
    name: str
    """In words; the numbers are those of BEHAVIOUR (S) and COMPLAINTS (C)."""
    happens: Told
    ends: Mapping[str, str]
    """Who is on each provider list in the end; those not named must not exist."""
    sends: frozenset[str] = field(default="", converter=_names)
    """The kinds of writing calls of the run, undisturbed."""
    ended: frozenset[str] = field(default="", converter=_names)
    """Whose contact over there is deleted in the end."""
    held: frozenset[Guard] = field(default=(), converter=_guards)
    """What waits for a person in the end."""
    hero: str = "ann"
    """Who may refuse in the midst of it all."""
    begins: Told = chamber
    policy: Policy = LIVE
    first: bool = False
    """Is the run the first one of all?"""
    everything: bool = False
    """Does the run compare everything, as every night?"""
    lists_per_contact: int = 50
    refused: frozenset[str] = field(default="", converter=_names)
    """Whom the provider takes under no circumstances."""


def crowd(count: int = 40) -> Iterable[str]:
    return [f"p{number:02}" for number in range(count)]


def crowded(world: World) -> None:
    """Forty people on News and on Events: five may come off a list within a day."""
    world.a_list("News", *crowd())
    world.a_list("Events", *crowd())
