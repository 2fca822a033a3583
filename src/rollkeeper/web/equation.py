"""The sum of a list: who is on it here, less who is not mailed, is who is there."""

from __future__ import annotations

from attrs import frozen
from django.db.models import Count

from rollkeeper.directory.models import ContactList, ListMembership
from rollkeeper.ledger.selectors import AudienceFigures
from rollkeeper.web.roll import reached


@frozen(kw_only=True)
class Sum:
    """Adds up: members - missing - sharing + leaving = there."""

    members: int
    missing: int
    sharing: int
    """Contacts beyond the first of each mailbox that is there."""
    leaving: int
    """Mailboxes still there whom nobody on the list brings any more."""
    there: int
    strangers: int


def add_up(row: ContactList, figures: AudienceFigures) -> Sum:
    """Return the sum of the list, whose audience has these *figures*."""
    members = ListMembership.objects.filter(list=row).count()
    theirs = reached(figures.audience_id).filter(contact__memberships__list=row)
    counted = theirs.aggregate(
        reached=Count("pk"), mailboxes=Count("mailbox", distinct=True)
    )
    return Sum(
        members=members,
        missing=members - counted["reached"],
        sharing=counted["reached"] - counted["mailboxes"],
        leaving=figures.ours - counted["mailboxes"],
        there=figures.ours,
        strangers=figures.strangers,
    )
