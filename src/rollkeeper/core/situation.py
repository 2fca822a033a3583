"""One mailbox as `decide` looks at it: three views and the policies, in its own words.

*There* is what it is on at the provider, *ours* what both sides agreed on, *wanted*
what the directory wants.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from attrs import frozen

from rollkeeper.core.policy import (
    EditedThere,
    Leaving,
    NewAddress,
    NoneLeft,
    Parting,
    Policies,
    Policy,
    Strangers,
)
from rollkeeper.core.values import FIELDS, AudienceId, ContactId, Person
from rollkeeper.core.views import (
    Desired,
    Gone,
    Observed,
    Permission,
    Stop,
    Synced,
    Views,
)

NONE: Final[frozenset[AudienceId]] = frozenset()
_NOBODY: Final = Desired(audiences=NONE, person=Person(), carried_by=None)
_NEVER: Final = Synced(audiences=NONE, person=Person(), carried_by=None)


@frozen(kw_only=True, slots=False)  # a dictionary makes cached properties fast
class Situation:
    views: Views
    policies: Policies

    @cached_property
    def desired(self) -> Desired:
        return self.views.desired or _NOBODY

    @cached_property
    def synced(self) -> Synced:
        return self.views.synced or _NEVER

    @property
    def wanted(self) -> frozenset[AudienceId]:
        return self.desired.audiences

    @property
    def ours(self) -> frozenset[AudienceId]:
        return self.synced.audiences

    @cached_property
    def there(self) -> frozenset[AudienceId]:
        return self.views.observed.audiences if self.views.observed else NONE

    @property
    def unsubscribed(self) -> bool:
        return _is(self.views.observed, Permission.UNSUBSCRIBED)

    @property
    def active(self) -> bool:
        """Could the provider send it mail, now or soon?"""
        return is_active(self.views.observed)

    @property
    def do_not_contact(self) -> bool:
        return self.desired.stop is Stop.DO_NOT_CONTACT

    @property
    def concerns_us(self) -> bool:
        return self.views.synced is not None or bool(self.there)

    @property
    def escapes(self) -> bool:
        """Is it the new address of somebody whose old one unsubscribed?"""
        move = self.views.moved_from
        return bool(self.wanted) and move is not None and _refused(move.observed)

    @property
    def readdresses(self) -> bool:
        """Does the provider's contact of `moved_from` get this address?

        Not while a person is to decide about it; then the old one is left alone, too.
        """
        move = self.views.moved_from
        return (
            move is not None
            and self.views.known_as is None
            and self.views.observed is None
            and self.views.synced is None
            and bool(self.wanted)
            and is_active(move.observed)
            and all(
                self.policies[audience].new_address is NewAddress.UPDATE
                for audience in self.wanted
            )
        )

    @property
    def deleted_over_there(self) -> bool:
        """Is somebody gone whom we had brought and did not end ourselves?

        Also who is there still, by another address that was given them over there.
        """
        move = self.views.moved_from
        return (
            self.views.known_as is not None
            or _vanished_whole(self.views.observed, self.views.synced)
            or (
                move is not None
                and self.views.observed is None
                and _vanished_whole(move.observed, move.synced)
            )
        )

    @cached_property
    def vanished(self) -> frozenset[AudienceId]:
        """Ours and to be there, yet not there: the person left them."""
        return (self.ours & (self.wanted | self.desired.stays)) - self.there

    @cached_property
    def missing(self) -> frozenset[AudienceId]:
        return self.wanted - self.there - self.ours

    @cached_property
    def staying(self) -> frozenset[AudienceId]:
        return self.wanted & self.there

    @cached_property
    def leaving(self) -> frozenset[AudienceId]:
        return frozenset(
            audience
            for audience in self.there - self.wanted
            if self.parting(audience) is not Parting.KEEP
        )

    def parting(self, audience: AudienceId) -> Parting:
        """How it goes from an audience that it is on and does not belong to."""
        policy = self.policies.get(audience)
        if policy is None:  # switched off
            return Parting.KEEP
        if audience in self.desired.stays and not self.desired.stop:
            return Parting.KEEP
        if audience not in self.ours:
            removes = policy.strangers is Strangers.REMOVE and not self.desired.stop
            return Parting.REMOVE if removes else Parting.KEEP
        if self.desired.stop:
            return Parting.REMOVE
        if audience not in self.desired.off:
            if self.desired.gone is Gone.DELETED:
                return policy.deleted
            if self._stays_behind(policy):
                return Parting.KEEP
        disables = policy.none_left is NoneLeft.DISABLE
        return Parting.DISABLE if disables else Parting.REMOVE

    def _stays_behind(self, policy: Policy) -> bool:
        if self.desired.gone is Gone.MOVED:
            return (
                policy.new_address is NewAddress.ADD_NEW
                or policy.leaving is Leaving.KEEP
            )
        return policy.leaving is Leaving.KEEP

    @cached_property
    def leaving_first(self) -> frozenset[AudienceId]:
        """What it leaves now: all, unless only some partings would end it.

        Those come first then. The other way round, and half done, what is left would
        look like a last list, and it would be ended after all.
        """
        mixed = self._leaves_all and self._ending and self._ending != self.leaving
        return self._ending if mixed else self.leaving

    @property
    def ends_all(self) -> bool:
        """Is nothing left over there for anybody's sake, and is it ours to end?"""
        return self._leaves_all and self._ending == self.leaving

    @property
    def _leaves_all(self) -> bool:
        return (
            not self.desired.stop
            and not self.desired.stays  # its contact is wanted, by another address
            and not self.missing
            and self.views.observed is not None
            and not self.views.observed.elsewhere
            and self.leaving == self.there
        )

    @cached_property
    def _ending(self) -> frozenset[AudienceId]:
        return frozenset(
            one for one in self.leaving if self.parting(one) is Parting.DISABLE
        )

    @cached_property
    def agreed(self) -> Person:
        """What we told of the person; when we never did, what is there already of
        that which we would tell."""
        if self.views.synced or self.views.observed is None:
            return self.synced.person
        there, ours = self.views.observed.person, self.desired.person
        return Person(
            **{
                name: getattr(there, name) if getattr(ours, name) else ""
                for name in FIELDS
            }
        )

    @property
    def renamed(self) -> bool:
        return self.agreed != self.desired.person

    @property
    def edited(self) -> bool:
        """Has it another name over there than the one we told, against the policy?"""
        observed, ours = self.views.observed, self.desired.person
        return (
            observed is not None
            and self.views.synced is not None
            and any(
                self.policies[audience].edited_there is EditedThere.RESTORE
                for audience in self.staying
            )
            and any(
                getattr(ours, name) not in ("", getattr(observed.person, name))
                for name in FIELDS
            )
        )

    @cached_property
    def claims(self) -> frozenset[AudienceId]:
        """What is ours from now on: what is wanted and there, and what was ours.

        What vanished stays ours until consent knows of it, and what is about to leave
        until it has left: else a crash in between would hide them.
        """
        return self.staying | (self.ours & self.there) | self.vanished

    @cached_property
    def carrier(self) -> ContactId | None:
        """Who carries it as soon as nothing more than a note is needed."""
        settled = self.staying and not self.missing
        if self.views.synced is None or (settled and not self.renamed):
            return self.desired.carried_by
        return self.synced.carried_by

    @property
    def to_agree(self) -> bool:
        changed = self.views.synced and self.carrier != self.synced.carried_by
        return self.claims != self.ours or bool(changed)


def is_active(observed: Observed | None) -> bool:
    return observed is not None and observed.permission not in (
        Permission.UNSUBSCRIBED,
        Permission.DELETED,
    )


def _is(observed: Observed | None, permission: Permission) -> bool:
    return observed is not None and observed.permission is permission


def _refused(observed: Observed) -> bool:
    return observed.permission is Permission.UNSUBSCRIBED


def _vanished_whole(observed: Observed | None, synced: Synced | None) -> bool:
    return (
        not is_active(observed)
        and synced is not None
        and not synced.disabled
        and bool(synced.audiences)
    )
