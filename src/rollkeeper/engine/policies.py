"""Changing what an audience does, after seeing what that would do."""

from __future__ import annotations

from django.db import transaction

from rollkeeper.core.policy import Policy
from rollkeeper.core.values import AudienceId, ListId
from rollkeeper.engine import reconcile
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.previewing import Preview, preview
from rollkeeper.engine.reconcile import Surroundings
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services import audiences


def preview_of(
    *,
    audience_id: AudienceId,
    policy: Policy,
    by: str,
    surroundings: Surroundings,
) -> Preview:
    """Return what a sync of the list would do under *policy*; nothing is changed.

    Raises as `preview` does. The connection must have been compared once: nothing is
    asked of the provider.
    """
    audience = Audience.objects.get(pk=audience_id)
    with transaction.atomic():
        audiences.set_policy(audience_id=audience_id, policy=policy, by=by)
        found = preview(
            connection_id=audience.connection_id,
            by=by,
            surroundings=surroundings,
            list_id=ListId(audience.list_id),
        )
        transaction.set_rollback(True)
    return found


@transaction.atomic
def change(*, audience_id: AudienceId, policy: Policy, by: str) -> None:
    """Keep the audience true by *policy*, and have its list compared by it.

    What it would take off the list waits for a person first.
    """
    audience = Audience.objects.get(pk=audience_id)
    if audiences.policy_of(audience) == policy:
        return
    audiences.set_policy(audience_id=audience_id, policy=policy, by=by)
    reconcile.request(
        STORE, connection_id=audience.connection_id, list_id=ListId(audience.list_id)
    )
