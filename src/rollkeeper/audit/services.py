"""Writing the record of who did what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rollkeeper.audit.models import Entry


def record(
    *,
    association_id: int,
    by: str,
    action: str,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry, in the caller's transaction: it stands exactly if the act does.

    *action* is in the past tense, such as "list_switched_on". Entries of one
    association wait for each other until their transaction ends, so write it late.
    """
    Entry(
        association_id=association_id,
        actor=by,
        action=action,
        subject=subject,
        details=dict(details or {}),
    ).save(force_insert=True)
