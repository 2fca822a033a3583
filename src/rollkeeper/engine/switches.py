"""Which lists of the directory are kept true: those that are switched on, of the kinds
that the association has its newsletter provider keep."""

from __future__ import annotations

from django.db.models import QuerySet

from rollkeeper.directory.models import ContactList, ListKind
from rollkeeper.ledger.services.newsletter import newsletter_of


def kept(association_id: int, provider: str) -> QuerySet[ContactList]:
    """Return the lists that are kept true through a connection to *provider*."""
    return of_kept_kinds(association_id, provider).filter(sync=True)


def of_kept_kinds(association_id: int, provider: str) -> QuerySet[ContactList]:
    """Return the lists whose switches mean something, on or off."""
    chosen = newsletter_of(association_id)
    kinds = [kind for kind in ListKind if chosen.keeps(kind, provider)]
    rows: QuerySet[ContactList] = ContactList.objects.filter(kind__in=kinds)
    return rows
