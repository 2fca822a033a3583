"""Who holds a mailbox: the contacts whose primary address it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from rollkeeper.core.values import ContactId, Mailbox
from rollkeeper.directory.models import EmailAddress


def holders_by_mailbox(
    mailboxes: Collection[Mailbox],
) -> dict[Mailbox, list[ContactId]]:
    """Return the contacts of each mailbox that has any, in the association in scope."""
    holders: defaultdict[Mailbox, list[ContactId]] = defaultdict(list)
    held = EmailAddress.objects.filter(primary=True, mailbox__in=list(mailboxes))
    for mailbox, contact_id in held.values_list("mailbox", "contact_id"):
        holders[Mailbox(mailbox or "")].append(ContactId(contact_id))
    return holders
