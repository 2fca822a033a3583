"""One mailbox, three views, a policy for each audience: what is to change.

The rows of docs/algorithm.md in code. Nothing here makes a mailbox mailable that the
provider shows as unsubscribed, and nothing touches what was never ours, but for *do not
contact*, which is the directory's word on the whole mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

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
from rollkeeper.core.policy import Leaving, NewAddress, NoneLeft, Policy, Strangers
from rollkeeper.core.values import AudienceId, ContactId, Mailbox, Person
from rollkeeper.core.views import (
    Desired,
    Move,
    Observed,
    Permission,
    Stop,
    Synced,
    Views,
)

Policies = Mapping[AudienceId, Policy]
"""The audiences that are kept true. Others are left as they are, whoever is on them."""

_NOBODY: Final = Desired(audiences=frozenset(), person=Person(), carried_by=None)
_NEVER: Final = Synced(audiences=frozenset(), person=Person(), carried_by=None)
_NONE: Final[frozenset[AudienceId]] = frozenset()


def decide(views: Views, policies: Policies) -> tuple[Change, ...]:
    """Return the changes that make this mailbox true; none when it is.

    The same views give the same changes. `Agree`, `Left` and `Hold` cost no request.
    """
    desired = views.desired or _NOBODY
    observed, synced = views.observed, views.synced
    if views.moved_to is not None:
        return ()
    if observed is not None and observed.permission is Permission.UNSUBSCRIBED:
        return _forgotten(views.mailbox, observed, synced)
    if desired.stop is Stop.DO_NOT_CONTACT:
        return _ended(views.mailbox, observed, synced)
    if views.moved_from is not None and desired.audiences:
        if views.moved_from.observed.permission is Permission.UNSUBSCRIBED:
            return ()  # the refusal follows the person; the next pull records it
        if readdresses(views, policies):
            return (_readdress(views.mailbox, desired, views.moved_from),)
    if observed is None or observed.permission is Permission.DELETED:
        return _where_unknown(views, desired)
    here = _Here(
        mailbox=views.mailbox,
        desired=desired,
        observed=observed,
        synced=synced,
        policies=policies,
    )
    return tuple(here.changes())


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


def _forgotten(
    mailbox: Mailbox, observed: Observed, synced: Synced | None
) -> tuple[Change, ...]:
    """An unsubscribe ends memberships; claiming them still would look like leaving
    each of those lists, should the person subscribe again."""
    if synced is None or synced.audiences <= observed.audiences:
        return ()
    return (
        Agree(
            mailbox=mailbox,
            audiences=synced.audiences & observed.audiences,
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
        carried_by=_carrier(desired),
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
    return (
        Add(
            mailbox=views.mailbox,
            provider_id=views.observed.provider_id if views.observed else None,
            audiences=wanted,
            person=desired.person,
            carried_by=_carrier(desired),
            cause=Cause.BACK_AGAIN if synced.disabled else Cause.JOINED,
            renames=True,
            before=synced.person,
        ),
    )


def _deleted_over_there(observed: Observed | None, synced: Synced | None) -> bool:
    """Is somebody gone whom we had brought and did not end ourselves?"""
    return (
        not _active(observed)
        and synced is not None
        and not synced.disabled
        and bool(synced.audiences)
    )


def _carrier(desired: Desired) -> ContactId:
    if desired.carried_by is None:
        raise ValueError("a mailbox is wanted, but nobody carries it")
    return desired.carried_by


@frozen(kw_only=True)
class _Here:
    """A mailbox that the provider could send mail to, set against what is wanted."""

    mailbox: Mailbox
    desired: Desired
    observed: Observed
    synced: Synced | None
    policies: Policies

    def changes(self) -> Iterator[Change]:
        if self._vanished:
            yield Left(mailbox=self.mailbox, audiences=self._vanished)
        yield from self._agreement()
        if self._missing:
            yield self._add()
        elif self._staying and self._agreed != self.desired.person:
            yield self._update()
        if self._leaving:
            yield from self._leave()

    @property
    def _ours(self) -> frozenset[AudienceId]:
        return self.synced.audiences if self.synced else _NONE

    @property
    def _staying(self) -> frozenset[AudienceId]:
        return self.desired.audiences & self.observed.audiences

    @property
    def _vanished(self) -> frozenset[AudienceId]:
        """Ours and wanted, yet not there: the person left them."""
        return (self._ours & self.desired.audiences) - self.observed.audiences

    @property
    def _missing(self) -> frozenset[AudienceId]:
        return self.desired.audiences - self.observed.audiences - self._ours

    @property
    def _leaving(self) -> frozenset[AudienceId]:
        return frozenset(
            audience
            for audience in self.observed.audiences - self.desired.audiences
            if self._must_leave(audience)
        )

    def _must_leave(self, audience: AudienceId) -> bool:
        policy = self.policies.get(audience)
        if policy is None:
            return False
        if audience not in self._ours:
            return not self.desired.stop and policy.strangers is Strangers.REMOVE
        return bool(self.desired.stop) or policy.leaving is Leaving.REMOVE

    @property
    def _agreed(self) -> Person:
        """What we told of the person; when we never did, what is there already of
        that which we would tell."""
        if self.synced:
            return self.synced.person
        there, ours = self.observed.person, self.desired.person
        return Person(
            first_name=there.first_name if ours.first_name else "",
            last_name=there.last_name if ours.last_name else "",
            company=there.company if ours.company else "",
        )

    def _agreement(self) -> Iterator[Agree]:
        """Adopt what is wanted and there, let go of what is neither.

        What vanished stays ours until consent knows of it, and what is about to leave
        until it has left: else a crash in between would hide them.
        """
        claims = self._staying | (self._ours & self.observed.audiences) | self._vanished
        carrier = self._carrier_now
        if claims == self._ours and (
            self.synced is None or carrier == self.synced.carried_by
        ):
            return
        yield Agree(
            mailbox=self.mailbox,
            audiences=claims,
            person=self._agreed,
            carried_by=carrier,
        )

    @property
    def _carrier_now(self) -> ContactId | None:
        """Who carries it as soon as nothing more than a note is needed."""
        settled = self._staying and not self._missing
        if self.synced is None or (settled and self._agreed == self.desired.person):
            return self.desired.carried_by
        return self.synced.carried_by

    def _add(self) -> Add:
        return Add(
            mailbox=self.mailbox,
            provider_id=self.observed.provider_id,
            audiences=self._missing,
            person=self.desired.person,
            carried_by=_carrier(self.desired),
            cause=Cause.JOINED,
            renames=self._agreed != self.desired.person,
            before=self._agreed,
            already_on=len(self.observed.audiences) + self.observed.elsewhere,
        )

    def _update(self) -> Update:
        return Update(
            mailbox=self.mailbox,
            provider_id=self.observed.provider_id,
            audiences=self._staying,
            person=self.desired.person,
            before=self._agreed,
            carried_by=_carrier(self.desired),
        )

    def _leave(self) -> Iterator[Change]:
        if not self._ends_all:
            yield Remove(
                mailbox=self.mailbox,
                provider_id=self.observed.provider_id,
                audiences=self._leaving,
                cause=Cause.NO_MASS_EMAILS if self.desired.stop else Cause.NOT_WANTED,
            )
        elif not self._vanished:  # consent first, or "disabled by us" would hide it
            yield Disable(
                mailbox=self.mailbox,
                provider_id=self.observed.provider_id,
                audiences=self._leaving,
                cause=Cause.NO_LIST_LEFT,
            )

    @property
    def _ends_all(self) -> bool:
        """Is nothing left over there for anybody's sake, and is it ours to end?"""
        return (
            not self.desired.stop
            and not self._missing
            and not self.observed.elsewhere
            and self._leaving == self.observed.audiences
            and self._leaving <= self._ours
            and all(
                self.policies[audience].none_left is NoneLeft.DISABLE
                for audience in self._leaving
            )
        )
