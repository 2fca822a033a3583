"""The sum of a list: who is on it here, less who is not mailed, is who is there."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from django.db.models import Count, Q, QuerySet

from rollkeeper.ledger.selectors import AudienceFigures


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


def add_up(members: QuerySet[Any], figures: AudienceFigures) -> Sum:
    """Return the sum over *members*, as `roll.members` gives them."""
    counted = members.order_by().aggregate(
        all=Count("pk"),
        reached=Count("pk", filter=Q(there=True)),
        mailboxes=Count("mailbox", filter=Q(there=True), distinct=True),
    )
    return Sum(
        members=counted["all"],
        missing=counted["all"] - counted["reached"],
        sharing=counted["reached"] - counted["mailboxes"],
        leaving=figures.ours - counted["mailboxes"],
        there=figures.ours,
        strangers=figures.strangers,
    )
