"""Asks again for what the provider refused: once more, the very same.

A refused change is not asked for again by itself until something in it changes. A
person may want just that, when what was in its way over there is gone.
"""

from __future__ import annotations

from django.db import transaction

from rollkeeper.audit.services import record
from rollkeeper.connections.models import Connection
from rollkeeper.core.values import AssociationId
from rollkeeper.directory import marks
from rollkeeper.directory.services import follow
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.ledger.services import outcomes


@transaction.atomic
def retry(*, connection: Connection, run_id: int, by: str) -> int:
    """Have the next run ask again for what this one was refused; return for how many.

    What cannot come out otherwise, as an address that is too long, is left alone. The
    association must be in scope.
    """
    mailboxes = outcomes.ask_again(connection_id=connection.pk, run_id=run_id)
    if not mailboxes:
        return 0
    association_id = AssociationId(connection.association_id)
    follower = follow(association_id=association_id, name=follower_name(connection.pk))
    marks.mark_mailboxes(follower=follower, mailboxes=mailboxes)
    record(
        association_id=association_id,
        by=by,
        action="refusals_retried",
        subject=f"run:{run_id}",
        details={"people": len(mailboxes)},
    )
    return len(mailboxes)
