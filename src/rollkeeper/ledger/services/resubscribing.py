"""Asking somebody to subscribe again, once: durable before the mail is asked for.

asked      waits for the connection's turn
unknown    on its way, or lost there: from right before the request until its answer
sent       the provider took it
refused    it said no, or something stood against it by then
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from rollkeeper.audit.services import record
from rollkeeper.core.values import ContactId, Mailbox, ProviderContactId, ProviderListId
from rollkeeper.ledger.models import ResubscribeRequest, ResubscribeState


class AskedBefore(Exception):
    """The mailbox was asked already, and there is no second time."""


@transaction.atomic
def ask(
    *,
    association_id: int,
    connection_id: int,
    mailbox: Mailbox,
    contact_id: ContactId,
    provider_id: ProviderContactId,
    lists: Mapping[ProviderListId, str],
    by: str,
) -> ResubscribeRequest:
    """Have the mailbox asked, once for ever. *lists* are named by their ids.

    Raises `AskedBefore`.
    """
    try:
        with transaction.atomic():
            row = ResubscribeRequest.objects.create(
                association_id=association_id,
                connection_id=connection_id,
                mailbox=mailbox,
                contact_id=contact_id,
                provider_id=provider_id,
                lists=list(lists),
                list_names=list(lists.values()),
                asked_by=by,
                state=ResubscribeState.ASKED,
            )
    except IntegrityError as error:
        raise AskedBefore from error
    record(
        association_id=association_id,
        by=by,
        action="resubscribe_asked",
        subject=f"contact:{contact_id}",
        details={"connection": connection_id, "lists": list(lists.values())},
    )
    return row


def take_next(connection_id: int) -> ResubscribeRequest | None:
    """Return the one that waits the longest, noted as on its way: whatever happens
    from now on, it is not sent a second time by itself."""
    row = (
        ResubscribeRequest.objects.select_for_update()
        .filter(connection_id=connection_id, state=ResubscribeState.ASKED)
        .order_by("id")
        .first()
    )
    if row is not None:
        conclude(
            row.pk,
            ResubscribeState.UNKNOWN,
            "No answer came. The mail may have been sent.",
        )
    return row


def conclude(request_id: int, state: ResubscribeState, words: str = "") -> None:
    """Note what became of it."""
    ResubscribeRequest.objects.filter(pk=request_id).update(
        state=state, words=words, state_at=Now()
    )


def request_for(connection_id: int, mailbox: str) -> ResubscribeRequest | None:
    """Return what was asked of the mailbox, and what became of it."""
    found: ResubscribeRequest | None = ResubscribeRequest.objects.filter(
        connection_id=connection_id, mailbox=mailbox
    ).first()
    return found
