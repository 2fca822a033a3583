"""Random worlds whose views overlap: few mailboxes, three worn copies of one truth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from tests.core.pretend import World

from rollkeeper.core.policy import (
    LIVE,
    EditedThere,
    Leaving,
    ListDeleted,
    NewAddress,
    NoneLeft,
    Parting,
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
from rollkeeper.core.views import Desired, Gone, Observed, Permission, Stop, Synced

MAILBOXES = tuple(Mailbox(f"{name}@members.example") for name in "pqrs")
UNHEARD_OF = Mailbox("t@members.example")
KEPT = tuple(map(AudienceId, (1, 2, 3)))
UNKEPT = AudienceId(9)

PEOPLE = tuple(
    Person(first_name=first, last_name=last, company=company)
    for first in ("", "Given")
    for last in ("", "Family", "Changed")
    for company in ("", "Works")
)
NONE: frozenset[AudienceId] = frozenset()
SOME = tuple(frozenset(some) for size in (1, 2, 3) for some in combinations(KEPT, size))

# Sampled from what is made already: drawing is what the laws spend their time on.
audiences = st.sampled_from(SOME)
wear = st.sampled_from([*[NONE] * len(SOME), *SOME])
people = st.sampled_from(PEOPLE)
others = st.sampled_from([*[None] * len(PEOPLE), *PEOPLE])
stops = st.sampled_from([*[None] * 6, *Stop])
permissions = st.sampled_from([Permission.MAILABLE] * 2 + list(Permission))
unkept = st.sampled_from([NONE, NONE, frozenset({UNKEPT})])
mostly = st.sampled_from([True, True, True, True, False])
halves = st.booleans()
fates = st.sampled_from([None, *Gone])
some_policies = st.fixed_dictionaries(
    {
        audience: st.builds(
            Policy,
            leaving=st.sampled_from(Leaving),
            none_left=st.sampled_from(NoneLeft),
            deleted=st.sampled_from(Parting),
            new_address=st.sampled_from(NewAddress),
            list_deleted=st.sampled_from(ListDeleted),
            strangers=st.sampled_from(Strangers),
            edited_there=st.sampled_from(EditedThere),
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
    carried = sorted(world.synced.keys() & world.desired.keys())
    if draw(mostly) and carried:
        _move(draw, world, draw(st.sampled_from(carried)))
    return world


def _populate(draw: DrawFn, world: World, mailbox: Mailbox, contact: ContactId) -> None:
    on, person = draw(audiences), draw(people)
    if draw(mostly):
        world.desired[mailbox] = _desired(draw, on, person, contact)
    if draw(mostly):
        world.observed[mailbox] = _observed(draw, on, person, mailbox)
        if draw(mostly):
            world.synced[mailbox] = _synced(
                draw, on, person, contact, world.observed[mailbox]
            )
    if mailbox not in world.desired and (fate := draw(fates)):
        world.gone[mailbox] = fate


def _desired(
    draw: DrawFn, on: frozenset[AudienceId], person: Person, contact: ContactId
) -> Desired:
    stop = draw(stops)
    wanted = NONE if stop else _worn(draw, on)
    return Desired(
        audiences=wanted,
        person=draw(others) or person,
        carried_by=contact if wanted else None,
        stop=stop,
        off=NONE if stop else draw(wear) - wanted,
    )


def _observed(
    draw: DrawFn, on: frozenset[AudienceId], person: Person, mailbox: Mailbox
) -> Observed:
    permission = draw(permissions)
    gone = permission in (Permission.UNSUBSCRIBED, Permission.DELETED)
    return Observed(
        provider_id=ProviderContactId(f"id of {mailbox}"),
        permission=permission,
        audiences=NONE if gone or not draw(mostly) else _worn(draw, on) | draw(unkept),
        elsewhere=not gone and draw(st.booleans()),
        person=draw(others) or person,
    )


def _synced(
    draw: DrawFn,
    on: frozenset[AudienceId],
    person: Person,
    contact: ContactId,
    seen: Observed,
) -> Synced:
    deleted = seen.permission is Permission.DELETED
    return Synced(
        audiences=NONE if deleted and draw(halves) else _worn(draw, on),
        person=draw(others) or person,
        carried_by=contact if draw(mostly) else ContactId(99),
        disabled=draw(halves) if deleted else not draw(mostly),
    )


def _worn(draw: DrawFn, on: frozenset[AudienceId]) -> frozenset[AudienceId]:
    """A copy, perhaps with some audiences more or less."""
    return on ^ draw(wear)


def _move(draw: DrawFn, world: World, old: Mailbox) -> None:
    """One contact now has another address, perhaps one that is known already."""
    new = draw(st.sampled_from([*[UNHEARD_OF] * 4, *sorted(world.observed)]))
    if old == new:
        return
    world.desired[new] = wanted = world.desired.pop(old)
    agreed, seen = world.synced[old], world.observed[old]
    permission = draw(st.sampled_from(Permission))
    gone = permission in (Permission.UNSUBSCRIBED, Permission.DELETED)
    world.synced[old] = evolve(agreed, carried_by=wanted.carried_by)
    world.observed[old] = evolve(
        seen,
        permission=permission,
        audiences=NONE if gone else seen.audiences,
        elsewhere=seen.elsewhere and not gone,
    )
