"""Asking who must be left in peace."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen
from django.db.models import Q

from rollkeeper.consent.models import Refusal
from rollkeeper.core.values import ContactId, ListId, Mailbox


@frozen(kw_only=True)
class InEffect:
    """A refusal in effect: of a mailbox, or of a contact wherever it is now."""

    mailbox: Mailbox | None
    contact_id: ContactId | None
    list_id: ListId | None
    made_at: Mailbox
    """The mailbox that it was told of."""
    made_by: ContactId | None
    """Who had it then, of those we know."""


def refusals_about(
    association_id: int,
    mailboxes: Collection[Mailbox],
    contacts: Collection[ContactId],
) -> tuple[InEffect, ...]:
    """Return what these mailboxes and these contacts have refused."""
    found = Refusal.objects.filter(
        Q(mailbox__in=mailboxes) | Q(contact_id__in=contacts),
        association_id=association_id,
    )
    rows = found.values_list(
        "mailbox", "contact_id", "list_id", "fact__mailbox", "fact__contact_id"
    )
    return tuple(
        InEffect(
            mailbox=None if mailbox is None else Mailbox(mailbox),
            contact_id=None if contact is None else ContactId(contact),
            list_id=None if list_id is None else ListId(list_id),
            made_at=Mailbox(made_at),
            made_by=None if made_by is None else ContactId(made_by),
        )
        for mailbox, contact, list_id, made_at, made_by in rows
    )


def suppressed_among(
    association_id: int, mailboxes: Collection[Mailbox]
) -> frozenset[Mailbox]:
    """Return those of the mailboxes that no mail may go to at all."""
    found = Refusal.objects.filter(
        association_id=association_id, mailbox__in=mailboxes, list_id=None
    )
    return frozenset(
        Mailbox(one) for one in found.values_list("mailbox", flat=True) if one
    )


def suppressed_contacts_among(
    association_id: int, contacts: Collection[ContactId]
) -> frozenset[ContactId]:
    """Return those of the contacts who refused all mail, at whatever address.

    A refusal goes with the person to a new address. A bounce is the old one's.
    """
    found = Refusal.objects.filter(
        association_id=association_id, contact_id__in=contacts, list_id=None
    )
    ids = found.values_list("contact_id", flat=True)
    return frozenset(ContactId(one) for one in ids if one is not None)
