"""Why a person is, or is not, on a list at the provider: one sentence each.

What somebody counts as is judged as for the sum of the list (`equation`), by the rules
that plan. What happened on the way comes from the ledger. A sentence names the fact,
its date in the association's time zone and the reader's language, and the next step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen
from django.utils.translation import gettext as _

from rollkeeper.connections.models import Connection
from rollkeeper.core.automatic import Outside, outside
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Contact, EmailAddress, Member, PlaceOnList
from rollkeeper.engine.equation import Spot, Target, Verdict, judge
from rollkeeper.engine.facts import Facts
from rollkeeper.engine.postgres.spots import Around, each
from rollkeeper.engine.postgres.sums import targets
from rollkeeper.engine.telling import Found, Subject, Teller
from rollkeeper.engine.words import PERMISSIONS, provider_name
from rollkeeper.ledger.models import RemoteContact


@frozen(kw_only=True)
class Explanation:
    """One contact and one list; or one mailbox that no contact has, and one list."""

    contact_id: int | None
    contact: str
    mailbox: str
    list_id: int | None
    list_name: str
    there: bool
    """Is the mailbox on the provider's list, as far as we know, and does it count for
    this contact?"""
    reason: Reason | None
    """None when it is there."""
    still_there: Reason | None
    """Set when the mailbox is there although nobody brings it any more."""
    sentence: str
    next_step: str
    since: datetime | None
    """When the fact that decides it came about, where that is known."""
    hold: int | None
    """The hold that it waits in, or that somebody discarded."""


def contacts_with(text: str) -> list[Contact]:
    """Return the contacts that have this address, as primary or as another one."""
    wanted = text.strip().lower()
    return list(
        Contact.objects.filter(addresses__mailbox=wanted).distinct().order_by("id")
        or Contact.objects.filter(addresses__typed__iexact=wanted).distinct()
    )


def explain(
    *,
    connection: Connection,
    contacts: Sequence[Contact],
    list_id: int | None = None,
) -> list[Explanation]:
    """Say for each contact and each list, or one, why it is there or not.

    Of the lists that are or were kept true, those that the contact is on or its mailbox
    still is; and automatic ones that it was on, were it or its member active. A list
    that is named is told of in any case, when it is automatic. The association must be
    in scope.
    """
    known = _Known.of(connection, contacts, list_id)
    named = list_id is not None
    return [one for contact in contacts for one in known.explain(contact, named=named)]


@frozen(kw_only=True)
class _Known:
    """Everything that is looked up for the contacts in question, once."""

    targets: Sequence[Target]
    addresses: Mapping[int, EmailAddress]
    on_lists: Mapping[int, frozenset[int]]
    members: Mapping[int, Member]
    spots: Mapping[tuple[int, str], Spot]
    teller: Teller

    @classmethod
    def of(
        cls,
        connection: Connection,
        contacts: Sequence[Contact],
        list_id: int | None,
    ) -> _Known:
        among = None if list_id is None else [list_id]
        lists = targets(connection.pk, among=among)
        ids = [contact.pk for contact in contacts]
        primary = EmailAddress.objects.filter(contact_id__in=ids, primary=True)
        addresses = {row.contact_id: row for row in primary}
        mailboxes = {row.mailbox for row in addresses.values() if row.mailbox}
        spots = _spots(connection, lists, mailboxes)
        return cls(
            targets=lists,
            addresses=addresses,
            on_lists=_memberships(ids, lists),
            members=Member.objects.in_bulk(
                {one.member_id for one in contacts if one.member_id}
            ),
            spots=spots,
            teller=_teller(connection, lists, mailboxes, {*ids, *_holders(spots)}),
        )

    def explain(self, contact: Contact, *, named: bool) -> Iterator[Explanation]:
        address = self.addresses.get(contact.pk)
        for target in self.targets:
            spot = None
            if address and address.mailbox:
                spot = self.spots.get((target.list_id, address.mailbox))
            on_it = target.list_id in self.on_lists.get(contact.pk, ())
            out = None if on_it else self._outside(contact, target)
            lingers = spot is not None and spot.there and spot.ours
            if not (on_it or lingers or out in _EXPECTED or (out and named)):
                continue
            subject = Subject(
                contact=ContactId(contact.pk),
                mailbox=(address and address.mailbox) or None,
                target=target,
                spot=spot,
                outside=out,
            )
            verdict = _verdict(subject, address)
            yield _explanation(contact, address, subject, verdict, self.teller)

    def _outside(self, contact: Contact, target: Target) -> Outside | None:
        """Why it is not on the list, where that follows from it and its member."""
        if not target.automatic:
            return None
        member = self.members.get(contact.member_id or 0)
        return outside(
            active=contact.active,
            member_status=member.status if member else None,
            member_type=member.membership_type_id if member else None,
            of_type=target.of_type,
        )


_EXPECTED: Final = (Outside.INACTIVE, Outside.MEMBER_DROPPED, Outside.MEMBER_PROSPECT)
"""Who would be looked for on the list."""


def _verdict(subject: Subject, address: EmailAddress | None) -> Verdict:
    contact = subject.contact
    assert contact is not None
    if subject.spot is None and subject.outside:
        return Verdict(reasons={contact: Reason.NOT_ON_LIST}, still_there=None)
    if subject.spot is None:
        reason = Reason.ADDRESS_INVALID if address else Reason.NO_PRIMARY_ADDRESS
        return Verdict(reasons={contact: reason}, still_there=None)
    verdict = judge(subject.spot, subject.target)
    if contact in verdict.reasons:
        return verdict
    return Verdict(
        reasons={contact: Reason.NOT_ON_LIST}, still_there=verdict.still_there
    )


def _explanation(
    contact: Contact,
    address: EmailAddress | None,
    subject: Subject,
    verdict: Verdict,
    teller: Teller,
) -> Explanation:
    assert subject.contact is not None
    reason = verdict.reasons[subject.contact]
    found = teller.tell(subject, reason, verdict.still_there)
    return Explanation(
        contact_id=contact.pk,
        contact=str(contact),
        mailbox=(address and (address.mailbox or address.typed)) or "",
        list_id=subject.target.list_id,
        list_name=subject.target.name,
        there=reason is None,
        reason=reason,
        still_there=verdict.still_there,
        sentence=f"{contact} {found.sentence}",
        next_step=found.next_step,
        since=found.since,
        hold=found.hold,
    )


def explain_address(*, connection: Connection, text: str) -> list[Explanation]:
    """Say what is known of an address that nobody in the directory has.

    One sentence for each list that it is on over there, or one about the account; none
    when it was never seen there either. The association must be in scope.
    """
    mailbox = text.strip().lower()
    remote = RemoteContact.objects.filter(
        connection=connection, mailbox=mailbox
    ).first()
    if remote is None:
        return []
    lists = targets(connection.pk)
    spots = _spots(connection, lists, [mailbox])
    teller = _teller(connection, lists, [mailbox], [])
    told = [
        _of_nobody(mailbox, target, _told(spot, target, mailbox, teller), spot)
        for target in lists
        if (spot := spots.get((target.list_id, mailbox))) and spot.there
    ]
    return told or [_of_nobody(mailbox, None, _elsewhere(remote), None)]


def explain_mailboxes(
    *, connection: Connection, mailboxes: Sequence[str], list_id: int
) -> list[Explanation]:
    """Say of each of these that is on the list over there what it does there, in the
    order given; of whoever has it in the directory nothing but that they do not bring
    it. The association must be in scope."""
    lists = targets(connection.pk, among=[list_id])
    spots = _spots(connection, lists, mailboxes)
    teller = _teller(connection, lists, mailboxes, _holders(spots))
    return [
        _of_nobody(mailbox, target, _told(spot, target, mailbox, teller), spot)
        for mailbox in mailboxes
        for target in lists
        if (spot := spots.get((target.list_id, mailbox))) and spot.there
    ]


def _told(spot: Spot, target: Target, mailbox: str, teller: Teller) -> Found:
    subject = Subject(contact=None, mailbox=mailbox, target=target, spot=spot)
    if spot.ours:
        return teller.tell(subject, Reason.NOT_ON_LIST, judge(spot, target).still_there)
    return teller.tell_of_stranger(subject)


def _elsewhere(remote: RemoteContact) -> Found:
    return Found(
        sentence=_(
            "is known at %(there)s as %(state)s, and on none of our lists there."
        )
        % {
            "there": provider_name(remote.connection.provider),
            "state": PERMISSIONS[Permission(remote.permission)],
        },
        next_step=_("Nothing to do: nobody in the directory has this address."),
        since=remote.seen_at,
    )


def _of_nobody(
    mailbox: str, target: Target | None, found: Found, spot: Spot | None
) -> Explanation:
    lingers = judge(spot, target) if spot and spot.ours and target else None
    return Explanation(
        contact_id=None,
        contact="",
        mailbox=mailbox,
        list_id=target.list_id if target else None,
        list_name=target.name if target else "",
        there=spot is not None,
        reason=Reason.NOT_ON_LIST,
        still_there=lingers.still_there if lingers else None,
        sentence=f"{mailbox} {found.sentence}",
        next_step=found.next_step,
        since=found.since,
        hold=found.hold,
    )


def _spots(
    connection: Connection, lists: Sequence[Target], mailboxes: Iterable[str]
) -> dict[tuple[int, str], Spot]:
    around = Around(
        association_id=connection.association_id, connection_id=connection.pk
    )
    return {
        (list_id, str(mailbox)): spot
        for list_id, mailbox, spot in each(around, lists, list(mailboxes))
    }


def _holders(spots: Mapping[tuple[int, str], Spot]) -> Iterator[int]:
    return (holder.contact for spot in spots.values() for holder in spot.holders)


def _teller(
    connection: Connection,
    lists: Sequence[Target],
    mailboxes: Iterable[str],
    contacts: Iterable[int],
) -> Teller:
    facts = Facts(
        connection=connection,
        contacts=list(contacts),
        mailboxes=[Mailbox(one) for one in mailboxes],
        lists=[one.list_id for one in lists],
    )
    return Teller(facts=facts, time_zone=connection.association.time_zone)


def _memberships(
    contacts: Sequence[int], lists: Sequence[Target]
) -> dict[int, frozenset[int]]:
    rows = PlaceOnList.objects.filter(
        contact_id__in=contacts, list_id__in=[one.list_id for one in lists]
    )
    found: dict[int, set[int]] = {}
    for contact_id, list_id in rows.values_list("contact_id", "list_id"):
        found.setdefault(contact_id, set()).add(list_id)
    return {contact_id: frozenset(those) for contact_id, those in found.items()}
