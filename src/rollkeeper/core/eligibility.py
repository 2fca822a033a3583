"""Who is carried where: the holders of a mailbox, and the closed set of reasons.

`desired` and `why` ask the same two questions, `_stop` and `_carriers`: what a page
explains cannot contradict what was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from rollkeeper.core.values import AudienceId, ContactId, ListId, Person
from rollkeeper.core.views import Desired, Gone, Stop


class Reason(StrEnum):
    """Why a contact is not, in its own name, at the provider for a list; or why a
    mailbox still is, though nobody brings it there.

    The first ones follow from the directory and from consent, the rest from what
    happened on the way.
    """

    NOT_ON_LIST = "not_on_list"
    NO_PRIMARY_ADDRESS = "no_primary_address"
    ADDRESS_INVALID = "address_invalid"
    DO_NOT_CONTACT = "do_not_contact"
    NO_MASS_EMAILS = "no_mass_emails"
    DISABLED_IN_LIST = "disabled_in_list"
    LEFT_LIST = "left_list"
    CARRIED_BY_ANOTHER = "carried_by_another"
    REFUSED_BY_PROVIDER = "refused_by_provider"
    HELD = "held"
    WAITING = "waiting"
    OVER_LIMIT = "over_limit"
    LET_GO = "let_go"  # a person decided to leave it as it is
    KEPT_BY_POLICY = "kept_by_policy"
    SWITCHED_OFF = "switched_off"


@frozen(kw_only=True)
class StandingOnList:
    """How one contact stands on one list of the directory."""

    disabled: bool = False
    no_mass_email: bool = False
    left: bool = False
    """Did the contact, or this mailbox, leave the list over there?"""


@frozen(kw_only=True)
class Holder:
    """A contact whose primary address is the mailbox."""

    contact: ContactId
    person: Person
    speaks_for_member: bool
    changed_at: datetime
    do_not_contact: bool
    active: bool
    """Is the representative active? Lists do not ask: the standing there decides."""
    suppressed: bool
    """Did this contact refuse all mail, at this address or an earlier one?"""
    standings: Mapping[ListId, StandingOnList]


def desired(
    *,
    holders: Sequence[Holder],
    audiences: Mapping[ListId, AudienceId],
    refused: bool,
) -> Desired:
    """Return what the directory wants for the mailbox of *holders*, at least one.

    *refused* says that the mailbox itself refused all mail. The name sent is that of
    the first holder, by rank, who carries the mailbox to any of *audiences*.
    """
    ranked = by_rank(holders)
    if stop := _stop(ranked, refused=refused):
        return _nothing(ranked[0].person, stop)
    carried = {
        list_id: carriers
        for list_id in _lists_of(ranked)
        if list_id in audiences and (carriers := _carriers(ranked, list_id))
    }
    off = frozenset(
        audience
        for list_id, audience in audiences.items()
        if list_id not in carried and _ended(ranked, list_id)
    )
    if not carried:
        return _nothing(ranked[0].person, None, off)
    carrying = {holder.contact for carriers in carried.values() for holder in carriers}
    speaker = next(holder for holder in ranked if holder.contact in carrying)
    return Desired(
        audiences=frozenset(audiences[list_id] for list_id in carried),
        person=speaker.person,
        carried_by=speaker.contact,
        off=off,
    )


def why(
    *, contact: ContactId, holders: Sequence[Holder], list_id: ListId, refused: bool
) -> Reason | None:
    """Return why *contact*, one of *holders*, is not carried to the list's audience.

    None for exactly one holder of each mailbox that is wanted there, so that the
    contacts on a list less those with a reason are the mailboxes at the provider.
    """
    ranked = by_rank(holders)
    holder = next(holder for holder in ranked if holder.contact == contact)
    own = _own_reason(holder, list_id)
    if own is Reason.NOT_ON_LIST:
        return own
    if stop := _stop(ranked, refused=refused):
        return _REASON_OF_STOP[stop]
    if _muted(ranked, list_id):
        return Reason.NO_MASS_EMAILS
    if own:
        return own
    first = _carriers(ranked, list_id)[0]
    return None if first.contact == contact else Reason.CARRIED_BY_ANOTHER


def by_rank(holders: Iterable[Holder]) -> list[Holder]:
    """Return them, the one whose name is sent before the others.

    Who speaks for a member comes first, then who changed last, then the older contact.
    """
    return sorted(
        holders,
        key=lambda holder: (
            not holder.speaks_for_member,
            -holder.changed_at.timestamp(),
            holder.contact,
        ),
    )


_REASON_OF_STOP = {
    Stop.DO_NOT_CONTACT: Reason.DO_NOT_CONTACT,
    Stop.NO_MASS_EMAILS: Reason.NO_MASS_EMAILS,
}


def orphaned(*, gone: Gone | None, do_not_contact: bool, refused: bool) -> Desired:
    """Return what is wanted for a mailbox that no contact has any more.

    *do_not_contact* and *refused* are the words of the contact that carried it: they
    hold for the addresses that a person had, too.
    """
    stop = None
    if do_not_contact:
        stop = Stop.DO_NOT_CONTACT
    elif refused:
        stop = Stop.NO_MASS_EMAILS
    return evolve(_nothing(Person(), stop), gone=gone)


def _nothing(
    person: Person, stop: Stop | None, off: frozenset[AudienceId] = frozenset()
) -> Desired:
    return Desired(
        audiences=frozenset(), person=person, carried_by=None, stop=stop, off=off
    )


def _stop(holders: Iterable[Holder], *, refused: bool) -> Stop | None:
    """What one holder says of all mail, all holders of the mailbox live with."""
    if any(holder.do_not_contact for holder in holders):
        return Stop.DO_NOT_CONTACT
    if refused or any(holder.suppressed for holder in holders):
        return Stop.NO_MASS_EMAILS
    return None


def _ended(holders: Iterable[Holder], list_id: ListId) -> bool:
    """Did somebody disable or mute it in the list, or leave it, maybe elsewhere?"""
    standings = (holder.standings.get(list_id) for holder in holders)
    return any(
        one and (one.disabled or one.no_mass_email or one.left) for one in standings
    )


def _muted(holders: Iterable[Holder], list_id: ListId) -> bool:
    standings = (holder.standings.get(list_id) for holder in holders)
    return any(standing and standing.no_mass_email for standing in standings)


def _carriers(ranked: Sequence[Holder], list_id: ListId) -> list[Holder]:
    """Return who brings the mailbox to the list, in the order given."""
    if _muted(ranked, list_id):
        return []
    return [holder for holder in ranked if _own_reason(holder, list_id) is None]


def _own_reason(holder: Holder, list_id: ListId) -> Reason | None:
    """What speaks against this holder alone; others may carry the mailbox there."""
    standing = holder.standings.get(list_id)
    if standing is None:
        return Reason.NOT_ON_LIST
    if standing.disabled:
        return Reason.DISABLED_IN_LIST
    if standing.left:
        return Reason.LEFT_LIST
    return None


def _lists_of(holders: Iterable[Holder]) -> set[ListId]:
    return {list_id for holder in holders for list_id in holder.standings}
