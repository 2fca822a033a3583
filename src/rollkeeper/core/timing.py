"""What of a plan may be done now, and what waits until its list's time has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from typing import Final

from attrs import evolve

from rollkeeper.core.changes import (
    Add,
    Agree,
    Cause,
    Change,
    Disable,
    Hold,
    Left,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.guards.items import Item, items_of
from rollkeeper.core.policy import Policies, When
from rollkeeper.core.values import AudienceId

_REFUSALS: Final = (Cause.DO_NOT_CONTACT, Cause.NO_MASS_EMAILS)


def due(
    policies: Policies,
    *,
    comparing_everything: bool,
    asked_for: Collection[AudienceId] = (),
) -> frozenset[AudienceId]:
    """Return the audiences that may be changed now.

    Live ones always, nightly ones when everything is compared, and whichever somebody
    *asked_for* by hand.
    """
    timely = {When.LIVE, When.NIGHTLY} if comparing_everything else {When.LIVE}
    return frozenset(
        audience
        for audience, policy in policies.items()
        if policy.when in timely or audience in asked_for
    )


def only_due(
    changes: Iterable[Change],
    *,
    due: Set[AudienceId],
    audiences: int,
    approved: Collection[Item] = frozenset(),
) -> Iterator[Change]:
    """Yield what of *changes* is about *due*, some or all of the *audiences*.

    What somebody *approved* is done whenever that was. Nobody who refused mail waits,
    and what only sets our own record right does not either. A new name or address is
    told with the first of its lists that is due.
    """
    if len(due) == audiences:
        yield from changes
        return
    for change in changes:
        let_go = [item for item in items_of(change) if item in approved]
        if let_go and isinstance(change, Update):
            yield change
        elif now := _now(change, due | {one.audience for one in let_go}):
            yield now


def _now(change: Change, due: Set[AudienceId | None]) -> Change | None:
    match change:
        case Agree() | Left():
            return change
        case Update() | Readdress():
            return None if change.audiences.isdisjoint(due) else change
        case Remove() | Disable() if change.cause in _REFUSALS:
            return change
        case Disable():
            return _off_the_due(change, due)
        case Add() | Remove() | Hold():
            now = change.audiences.intersection(due)
            return evolve(change, audiences=now) if now else None


def _off_the_due(change: Disable, due: Set[AudienceId | None]) -> Change | None:
    """Off some of its lists only, nobody is ended."""
    now = change.audiences.intersection(due)
    if now == change.audiences:
        return change
    if not now:
        return None
    return Remove(
        mailbox=change.mailbox,
        provider_id=change.provider_id,
        audiences=now,
        cause=Cause.NOT_WANTED,
    )
