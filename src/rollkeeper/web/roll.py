"""Contacts and memberships with what a table says of them, read in one query."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import (
    Contact,
    ContactList,
    EmailAddress,
    ListMembership,
)
from rollkeeper.ledger.selectors import is_there


def contacts() -> QuerySet[Any]:
    """Return the contacts with primary address, refusal, and number of lists."""
    on_lists = (
        ListMembership.objects.filter(contact=OuterRef("pk"))
        .order_by()
        .values("contact")
        .annotate(lists=Count("pk"))
        .values("lists")
    )
    rows = Contact.objects.annotate(**_mail_of("pk"))
    return rows.annotate(
        unsubscribed=_refused("pk"),
        lists=Coalesce(Subquery(on_lists), Value(0)),
    ).order_by("last_name", "first_name", "pk")


def members(row: ContactList, audience_id: int | None) -> QuerySet[Any]:
    """Return who is on the list, with the same facts about each.

    `there` says whether the mailbox is on the audience's list at the provider.
    """
    rows = ListMembership.objects.filter(list=row).select_related("contact")
    rows = rows.annotate(**_mail_of("contact_id"))
    there: Any = Value(value=False)
    if audience_id is not None:
        there = is_there(audience_id=audience_id, mailbox=OuterRef("mailbox"))
    return rows.annotate(unsubscribed=_refused("contact_id"), there=there).order_by(
        "contact__last_name", "contact__first_name", "pk"
    )


def lists() -> QuerySet[Any]:
    """Return the lists with how many contacts are on each."""
    return ContactList.objects.annotate(members=Count("memberships"))


def _mail_of(contact: str) -> dict[str, Subquery]:
    primary = EmailAddress.objects.filter(contact=OuterRef(contact), primary=True)
    return {
        "address": Subquery(primary.values("typed")[:1]),
        "mailbox": Subquery(primary.values("mailbox")[:1]),
    }


def _refused(contact: str) -> Exists:
    """Did the contact, or the mailbox it has now, refuse all mail?"""
    return Exists(
        Suppression.objects.filter(kind=Kind.UNSUBSCRIBED).filter(
            Q(contact_id=OuterRef(contact)) | Q(mailbox=OuterRef("mailbox"))
        )
    )
