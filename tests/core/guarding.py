"""Plans of many people alike, and accounts to ask the guards about."""

from __future__ import annotations

from collections.abc import Iterable

from tests.core.shorthand import NAMED, SHORTER, A, B

from rollkeeper.core.changes import (
    Add,
    Cause,
    Change,
    Disable,
    Remove,
    Update,
)
from rollkeeper.core.guards import (
    Deed,
    Figures,
    Guard,
    Guarded,
    Item,
    Limits,
    ListFigures,
    guard,
)
from rollkeeper.core.policy import DEFAULT, Policies
from rollkeeper.core.values import AudienceId, ContactId, Mailbox

MANY = 10**6
"""So many people that the account's own limits are far away."""


def people(count: int, start: int = 0) -> list[Mailbox]:
    return [Mailbox(f"p{number}@x.example") for number in range(start, start + count)]


def remove(
    mailbox: Mailbox, *audiences: AudienceId, cause: Cause | None = None
) -> Remove:
    return Remove(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset(audiences or {A}),
        cause=cause or Cause.NOT_WANTED,
    )


def disable(
    mailbox: Mailbox, *audiences: AudienceId, cause: Cause = Cause.NO_LIST_LEFT
) -> Disable:
    return Disable(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset(audiences or {A}),
        cause=cause,
    )


def add(mailbox: Mailbox, *audiences: AudienceId) -> Add:
    return Add(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset(audiences or {A}),
        person=NAMED,
        carried_by=ContactId(1),
        cause=Cause.JOINED,
        renames=True,
    )


def emptying(mailbox: Mailbox) -> Update:
    return Update(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset({A}),
        person=SHORTER,
        before=NAMED,
        carried_by=ContactId(1),
    )


def account(people: int = MANY, **figures: int | bool) -> Figures:
    """An account with lists A and B of 1,000 each."""
    each = ListFigures(members=1000)
    return Figures(lists={A: each, B: each}, people=people, **figures)  # type: ignore[arg-type]  # by name


def list_of(members: int, **figures: int | bool) -> Figures:
    one = ListFigures(members=members, **figures)  # type: ignore[arg-type]  # by name
    return Figures(lists={A: one, B: ListFigures(members=1000)}, people=MANY)


def guarded(
    changes: Iterable[Change],
    figures: Figures,
    *,
    limits: Limits | None = None,
    policies: Policies | None = None,
    approved: Iterable[Item] = (),
    discarded: Iterable[Item] = (),
) -> Guarded:
    return guard(
        tuple(changes),
        figures=figures,
        limits=limits or Limits(),
        policies=policies or {A: DEFAULT, B: DEFAULT},
        approved=frozenset(approved),
        discarded=frozenset(discarded),
    )


def held_by(found: Guarded) -> dict[Guard, int]:
    return {one.guard: len(one.items) for one in found.held}


def item(deed: Deed, mailbox: Mailbox, audience: AudienceId | None = None) -> Item:
    return Item(deed=deed, mailbox=mailbox, audience=audience)
