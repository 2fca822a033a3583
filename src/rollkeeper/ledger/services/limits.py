"""Changing how much may be done without asking."""

from __future__ import annotations

from attrs import asdict, fields_dict
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.core.guards import Limits, Share
from rollkeeper.ledger.figures import limits
from rollkeeper.ledger.models import GuardLimit


class NoSuchLimit(Exception):
    """The message says which limits there are."""


@transaction.atomic
def change_limit(*, association_id: int, name: str, share: Share, by: str) -> None:
    """Set one limit of the association, for all its connections from now on.

    Raises `NoSuchLimit`.
    """
    if name not in fields_dict(Limits):
        raise NoSuchLimit(
            _("There is no limit '%(name)s'. There are %(limits)s.")
            % {"name": name, "limits": ", ".join(fields_dict(Limits))}
        )
    before: Share = getattr(limits(association_id), name)
    if before == share:
        return
    GuardLimit.objects.update_or_create(
        association_id=association_id,
        name=name,
        defaults={**asdict(share), "changed_by": by, "changed_at": Now()},
    )
    record(
        association_id=association_id,
        by=by,
        action="limit_changed",
        subject=f"limit:{name}",
        details={"before": asdict(before), "after": asdict(share)},
    )
