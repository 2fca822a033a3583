"""An address that is already somebody else's: said before it is kept twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen
from django.db.models import QuerySet

from rollkeeper.directory.models import Contact

NAMED: Final = 10
"""More than so many are counted, not named."""


@frozen(kw_only=True)
class Shared:
    """Whose primary address a mailbox is already."""

    mailbox: str
    people: Sequence[Contact]
    more: int


def holders(mailbox: str, *, but: Contact) -> QuerySet[Contact]:
    """Return who else has the mailbox as primary address."""
    theirs = Contact.objects.filter(addresses__mailbox=mailbox, addresses__primary=True)
    return theirs.exclude(pk=but.pk).order_by("last_name", "first_name", "pk")


def shared(mailbox: str, *, by: Contact, told: str) -> Shared | None:
    """Return whom *by* would share the mailbox with; None where it is nobody, or
    staff were *told* of this mailbox and go on."""
    if not mailbox or mailbox == told:
        return None
    found = holders(mailbox, but=by)
    people = list(found[:NAMED])
    if not people:
        return None
    return Shared(mailbox=mailbox, people=people, more=found.count() - len(people))
