"""What tables say of contacts and memberships beside their own columns.

Tables sort, search and count plain rows; what else they show is read for the rows of
one page only, so that a roll of a hundred thousand opens as fast as one of a hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import frozen
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import (
    Contact,
    ContactList,
    EmailAddress,
    PlaceOnList,
)
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
    unsubscribed: bool = False
    """Did the contact, or the mailbox it has now, refuse all mail?"""


def facts_of(contacts: Collection[Contact]) -> Mapping[int, Facts]:
    """Return the facts of each contact by its id."""
    ids = [contact.pk for contact in contacts]
    primary = EmailAddress.objects.filter(contact_id__in=ids, primary=True)
    addresses = {row.contact_id: row for row in primary}
    on = PlaceOnList.objects.filter(contact_id__in=ids, list__in=shown()).order_by()
    lists = dict(on.values_list("contact_id").annotate(Count("list_id")))
    refused = set(Contact.objects.filter(unsubscribed(), pk__in=ids).values_list("pk"))
    return {
        contact.pk: Facts(
            address=addresses[contact.pk].typed if contact.pk in addresses else "",
            mailbox=addresses[contact.pk].mailbox if contact.pk in addresses else None,
            lists=lists.get(contact.pk, 0),
            do_not_contact=contact.do_not_contact,
            unsubscribed=(contact.pk,) in refused,
        )
        for contact in contacts
    }


def unsubscribed() -> Q:
    """Return the condition on contacts that they refused all mail."""
    facts = Suppression.objects.filter(kind=Kind.UNSUBSCRIBED)
    theirs = EmailAddress.objects.filter(
        primary=True, mailbox__in=facts.values("mailbox")
    )
    in_person = facts.filter(contact_id__isnull=False).values("contact_id")
    return Q(pk__in=in_person) | Q(pk__in=theirs.values("contact_id"))


def without_valid_address() -> Q:
    """Return the condition on contacts that no mail can be sent to them."""
    valid = EmailAddress.objects.filter(primary=True, mailbox__isnull=False)
    return ~Q(pk__in=valid.values("contact_id"))


def members(row: ContactList) -> QuerySet[PlaceOnList]:
    """Return who is on the list, by name."""
    rows = PlaceOnList.objects.filter(list=row).select_related("contact")
    return rows.order_by("contact__last_name", "contact__first_name", "contact_id")


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
