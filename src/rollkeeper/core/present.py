"""The rows for a mailbox that is over there: what it is on, set against what is wanted.

Several rows can fit one mailbox, and all of them are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from rollkeeper.core.changes import (
    Add,
    Agree,
    Cause,
    Change,
    Disable,
    Left,
    Remove,
    Update,
)
from rollkeeper.core.policy import (
    EditedThere,
    Leaving,
    NewAddress,
    NoneLeft,
    Parting,
    Policies,
    Strangers,
)
from rollkeeper.core.values import FIELDS, AudienceId, ContactId, Mailbox, Person
from rollkeeper.core.views import Desired, Gone, Observed, Synced

_NONE: Final[frozenset[AudienceId]] = frozenset()


@frozen(kw_only=True)
class Present:
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
            yield self._update(Cause.FIELDS_CHANGED)
        elif self._edited:
            yield self._update(Cause.EDITED_OVER_THERE)
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
            if self._parting(audience) is not Parting.KEEP
        )

    def _parting(self, audience: AudienceId) -> Parting:
        """How it goes from an audience that it is on and does not belong to."""
        policy = self.policies.get(audience)
        if policy is None:
            return Parting.KEEP
        if audience not in self._ours:
            removes = policy.strangers is Strangers.REMOVE and not self.desired.stop
            return Parting.REMOVE if removes else Parting.KEEP
        if self.desired.stop:
            return Parting.REMOVE
        if audience not in self.desired.off:
            if self.desired.gone is Gone.DELETED:
                return policy.deleted
            moved = self.desired.gone is Gone.MOVED
            if moved and policy.new_address is NewAddress.ADD_NEW:
                return Parting.KEEP
            if policy.leaving is Leaving.KEEP:
                return Parting.KEEP
        disables = policy.none_left is NoneLeft.DISABLE
        return Parting.DISABLE if disables else Parting.REMOVE

    @property
    def _edited(self) -> bool:
        """Has it another name over there than the one we told, against the policy?"""
        there, ours = self.observed.person, self.desired.person
        return self.synced is not None and any(
            self.policies[audience].edited_there is EditedThere.RESTORE
            and any(
                getattr(ours, name) not in ("", getattr(there, name)) for name in FIELDS
            )
            for audience in self._staying
        )

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
            carried_by=self.desired.carrier,
            cause=Cause.JOINED,
            renames=self._agreed != self.desired.person,
            before=self._agreed,
            already_on=len(self.observed.audiences) + self.observed.elsewhere,
        )

    def _update(self, cause: Cause) -> Update:
        return Update(
            mailbox=self.mailbox,
            provider_id=self.observed.provider_id,
            audiences=self._staying,
            person=self.desired.person,
            before=self._agreed,
            carried_by=self.desired.carrier,
            cause=cause,
        )

    def _leave(self) -> Iterator[Change]:
        if not self._ends_all:
            yield Remove(
                mailbox=self.mailbox,
                provider_id=self.observed.provider_id,
                audiences=self._leaving,
                cause=self._cause_of_leaving,
            )
        elif not self._vanished:  # consent first: "disabled by us" would hide it
            yield Disable(
                mailbox=self.mailbox,
                provider_id=self.observed.provider_id,
                audiences=self._leaving,
                cause=Cause.NO_LIST_LEFT,
            )

    @property
    def _cause_of_leaving(self) -> Cause:
        if self.desired.stop:
            return Cause.NO_MASS_EMAILS
        match self.desired.gone:
            case Gone.DELETED:
                return Cause.DELETED_HERE
            case Gone.MOVED:
                return Cause.ADDRESS_CHANGED
            case _:
                return Cause.NOT_WANTED

    @property
    def _ends_all(self) -> bool:
        """Is nothing left over there for anybody's sake, and is it ours to end?"""
        return (
            not self.desired.stop
            and not self._missing
            and not self.observed.elsewhere
            and self._leaving == self.observed.audiences
            and all(self._parting(one) is Parting.DISABLE for one in self._leaving)
        )
