"""Asking who must be left in peace."""

from __future__ import annotations

from collections.abc import Collection

from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.values import ContactId, Mailbox


def suppressed_among(
    association_id: int, mailboxes: Collection[Mailbox]
) -> frozenset[Mailbox]:
    """Return those of the mailboxes that no mail may go to at all."""
    found = Suppression.objects.filter(
        association_id=association_id,
        mailbox__in=mailboxes,
        kind__in=(Kind.UNSUBSCRIBED, Kind.BOUNCED),
    )
    return frozenset(Mailbox(one) for one in found.values_list("mailbox", flat=True))


def suppressed_contacts_among(
    association_id: int, contacts: Collection[ContactId]
) -> frozenset[ContactId]:
    """Return those of the contacts who refused all mail, at whatever address.

    A refusal goes with the person to a new address. A bounce is the old one's.
    """
    found = Suppression.objects.filter(
        association_id=association_id, contact_id__in=contacts, kind=Kind.UNSUBSCRIBED
    )
    ids = found.values_list("contact_id", flat=True)
    return frozenset(ContactId(one) for one in ids if one is not None)
