"""Staff note that somebody asked not to be mailed, by telephone or at the counter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve
from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.services import Fact, suppress
from rollkeeper.core.values import ContactId, ListId, Mailbox, one_line
from rollkeeper.engine.refusals import BECAUSE

SOURCE: Final = "staff"
LONGEST: Final = 500

ONLY_THEY_LIFT_IT: Final = _(
    "Only the person can lift it, by subscribing again at the newsletter provider:"
    " nobody here can."
)


class CannotNote(Exception):
    """Nothing was noted. The message says what is missing."""


@transaction.atomic
def note_refusal(
    *,
    association_id: int,
    mailbox: Mailbox | None,
    contacts: Sequence[ContactId],
    because: str,
    by: str,
    list_id: ListId | None = None,
) -> bool:
    """Keep all mail, or a list's, from the mailbox and from these who have it.

    For good: only the person lifts it. Returns whether it was not known before. Raises
    `CannotNote`. The association must be in scope.
    """
    because = one_line(because)[:LONGEST]
    if not because:
        raise CannotNote(_("Write why, such as: asked on the phone not to be mailed."))
    if mailbox is None:
        raise CannotNote(
            _(
                "There is no address that mail could be sent to. Enter it first, or"
                " set Do Not Contact."
            )
        )
    fact = Fact(
        mailbox=mailbox,
        kind=Kind.STAFF,
        list_id=list_id,
        provider="",
        source=SOURCE,
        evidence={BECAUSE: because},
        actor=by,
    )
    facts = [evolve(fact, contact_id=one) for one in contacts] or [fact]
    new = suppress(association_id=association_id, facts=facts)
    if new:
        record(
            association_id=association_id,
            by=by,
            action="refusal_noted",
            subject=f"contact:{contacts[0]}" if contacts else "",
            details={"contacts": list(contacts), "list": list_id, BECAUSE: because},
        )
    return bool(new)
