"""The sum of a list: who is on it here, less each reason, is who is there.

`judge` says of one mailbox and one list what each of its holders counts as, and why the
mailbox is there although nobody brings it. Sums count these verdicts and explanations
put them into words, so that the two cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import Factory, define, field, frozen

from rollkeeper.core.eligibility import Holder, Reason, desired, why
from rollkeeper.core.guards import Deed
from rollkeeper.core.policy import ListDeleted, Parting, Policies, Policy
from rollkeeper.core.situation import Situation
from rollkeeper.core.values import AudienceId, ContactId, ListId, Mailbox, Person
from rollkeeper.core.views import Desired, Stop, Synced, Views
from rollkeeper.ledger.states import AudienceState


@frozen(kw_only=True)
class Target:
    """A list of the directory, and what it fills over there."""

    list_id: ListId
    name: str
    """Of the list here; where that is deleted, of the one over there."""
    name_there: str
    state: AudienceState
    audience_id: AudienceId | None = None
    """None until the list was first planned."""
    policy: Policy | None = None
    made: bool = False
    """Is there a provider list?"""
    automatic: bool = False
    """Does who is on it follow from contacts and members?"""
    of_type: int | None = None
    """Whose members' representatives are on it; None on the list of all of them."""


@frozen(kw_only=True)
class Spot:
    """One mailbox and one list, with everything that says what it counts as there."""

    holders: tuple[Holder, ...] = ()
    """All whose primary address it is, on the list or not, by rank."""
    refused: bool = False
    """Did the mailbox itself refuse all mail?"""
    orphan: Desired | None = None
    """What is wanted for it when nobody holds it."""
    renamed: bool = False
    """Was it given over there to a contact on the list, who has another one here?"""
    there: bool = False
    ours: bool = False
    under_way: bool = False
    """Is a call about the mailbox on its way, or a job running at the provider?"""
    held: frozenset[Deed] = frozenset()
    """What would be done, and waits for a person."""
    declined: frozenset[Deed] = frozenset()
    """What would be done, had nobody decided against it."""
    obstacle: Reason | None = None
    """Why the last attempt to bring it came to nothing."""


@frozen(kw_only=True)
class Verdict:
    reasons: Mapping[ContactId, Reason | None]
    """Of each holder who is on the list: None for the one who counts as there."""
    still_there: Reason | None
    """Set when the mailbox is there because of us, and nobody brings it any more."""


def judge(spot: Spot, target: Target) -> Verdict:
    """Return what the holders of a mailbox, and the mailbox, count as in the sum."""
    reasons = {
        holder.contact: why(
            contact=holder.contact,
            holders=spot.holders,
            list_id=target.list_id,
            refused=spot.refused,
        )
        for holder in spot.holders
        if target.list_id in holder.standings
    }
    bringing = next((who for who, reason in reasons.items() if reason is None), None)
    if not (spot.there and spot.ours):
        if bringing is not None:
            reasons[bringing] = _not_yet(spot, target)
        return Verdict(reasons=reasons, still_there=None)
    lingers = bringing is None
    return Verdict(
        reasons=reasons, still_there=_not_off_yet(spot, target) if lingers else None
    )


def _not_yet(spot: Spot, target: Target) -> Reason:
    """Why a mailbox that belongs there is not."""
    if target.state is not AudienceState.ACTIVE:
        return Reason.SWITCHED_OFF
    if spot.under_way:
        return Reason.WAITING
    if spot.held & {Deed.ADD, Deed.LEAVE}:
        return Reason.HELD
    if Deed.ADD in spot.declined:
        return Reason.LET_GO
    return spot.obstacle or Reason.WAITING


def _not_off_yet(spot: Spot, target: Target) -> Reason:
    """Why a mailbox that does not belong there any more still is."""
    if spot.under_way:
        return Reason.WAITING
    if spot.held & {Deed.REMOVE, Deed.END, Deed.LEAVE}:
        return Reason.HELD
    if spot.declined & {Deed.REMOVE, Deed.END}:
        return Reason.LET_GO
    wanted = _wanted(spot, target)
    if wanted.stop is Stop.DO_NOT_CONTACT:
        return Reason.WAITING
    if target.state is AudienceState.SWITCHED_OFF:
        return Reason.SWITCHED_OFF
    if spot.renamed and not wanted.stop:
        return Reason.HELD
    return Reason.KEPT_BY_POLICY if _kept(wanted, target) else Reason.WAITING


def _wanted(spot: Spot, target: Target) -> Desired:
    if spot.holders:
        audiences = {target.list_id: target.audience_id} if target.audience_id else {}
        return desired(holders=spot.holders, audiences=audiences, refused=spot.refused)
    if spot.orphan is None:
        raise ValueError("a mailbox that nobody holds, and nothing is known of it")
    return spot.orphan


def _kept(wanted: Desired, target: Target) -> bool:
    """Does the policy leave it there, though nobody brings it?"""
    audience, policy = target.audience_id, target.policy
    if audience is None or policy is None:
        raise ValueError("somebody is on a list over there that fills no audience")
    if target.state is AudienceState.LIST_DELETED:
        return policy.list_deleted is ListDeleted.KEEP
    ours = frozenset({audience})
    policies: Policies = {audience: policy}
    views = Views(
        mailbox=Mailbox(""),
        desired=wanted,
        synced=Synced(audiences=ours, person=Person(), carried_by=None),
    )
    situation = Situation(views=views, policies=policies)
    return situation.parting(audience) is Parting.KEEP


class DoesNotAddUp(Exception):
    """A sum does not come to what is there: somebody was counted twice, or never."""


@frozen(kw_only=True)
class Sum:
    """Adds up: members - not there + still there = there."""

    target: Target
    members: int
    """Contacts on the list here."""
    not_there: Mapping[Reason, int]
    """Contacts, by why they are not there in their own name."""
    still_there: Mapping[Reason, int]
    """Mailboxes, by why they are there although nobody brings them."""
    there: int
    """Mailboxes there because of us."""
    strangers: int
    """Others there, from elsewhere."""

    def __attrs_post_init__(self) -> None:
        away, left = sum(self.not_there.values()), sum(self.still_there.values())
        if self.members - away + left != self.there:
            raise DoesNotAddUp(
                f"list {self.target.list_id}:"
                f" {self.members} - {away} + {left} is not {self.there}"
            )


@define
class Tally:
    """Counts verdicts for one list."""

    not_there: Counter[Reason] = field(default=Factory(Counter))
    still_there: Counter[Reason] = field(default=Factory(Counter))

    def count(self, verdict: Verdict, times: int) -> None:
        self.put_away(verdict.reasons.values(), times)
        if verdict.still_there:
            self.still_there[verdict.still_there] += times

    def put_away(self, reasons: Iterable[Reason | None], times: int) -> None:
        for reason in reasons:
            if reason is not None:
                self.not_there[reason] += times
