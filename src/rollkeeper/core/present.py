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
from rollkeeper.core.policy import Leaving, NoneLeft, Policies, Strangers
from rollkeeper.core.values import AudienceId, ContactId, Mailbox, Person
from rollkeeper.core.views import Desired, Observed, Synced

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
            carried_by=self.desired.carrier,
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
            carried_by=self.desired.carrier,
        )

    def _leave(self) -> Iterator[Change]:
        if not self._ends_all:
            yield Remove(
                mailbox=self.mailbox,
                provider_id=self.observed.provider_id,
                audiences=self._leaving,
                cause=Cause.NO_MASS_EMAILS if self.desired.stop else Cause.NOT_WANTED,
            )
        elif not self._vanished:  # consent first: "disabled by us" would hide it
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
