"""Which lists of the directory there are to see, and which are kept true."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from rollkeeper.directory.models import AUTOMATIC, ContactList, ListKind
from rollkeeper.ledger.models import NewsletterSettings
from rollkeeper.ledger.services.newsletter import newsletter_of


def kept(association_id: int, provider: str) -> QuerySet[ContactList]:
    """Return the lists that are kept true through a connection to *provider*.

    Those that are switched on, of the kinds that the association's settings name.
    """
    chosen = newsletter_of(association_id)
    kinds = [kind for kind in ListKind if chosen.keeps(kind, provider)]
    rows: QuerySet[ContactList] = ContactList.objects.filter(sync=True, kind__in=kinds)
    return rows


def shown() -> QuerySet[ContactList]:
    """Return the lists that staff see: automatic ones only where they are wanted."""
    chosen = NewsletterSettings.objects.filter(association=OuterRef("association"))
    wanted = Q(kind=ListKind.REPRESENTATIVES) & Exists(
        chosen.filter(representatives=True)
    ) | Q(kind=ListKind.MEMBERSHIP_TYPE) & Exists(chosen.filter(membership_types=True))
    rows: QuerySet[ContactList] = ContactList.objects.filter(
        ~Q(kind__in=AUTOMATIC) | wanted
    )
    return rows


def kept_by_hand() -> QuerySet[ContactList]:
    """Return the lists that contacts are put on."""
    rows: QuerySet[ContactList] = ContactList.objects.exclude(kind__in=AUTOMATIC)
    return rows
