"""What happened before something was held: the acts that may have led to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Q

from rollkeeper.audit.models import Entry
from rollkeeper.ledger.last_change import ACTS
from rollkeeper.ledger.models import Hold
from rollkeeper.web.audit import Row, rows_of

SHOWN: Final = 8
WITHIN: Final = timedelta(days=7)


def before(hold: Hold) -> Sequence[Row]:
    """Return the last acts of the week before, the newest first: imports, what changed
    contacts, and of lists only the one it is about, if it is about one."""
    acts = Entry.objects.filter(
        association_id=hold.association_id,
        action__in=ACTS,
        at__lte=hold.made_at,
        at__gt=hold.made_at - WITHIN,
    )
    if hold.audience:
        its_own = Q(subject=f"list:{hold.audience.list_id}")
        acts = acts.filter(its_own | ~Q(subject__startswith="list:"))
    return rows_of(list(acts.order_by("-id")[:SHOWN]))
