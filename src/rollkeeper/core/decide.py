"""One mailbox, three views, a policy for each audience: what is to change.

The rows of docs/algorithm.md in code. Nothing here makes a mailbox mailable that the
provider shows as unsubscribed, and nothing touches what was never ours, but for *do not
contact*, which is the directory's word on the whole mailbox.
"""

from __future__ import annotations

from typing import Final

from rollkeeper.core.changes import (
    Add,
    Agree,
    Cause,
    Change,
    Disable,
    Hold,
    Readdress,
)
from rollkeeper.core.policy import NewAddress, Policies
from rollkeeper.core.present import Present
from rollkeeper.core.values import AudienceId, Mailbox, Person
from rollkeeper.core.views import (
    Desired,
    Move,
    Observed,
    Permission,
    Stop,
    Synced,
    Views,
)

_NOBODY: Final = Desired(audiences=frozenset(), person=Person(), carried_by=None)
_NEVER: Final = Synced(audiences=frozenset(), person=Person(), carried_by=None)


def decide(views: Views, policies: Policies) -> tuple[Change, ...]:
    """Return the changes that make this mailbox true; none when it is.

    The same views give the same changes. `Agree`, `Left` and `Hold` cost no request.
    """
    desired = views.desired or _NOBODY
    observed, synced = views.observed, views.synced
    if views.moved_to is not None:
        return ()
    if observed is not None and observed.permission is Permission.UNSUBSCRIBED:
        return _claiming_only(views.mailbox, synced or _NEVER, observed.audiences)
    if desired.stop is Stop.DO_NOT_CONTACT:
        return _ended(views.mailbox, observed, synced)
    if views.moved_from is not None and desired.audiences:
        if views.moved_from.observed.permission is Permission.UNSUBSCRIBED:
            return ()  # the refusal follows the person; the next pull records it
        if readdresses(views, policies):
            return (_readdress(views.mailbox, desired, views.moved_from),)
    if observed is None or observed.permission is Permission.DELETED:
        return _where_unknown(views, desired)
    present = Present(
        mailbox=views.mailbox,
        desired=desired,
        observed=observed,
        synced=synced,
        policies=policies,
    )
    return tuple(present.changes())


def readdresses(views: Views, policies: Policies) -> bool:
    """Does the provider's contact of `moved_from` get this mailbox as its address?

    Whoever gathers the old mailbox asks this too and sets `moved_to` only if so;
    otherwise the old mailbox is one that nobody carries any more.
    """
    move = views.moved_from
    return (
        move is not None
        and views.observed is None
        and views.synced is None
        and views.desired is not None
        and bool(views.desired.audiences)
        and _active(move.observed)
        and all(
            policies[audience].new_address is NewAddress.UPDATE
            for audience in views.desired.audiences
        )
    )


def _active(observed: Observed | None) -> bool:
    return observed is not None and observed.permission not in (
        Permission.UNSUBSCRIBED,
        Permission.DELETED,
    )


def _claiming_only(
    mailbox: Mailbox, synced: Synced, audiences: frozenset[AudienceId]
) -> tuple[Change, ...]:
    """Memberships end when somebody unsubscribes or is ended. To claim them still
    would look like leaving each of those lists as soon as the person is back."""
    if synced.audiences <= audiences:
        return ()
    return (
        Agree(
            mailbox=mailbox,
            audiences=synced.audiences & audiences,
            person=synced.person,
            carried_by=synced.carried_by,
        ),
    )


def _ended(
    mailbox: Mailbox, observed: Observed | None, synced: Synced | None
) -> tuple[Change, ...]:
    if observed is None or not _active(observed):
        return ()
    if synced is None and not observed.audiences:
        return ()  # on nothing that concerns us
    return (
        Disable(
            mailbox=mailbox,
            provider_id=observed.provider_id,
            audiences=observed.audiences,
            cause=Cause.DO_NOT_CONTACT,
        ),
    )


def _readdress(mailbox: Mailbox, desired: Desired, move: Move) -> Readdress:
    return Readdress(
        mailbox=mailbox,
        before=move.mailbox,
        provider_id=move.observed.provider_id,
        person=desired.person,
        person_before=move.synced.person,
        carried_by=desired.carrier,
    )


def _where_unknown(views: Views, desired: Desired) -> tuple[Change, ...]:
    """The provider knows no such mailbox, or has it as deleted."""
    wanted, move = desired.audiences, views.moved_from
    if not wanted:
        return ()
    if _deleted_over_there(views.observed, views.synced) or (
        move is not None
        and views.observed is None
        and _deleted_over_there(move.observed, move.synced)
    ):
        return (
            Hold(
                mailbox=views.mailbox,
                audiences=wanted,
                cause=Cause.DELETED_OVER_THERE,
            ),
        )
    synced = views.synced or _NEVER
    back = Add(
        mailbox=views.mailbox,
        provider_id=views.observed.provider_id if views.observed else None,
        audiences=wanted,
        person=desired.person,
        carried_by=desired.carrier,
        cause=Cause.BACK_AGAIN if synced.disabled else Cause.JOINED,
        renames=True,
        before=synced.person,
    )
    return (*_claiming_only(views.mailbox, synced, frozenset()), back)


def _deleted_over_there(observed: Observed | None, synced: Synced | None) -> bool:
    """Is somebody gone whom we had brought and did not end ourselves?"""
    return (
        not _active(observed)
        and synced is not None
        and not synced.disabled
        and bool(synced.audiences)
    )
