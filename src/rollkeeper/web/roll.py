"""What tables say of contacts and memberships beside their own columns.

Tables sort, search and count plain rows; what else they show is read for the rows of
one page only, so that a roll of a hundred thousand opens as fast as one of a hundred.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import frozen
from django.db.models import (
    BooleanField,
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django_scopes import scopes_disabled

from rollkeeper.consent.models import Kind, Refusal
from rollkeeper.directory.models import (
    Contact,
    ContactList,
    EmailAddress,
    PlaceOnList,
)
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.refusals import standing_of
from rollkeeper.engine.switches import shown
from rollkeeper.ledger.selectors import mailboxes_there


@frozen(kw_only=True)
class Facts:
    """What decides whether mail may go to a contact, and on how many lists it is."""

    address: str = ""
    """The primary one, as typed; empty when there is none."""
    mailbox: str | None = None
    """None when the primary address is missing or not valid."""
    lists: int = 0
    do_not_contact: bool = False
    no_mass_emails: bool = False
    """Did the contact, the mailbox, or who shares it, refuse all mail?"""


def facts_of(contacts: Collection[Contact]) -> Mapping[int, Facts]:
    """Return the facts of each contact by its id."""
    ids = [contact.pk for contact in contacts]
    with scopes_disabled():
        # Whose the contacts are is known. Asked for beside their ids, it would have a
        # database that takes the association to be small read all of it.
        primary = EmailAddress.objects.filter(contact_id__in=ids, primary=True)
        on = PlaceOnList.objects.filter(contact_id__in=ids).order_by()
    addresses = {row.contact_id: row for row in primary}
    seen = set(shown().values_list("pk", flat=True))
    places = on.values_list("contact_id", "list_id")
    lists = Counter(contact for contact, its in places if its in seen)
    refused = standing_of(ids)
    return {
        contact.pk: Facts(
            address=addresses[contact.pk].typed if contact.pk in addresses else "",
            mailbox=addresses[contact.pk].mailbox if contact.pk in addresses else None,
            lists=lists[contact.pk],
            do_not_contact=contact.do_not_contact,
            no_mass_emails=any(one.list_id is None for one in refused[contact.pk]),
        )
        for contact in contacts
    }


def no_mass_emails(row: ContactList | None = None) -> Q:
    """Return the condition on contacts that they, their mailbox, or somebody who
    shares it, refused all mail, or that of the list.

    Looked up for each contact, so that it costs as much as there are contacts to ask
    about, whatever the database believes of how many refused.
    """
    of_all = Refusal.objects.filter(list_id=None)
    if row is None:
        return _refusing(of_all, shared=of_all)
    of_list = Refusal.objects.filter(Q(list_id=None) | Q(list_id=row.pk))
    return _refusing(of_list, shared=of_list.exclude(kind=Kind.LEFT_LIST))


def _refusing(refusals: QuerySet[Refusal], *, shared: QuerySet[Refusal]) -> Q:
    primary = EmailAddress.objects.filter(primary=True)
    sharers = primary.filter(
        _found(shared.filter(contact_id=OuterRef("contact_id"))),
        mailbox=OuterRef("mailbox"),
    )
    address = primary.filter(
        _found(refusals.filter(mailbox=OuterRef("mailbox"))) | _found(sharers),
        contact_id=OuterRef("pk"),
    )
    return _found(refusals.filter(contact_id=OuterRef("pk"))) | _found(address)


def _found(rows: QuerySet[Any]) -> Q:
    """Return the condition that there is such a row, looked up for each row outside.

    Of an EXISTS the database may make a join, and compares all with all when it takes
    a table that has just been filled for one that is empty still.
    """
    first = rows.annotate(found=Value(True)).order_by().values("found")[:1]
    return Q(Coalesce(Subquery(first), False, output_field=BooleanField()))


def with_no_mass_emails(row: ContactList | None = None) -> Q:
    """As `no_mass_emails`, for those who want everybody: it begins at who refused."""
    return Q(pk__in=_who_refused(row))


def _who_refused(row: ContactList | None) -> QuerySet[Any, Any]:
    about = Q(list_id=None) if row is None else Q(list_id=None) | Q(list_id=row.pk)
    refusals = Refusal.objects.filter(about).order_by()
    primary = EmailAddress.objects.filter(primary=True).order_by()
    their_own = refusals.filter(contact_id__isnull=False)
    refused = refusals.filter(mailbox__isnull=False).values("mailbox")
    for_all = their_own.exclude(kind=Kind.LEFT_LIST).values("contact_id")
    shared = primary.filter(contact_id__in=for_all).values("mailbox")
    holders = primary.filter(mailbox__in=refused).values("contact_id")
    sharers = primary.filter(mailbox__in=shared).values("contact_id")
    return their_own.values("contact_id").union(holders, sharers, all=True)


def without_valid_address() -> Q:
    """Return the condition on contacts that no mail can be sent to them."""
    valid = EmailAddress.objects.filter(primary=True, mailbox__isnull=False)
    return ~Q(pk__in=valid.values("contact_id"))


def places_of(contacts: Sequence[Contact], row: ContactList) -> Sequence[PlaceOnList]:
    """Return how each of the contacts stands on the list, which they are on."""
    with scopes_disabled():
        # As in `facts_of`.
        rows = PlaceOnList.objects.filter(list=row, contact__in=contacts)
    on = {one.contact_id: one for one in rows.select_related("contact")}
    return [on[contact.pk] for contact in contacts if contact.pk in on]


def lists_of(contact: Contact) -> QuerySet[ContactList]:
    """Return the lists that the contact is on, by name."""
    on = PlaceOnList.objects.filter(contact=contact).values("list_id")
    return shown().filter(pk__in=on).order_by(in_order(), "pk")


def kept_from(row: ContactList) -> Q:
    """Return the condition on places on the list that who has them has No Mass Emails
    on it: by a refusal, or because staff ticked it there."""
    return Q(no_mass_email=True) | Q(contact_id__in=_who_refused(row))


def reached(audience_id: int) -> QuerySet[EmailAddress]:
    """Return the primary addresses that are on the audience's list over there."""
    there = mailboxes_there(audience_id)
    return EmailAddress.objects.filter(primary=True, mailbox__in=there)


def there_among(contacts: Collection[Contact], audience_id: int | None) -> set[int]:
    """Return the ids of those whose mailbox is on the audience's list over there."""
    if audience_id is None:
        return set()
    theirs = reached(audience_id).filter(contact__in=contacts)
    return set(theirs.values_list("contact_id", flat=True))


def lists() -> QuerySet[Any]:
    """Return the lists with how many contacts are on each."""
    on = PlaceOnList.objects.filter(list=OuterRef("pk")).order_by().values("list_id")
    counted = on.annotate(number=Count("contact_id")).values("number")
    return shown().annotate(members=Coalesce(Subquery(counted), 0))
