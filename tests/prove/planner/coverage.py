"""What a full run must have met: changes, interruptions, policies, guards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final, get_type_hints

from attrs import fields
from tests.prove.level import Cell
from tests.prove.planner.happenings import HAPPENINGS
from tests.prove.planner.world import World

from rollkeeper.core.changes import Cause, Change, Readdress
from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import Policy
from rollkeeper.core.values import Mailbox
from rollkeeper.core.views import Permission

NOT_PLANNED_BY: Final = ("when", "namesake")
"""Fields of a policy that the planner does not read."""

UNKNOWN: Final = "unknown"
ACTIVE: Final = tuple(
    map(str, (Permission.MAILABLE, Permission.PENDING, Permission.ON_HOLD))
)
ABSENT: Final = (UNKNOWN, str(Permission.DELETED))

_CAUSES: Final = (
    ("add", (Cause.JOINED,), (*ACTIVE, *ABSENT)),
    ("add", (Cause.BACK_AGAIN,), (str(Permission.DELETED),)),
    ("update", (Cause.FIELDS_CHANGED, Cause.EDITED_OVER_THERE), ACTIVE),
    ("readdress", (Cause.ADDRESS_CHANGED,), (UNKNOWN,)),
    (
        "remove",
        (
            Cause.NOT_WANTED,
            Cause.DELETED_HERE,
            Cause.ADDRESS_CHANGED,
            Cause.NO_MASS_EMAILS,
        ),
        ACTIVE,
    ),
    ("disable", (Cause.DO_NOT_CONTACT, Cause.NO_LIST_LEFT), ACTIVE),
    ("agree", (Cause.ALREADY_TRUE,), (*ACTIVE, "unsubscribed", "deleted")),
    ("left", (Cause.LEFT_OVER_THERE,), ACTIVE),
    ("hold", (Cause.DELETED_OVER_THERE,), ABSENT),
    ("hold", (Cause.READDRESSED_OVER_THERE,), (UNKNOWN,)),
)
"""Kinds of change, why they are made, and of what contacts."""

_FATES: Final = (
    ("add", ("made", "made in part", "cut off"), (*ACTIVE, *ABSENT)),
    ("update", ("made", "cut off"), ACTIVE),
    ("readdress", ("made", "cut off"), (UNKNOWN,)),
    ("remove", ("made", "made in part", "cut off"), ACTIVE),
    ("disable", ("made", "cut off"), ACTIVE),
    ("left", ("made", "cut off"), ACTIVE),
)
"""How calls fare in a pass that is interrupted; a `Left` may wait for a person."""

_OF_LISTS: Final = ("add", "update", "remove", "disable", "agree", "left", "hold")

_BY_SOURCE: Final = (Guard.SOURCE_FELL, Guard.SOURCE_EMPTY)
"""They look at files, not at plans."""

EXPECTED: Final[frozenset[Cell]] = frozenset(
    {
        *(
            (kind, str(how), state)
            for kind, hows, states in (*_CAUSES, *_FATES)
            for how, state in product(hows, states)
        ),
        *(
            (kind, name, str(value))
            for kind in _OF_LISTS
            for name, values in get_type_hints(Policy).items()
            if name not in NOT_PLANNED_BY
            for value in values
        ),
        *(("happened", each.__name__) for each in HAPPENINGS),
        *(("held", str(each)) for each in Guard if each not in _BY_SOURCE),
    }
)


def kind_of(change: Change) -> str:
    return type(change).__name__.lower()


def state_of(world: World, mailbox: Mailbox) -> str:
    seen = world.observed.get(mailbox)
    return str(seen.permission) if seen else UNKNOWN


def cells_of(world: World, changes: Sequence[Change]) -> Iterator[Cell]:
    """Yield what was planned, for whom, and under which policies."""
    for change in changes:
        kind = kind_of(change)
        yield kind, str(change.cause), state_of(world, change.mailbox)
        if not isinstance(change, Readdress):
            for audience in change.audiences:
                if policy := world.policies.get(audience):
                    yield from _ruled(kind, policy)
    for happened in world.happened:
        yield "happened", happened


def _ruled(kind: str, policy: Policy) -> Sequence[Cell]:
    cells = _RULED.get((kind, policy))
    if cells is None:
        cells = _RULED[kind, policy] = tuple(
            (kind, field.name, str(getattr(policy, field.name)))
            for field in fields(Policy)
            if field.name not in NOT_PLANNED_BY
        )
    return cells


_RULED: dict[tuple[str, Policy], Sequence[Cell]] = {}


def fates_of(
    world: World, changes: Sequence[Change], made: Sequence[Change]
) -> Iterator[Cell]:
    """Yield how each of *changes* fared when only these parts were *made*."""
    parts = {(type(one), one.mailbox, getattr(one, "audiences", None)) for one in made}
    touched = {(type(one), one.mailbox) for one in made}
    for change in changes:
        kind = kind_of(change)
        if kind in ("agree", "hold"):
            continue
        whole = (type(change), change.mailbox, getattr(change, "audiences", None))
        fate = "made in part"
        if (type(change), change.mailbox) not in touched:
            fate = "cut off"
        elif whole in parts:
            fate = "made"
        yield kind, fate, state_of(world, change.mailbox)
