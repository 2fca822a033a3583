"""Who must be left in peace, by the facts and the contacts of the store."""

from __future__ import annotations

from collections.abc import Collection

from tests.memory_store.memory import Memory
from tests.memory_store.refusals import Refusals

from rollkeeper.core.values import Mailbox


def suppressed_among(
    memory: Memory, mailboxes: Collection[Mailbox]
) -> frozenset[Mailbox]:
    """Return those that refused, or that somebody has who did or whom nobody may
    contact."""
    wanted = set(mailboxes)
    refusals = Refusals.among(memory.tables.facts.values())
    people = refusals.people()
    barred = {
        contact.mailbox
        for contact in memory.tables.contacts.values()
        if contact.mailbox in wanted
        and (contact.do_not_contact or contact.id in people)
    }
    found = refusals.mailboxes() | barred
    return frozenset(mailbox for mailbox in found if mailbox in wanted)
