"""What confirming a change records, and what must never be asked."""

from __future__ import annotations

from collections.abc import Iterable

from tests.prove.planner.world import World

from rollkeeper.core.changes import (
    Add,
    Agree,
    Change,
    Disable,
    Hold,
    Left,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.values import (
    FIELDS,
    AudienceId,
    Mailbox,
    Person,
    ProviderContactId,
)
from rollkeeper.core.views import Observed, Permission, Synced

NOTHING: frozenset[AudienceId] = frozenset()
NOBODY = Person()


class Forbidden(Exception):
    """The provider was asked for what must never be asked."""


def come_true(world: World, changes: Iterable[Change]) -> None:
    """Make them true over there, one after another, and record it."""
    for change in changes:
        match change:
            case Add():
                _add(world, change)
            case Update():
                _tell(world, change.mailbox, change.person, change.before)
                _agree_on_person(world, change)
            case Readdress():
                _readdress(world, change)
            case Remove():
                _remove(world, change)
            case Disable():
                _disable(world, change.mailbox)
            case Agree():
                _agree(world, change)
            case Left():
                _leave(world, change)
            case Hold():
                pass


def told(there: Person, ours: Person, before: Person) -> Person:
    """Return the fields over there after writing *ours*; blanks take back only what
    was told *before*."""
    if there == ours:
        return there
    return Person(
        **{
            name: getattr(ours, name)
            or ("" if getattr(before, name) else getattr(there, name))
            for name in FIELDS
        }
    )


def _add(world: World, change: Add) -> None:
    mailbox = change.mailbox
    seen = world.observed.get(mailbox)
    if seen is not None and seen.permission is Permission.UNSUBSCRIBED:
        raise Forbidden(f"{mailbox} has unsubscribed and is added")
    revived = seen is None or seen.permission is Permission.DELETED
    world.observed[mailbox] = Observed(
        provider_id=seen.provider_id if seen else ProviderContactId(f"new {mailbox}"),
        permission=Permission.MAILABLE if revived or not seen else seen.permission,
        audiences=change.audiences | (seen.audiences if seen else NOTHING),
        elsewhere=seen.elsewhere if seen else False,
        person=told(seen.person if seen else NOBODY, change.person, change.before),
    )
    agreed = world.synced.get(mailbox)
    world.synced[mailbox] = Synced(
        audiences=change.audiences | (agreed.audiences if agreed else NOTHING),
        person=change.person,
        carried_by=change.carried_by,
    )


def _tell(world: World, mailbox: Mailbox, person: Person, before: Person) -> None:
    seen = world.observed[mailbox]
    if seen.permission in (Permission.UNSUBSCRIBED, Permission.DELETED):
        raise Forbidden(f"{mailbox} is {seen.permission} and is written to")
    world.observed[mailbox] = _seen(seen, person=told(seen.person, person, before))


def _agree_on_person(world: World, change: Update | Readdress) -> None:
    agreed = world.synced.get(change.mailbox)
    world.synced[change.mailbox] = Synced(
        audiences=agreed.audiences if agreed else NOTHING,
        person=change.person,
        carried_by=change.carried_by,
        disabled=agreed.disabled if agreed else False,
    )


def _readdress(world: World, change: Readdress) -> None:
    if change.mailbox in world.observed:
        raise Forbidden(f"{change.mailbox} is taken")
    world.observed[change.mailbox] = world.observed.pop(change.before)
    world.synced[change.mailbox] = world.synced.pop(change.before)
    world.forget(change.before)
    _tell(world, change.mailbox, change.person, change.person_before)
    _agree_on_person(world, change)


def _remove(world: World, change: Remove) -> None:
    seen = world.observed[change.mailbox]
    world.observed[change.mailbox] = _seen(
        seen, audiences=seen.audiences - change.audiences
    )
    _claim_less(world, change.mailbox, change.audiences)


def _disable(world: World, mailbox: Mailbox) -> None:
    seen = world.observed[mailbox]
    world.observed[mailbox] = Observed(
        provider_id=seen.provider_id,
        permission=Permission.DELETED,
        audiences=NOTHING,
        elsewhere=False,
        person=seen.person,
    )
    if agreed := world.synced.get(mailbox):
        world.synced[mailbox] = Synced(
            audiences=NOTHING,
            person=agreed.person,
            carried_by=agreed.carried_by,
            disabled=True,
        )


def _agree(world: World, change: Agree) -> None:
    world.synced[change.mailbox] = Synced(
        audiences=change.audiences,
        person=change.person,
        carried_by=change.carried_by,
    )
    world.forget(change.mailbox)


def _leave(world: World, change: Left) -> None:
    world.leave(change.mailbox, change.audiences)
    _claim_less(world, change.mailbox, change.audiences)


def _claim_less(
    world: World, mailbox: Mailbox, audiences: frozenset[AudienceId]
) -> None:
    if agreed := world.synced.get(mailbox):
        world.synced[mailbox] = Synced(
            audiences=agreed.audiences - audiences,
            person=agreed.person,
            carried_by=agreed.carried_by,
            disabled=agreed.disabled,
        )


def _seen(
    seen: Observed,
    *,
    audiences: frozenset[AudienceId] | None = None,
    person: Person | None = None,
) -> Observed:
    return Observed(
        provider_id=seen.provider_id,
        permission=seen.permission,
        audiences=seen.audiences if audiences is None else audiences,
        elsewhere=seen.elsewhere,
        person=seen.person if person is None else person,
    )
