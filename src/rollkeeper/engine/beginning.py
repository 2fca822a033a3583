"""Was the first sync of everything started? Until then no list is sent by itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Audience, RunKind


class NotBegun(Exception):
    """Somebody has to look at what the first sync would do, and start it, before."""


def is_begun(connection_id: int) -> bool:
    """Was a sync of everything asked for or made? One of a single list is none."""
    if ledger.syncs(connection_id).exclude(kind=RunKind.AUDIENCE).exists():
        return True
    kept = Audience.objects.filter(connection_id=connection_id, state="active")
    asked = kept.filter(asked_at__isnull=False)
    return asked.exists() and not kept.filter(asked_at=None).exists()


def require(connection_id: int) -> None:
    """Raise `NotBegun` until the first sync was started."""
    if not is_begun(connection_id):
        raise NotBegun(
            _(
                "Nothing was sent: the first sync was not started yet. Look at what it"
                " would do, and start it; then a list can be synchronized by itself."
            )
        )
