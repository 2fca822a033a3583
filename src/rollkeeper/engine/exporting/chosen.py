"""Whose addresses are asked for: everybody on a list, or people picked by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from attrs import frozen
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Collate
from django.utils.text import slugify

from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import (
    Contact,
    ContactList,
    EmailAddress,
    PlaceOnList,
)


@frozen(kw_only=True)
class Chosen:
    """Some contacts, and the list that they are written for."""

    association_id: int
    contacts: QuerySet[Contact]
    list: ContactList | None
    """None when they were picked by hand: then no list's standing counts."""
    among: QuerySet[Contact] | None
    """Who was picked, of a list or of everybody; None for the whole of a list."""
    at_a_time: int = 2000
    """So many are held in memory."""

    @property
    def name(self) -> str:
        """For files: letters, digits and hyphens, never empty."""
        if self.list is None:
            return "contacts"
        return slugify(self.list.name) or f"list-{self.list.pk}"

    def mailboxes(self) -> Iterator[Sequence[Mailbox]]:
        """Yield their mailboxes in order, each once, some at a time."""
        rows = (
            EmailAddress.objects.filter(
                primary=True, mailbox__isnull=False, contact__in=self.contacts
            )
            .order_by(Collate("mailbox", "C"))
            .values_list("mailbox", flat=True)
            .distinct()
            .iterator(chunk_size=self.at_a_time)
        )
        while some := [Mailbox(one) for one in islice(rows, self.at_a_time) if one]:
            yield some

    def unreachable(self) -> Iterator[Sequence[Contact]]:
        """Yield those without a mailbox, some at a time."""
        mailbox = EmailAddress.objects.filter(
            contact=OuterRef("pk"), primary=True, mailbox__isnull=False
        )
        rows = self.contacts.filter(~Exists(mailbox)).order_by("pk")
        stream = rows.iterator(chunk_size=self.at_a_time)
        while some := list(islice(stream, self.at_a_time)):
            yield some


def of_list(row: ContactList, among: QuerySet[Contact] | None = None) -> Chosen:
    """Choose everybody on the list, or those of them who are *among* some others.

    The association must be in scope, here and wherever contacts are chosen.
    """
    on_it = PlaceOnList.objects.filter(list=row).values("contact_id")
    everybody = Contact.objects.all() if among is None else among
    return Chosen(
        association_id=row.association_id,
        contacts=everybody.filter(pk__in=on_it),
        list=row,
        among=among,
    )


def by_hand(association_id: int, contacts: QuerySet[Contact]) -> Chosen:
    """Choose these contacts, whatever lists they are on."""
    return Chosen(
        association_id=association_id, contacts=contacts, list=None, among=contacts
    )
