"""What a decision about a hold means, beyond letting its items pass or not.

removals, endings, adds, emptied fields, refusals
                     approve: done by the next run     discard: left as it is
rule changed         the same
deleted over there   approve: add again                discard: let go
left at once         approve: they left, for good      discard: put back
list deleted         approve: off it, and it goes      discard: it stays over there
source fell, empty   approve: they leave at once       discard: they stay

The association must be in scope.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from attrs import evolve
from django.db import transaction
from django.utils.translation import gettext_noop as _

from rollkeeper.audit.services import record
from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import ListDeleted
from rollkeeper.core.values import AssociationId, AudienceId, Mailbox
from rollkeeper.directory import marks
from rollkeeper.directory.importing import Departing, depart
from rollkeeper.directory.models import Follower
from rollkeeper.engine.importing import NOT_IN_CONTACTS, NOT_IN_MEMBERSHIPS
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.engine.spoken import Spoken, spoken
from rollkeeper.engine.words import CAUSES
from rollkeeper.ledger.models import Audience, Hold
from rollkeeper.ledger.services import audiences, holds, sightings

OF_SOURCE: Final = frozenset({Guard.SOURCE_FELL, Guard.SOURCE_EMPTY})

WHY: Final[Mapping[str, str]] = Spoken(
    {
        **{cause.value: words for cause, words in CAUSES.items()},
        NOT_IN_CONTACTS: _("is not in the complete file of contacts"),
        NOT_IN_MEMBERSHIPS: _("is not on the list in the complete file of memberships"),
    }
)
"""Why something is held, as the end of a sentence, by its code."""

_USUALLY: Final = (
    _("The next run does this, as far as it is still planned, within 24 hours."),
    _("Everything stays as it is over there, as long as the same is planned."),
)

_CONSEQUENCES: Final[Mapping[Guard, tuple[str, str]]] = Spoken(
    {
        Guard.REFUSALS: (
            _("The next run goes on sending."),
            _("What is listed is not sent, as long as the same is planned."),
        ),
        Guard.DELETED_OVER_THERE: (
            _("The next run adds them again."),
            _(
                "They are let go: not added again as long as they are on the same"
                " lists."
            ),
        ),
        Guard.LEFT_AT_ONCE: (
            _(
                "They are taken for having left by their own will, which nobody can"
                " undo."
            ),
            _("The next run puts them back on the list."),
        ),
        Guard.LIST_DELETED: (
            _("The next run takes everybody off and deletes the list at the provider."),
            _(
                "The list stays at the provider as it is, and is left alone from now"
                " on."
            ),
        ),
        Guard.SOURCE_FELL: (
            _(
                "They leave the directory, or the list, now; and provider lists after"
                " it."
            ),
            _(
                "Nobody leaves. The next complete import asks again if they are still"
                " missing."
            ),
        ),
    }
)


def consequences(guard: Guard) -> tuple[str, str]:
    """Return what approving a hold of this guard does, and what discarding it does."""
    of_source = Guard.SOURCE_FELL if guard in OF_SOURCE else guard
    return _CONSEQUENCES.get(of_source) or spoken(_USUALLY)


@transaction.atomic
def approve(
    *, hold_id: int, fingerprint: str, by: str, typed: int | None = None
) -> Hold:
    """Approve exactly what *fingerprint* names. Raises `holds.CannotDecide`.

    What is about providers is done by their next run, for which it is marked; what is
    about the directory is done when this returns.
    """
    hold = holds.approve(hold_id=hold_id, fingerprint=fingerprint, by=by, typed=typed)
    guard = Guard(hold.guard)
    if guard in OF_SOURCE:
        _let_leave(hold, by)
        return hold
    mailboxes = holds.mailboxes_of(hold)
    if guard is Guard.DELETED_OVER_THERE and hold.connection_id:
        sightings.give_up_deleted(hold.connection_id, mailboxes)
    if guard is Guard.RULE_CHANGED and hold.audience_id:
        audiences.rule_decided([hold.audience_id])
    _mark(hold, mailboxes)
    return hold


@transaction.atomic
def discard(*, hold_id: int, fingerprint: str, by: str) -> Hold:
    """Decide against it. Raises `holds.CannotDecide`."""
    hold = holds.discard(hold_id=hold_id, fingerprint=fingerprint, by=by)
    guard = Guard(hold.guard)
    if guard is Guard.LEFT_AT_ONCE and hold.audience_id:
        mailboxes = holds.mailboxes_of(hold)
        sightings.give_up(hold.audience_id, mailboxes)
        _mark(hold, mailboxes)
    if guard is Guard.LIST_DELETED and hold.audience_id:
        _keep_list(AudienceId(hold.audience_id), by)
    if guard is Guard.RULE_CHANGED and hold.audience_id:
        audiences.rule_decided([hold.audience_id])
    return hold


def _let_leave(hold: Hold, by: str) -> None:
    departures = holds.departures_of(hold)
    depart(
        association_id=AssociationId(hold.association_id),
        departing=[
            Departing(contact_id=one.contact_id, list_id=one.list_id)
            for one in departures
        ],
        by=by,
        details={"hold": hold.pk},
    )
    holds.note_applied(hold)


def _keep_list(audience: AudienceId, by: str) -> None:
    row = Audience.objects.get(pk=audience)
    policy = evolve(audiences.policy_of(row), list_deleted=ListDeleted.KEEP)
    audiences.set_policy(audience_id=audience, policy=policy, by=by)


def _mark(hold: Hold, mailboxes: Collection[Mailbox]) -> None:
    """Have the next run of the connection compute these again."""
    if hold.connection_id is None:
        return
    follower = Follower.objects.filter(name=follower_name(hold.connection_id)).first()
    if follower:
        marks.mark_mailboxes(follower=follower, mailboxes=mailboxes)


def note_exported(hold: Hold, *, by: str) -> None:
    """Somebody takes the full list of a hold away as a file."""
    record(
        association_id=hold.association_id,
        by=by,
        action="hold_list_exported",
        subject=f"hold:{hold.pk}",
        details={"count": hold.count},
    )
