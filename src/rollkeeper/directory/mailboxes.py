"""Who holds a mailbox: the contacts whose primary address it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.models import Contact, EmailAddress


def holders_by_mailbox(
    mailboxes: Collection[Mailbox],
) -> dict[Mailbox, list[ContactId]]:
    """Return the contacts of each mailbox that has any, in the association in scope."""
    holders: defaultdict[Mailbox, list[ContactId]] = defaultdict(list)
    held = EmailAddress.objects.filter(primary=True, mailbox__in=list(mailboxes))
    for mailbox, contact_id in held.values_list("mailbox", "contact_id"):
        holders[Mailbox(mailbox or "")].append(ContactId(contact_id))
    return holders


def mailboxes_of(contacts: Collection[ContactId]) -> frozenset[Mailbox]:
    """Return the primary mailboxes that these contacts have now."""
    held = EmailAddress.objects.filter(
        primary=True, mailbox__isnull=False, contact_id__in=contacts
    )
    return frozenset(
        Mailbox(one or "") for one in held.values_list("mailbox", flat=True)
    )


def do_not_contact_among(contacts: Collection[ContactId]) -> frozenset[ContactId]:
    """Return those whom nobody may contact, in the association in scope."""
    found = Contact.objects.filter(pk__in=contacts, do_not_contact=True)
    return frozenset(map(ContactId, found.values_list("pk", flat=True)))
