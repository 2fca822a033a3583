"""Random worlds whose views overlap: few mailboxes, three worn copies of one truth."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from tests.core.pretend import World

from rollkeeper.core.policy import (
    LIVE,
    Leaving,
    NewAddress,
    NoneLeft,
    Policy,
    Strangers,
)
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    Mailbox,
    Person,
    ProviderContactId,
)
from rollkeeper.core.views import Desired, Observed, Permission, Stop, Synced

MAILBOXES = tuple(Mailbox(f"{name}@members.example") for name in "pqrs")
UNHEARD_OF = Mailbox("t@members.example")
KEPT = tuple(map(AudienceId, (1, 2, 3)))
UNKEPT = AudienceId(9)

audiences = st.frozensets(st.sampled_from(KEPT))
people = st.builds(
    Person,
    first_name=st.sampled_from(["", "Given"]),
    last_name=st.sampled_from(["", "Family", "Changed"]),
    company=st.sampled_from(["", "Works"]),
)
some_policies = st.fixed_dictionaries(
    {
        audience: st.builds(
            Policy,
            leaving=st.sampled_from(Leaving),
            none_left=st.sampled_from(NoneLeft),
            new_address=st.sampled_from(NewAddress),
            strangers=st.sampled_from(Strangers),
        )
        for audience in KEPT
    }
)
live_policies = st.just(dict.fromkeys(KEPT, LIVE))


@st.composite
def worlds(
    draw: DrawFn,
    policies: SearchStrategy[dict[AudienceId, Policy]] = live_policies,
    mailboxes: Sequence[Mailbox] = MAILBOXES,
) -> World:
    world = World(policies=draw(policies))
    for number, mailbox in enumerate(mailboxes):
        _populate(draw, world, mailbox, ContactId(number))
    if draw(st.booleans()):
        _move(draw, world, mailboxes)
    return world


def _populate(draw: DrawFn, world: World, mailbox: Mailbox, contact: ContactId) -> None:
    on, person = draw(audiences), draw(people)
    if draw(st.integers(0, 5)):
        world.desired[mailbox] = _desired(draw, on, person, contact)
    if draw(st.integers(0, 3)):
        world.observed[mailbox] = _observed(draw, on, person, mailbox)
        if draw(st.integers(0, 3)):
            world.synced[mailbox] = _synced(draw, on, person, contact)


def _desired(
    draw: DrawFn, on: frozenset[AudienceId], person: Person, contact: ContactId
) -> Desired:
    stop = draw(st.sampled_from([None, None, None, None, *Stop]))
    wanted = frozenset() if stop else _worn(draw, on)
    return Desired(
        audiences=wanted,
        person=draw(st.just(person) | people),
        carried_by=contact if wanted else None,
        stop=stop,
    )


def _observed(
    draw: DrawFn, on: frozenset[AudienceId], person: Person, mailbox: Mailbox
) -> Observed:
    permission = draw(st.sampled_from([Permission.MAILABLE] * 3 + list(Permission)))
    gone = permission in (Permission.UNSUBSCRIBED, Permission.DELETED)
    unkept = draw(st.sampled_from([frozenset(), frozenset(), frozenset({UNKEPT})]))
    return Observed(
        provider_id=ProviderContactId(f"id of {mailbox}"),
        permission=permission,
        audiences=frozenset() if gone else _worn(draw, on) | unkept,
        elsewhere=not gone and draw(st.booleans()),
        person=draw(st.just(person) | people),
    )


def _synced(
    draw: DrawFn, on: frozenset[AudienceId], person: Person, contact: ContactId
) -> Synced:
    return Synced(
        audiences=_worn(draw, on),
        person=draw(st.just(person) | people),
        carried_by=draw(st.sampled_from([contact, contact, ContactId(99)])),
        disabled=draw(st.integers(0, 4)) == 0,
    )


def _worn(draw: DrawFn, on: frozenset[AudienceId]) -> frozenset[AudienceId]:
    """A copy, perhaps with one audience more or less."""
    return on ^ draw(
        st.just(frozenset()) | st.frozensets(st.sampled_from(KEPT), max_size=1)
    )


def _move(draw: DrawFn, world: World, mailboxes: Sequence[Mailbox]) -> None:
    """One contact now has another address, perhaps one that is known already."""
    old = draw(st.sampled_from(mailboxes))
    new = draw(st.sampled_from([*mailboxes, *[UNHEARD_OF] * len(mailboxes)]))
    if old == new or old not in world.desired:
        return
    wanted = world.desired.pop(old)
    world.desired[new] = wanted
    if old in world.synced and draw(st.integers(0, 3)):
        agreed, seen = world.synced[old], world.observed[old]
        world.synced[old] = evolve(agreed, carried_by=wanted.carried_by)
        permission = draw(st.sampled_from(Permission))
        gone = permission in (Permission.UNSUBSCRIBED, Permission.DELETED)
        there = frozenset[AudienceId]() if gone else seen.audiences
        world.observed[old] = evolve(
            seen,
            permission=permission,
            audiences=there,
            elsewhere=seen.elsewhere and not gone,
        )
