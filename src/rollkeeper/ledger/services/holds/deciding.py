"""Decisions: who may let a hold pass, when it is too late, and when a number is asked.

CannotDecide
    Decided       somebody decided before, or time did
    Changed       it holds something else than what was looked at
    NumberNeeded  so much is about to happen that the number must be typed
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from rollkeeper.audit.actors import name_of
from rollkeeper.audit.services import record
from rollkeeper.core.guards import Guard
from rollkeeper.ledger.models import HeldItem, Hold
from rollkeeper.ledger.states import HoldState

APPROVAL_HOLDS: Final = timedelta(hours=24)

_ALWAYS_BY_NUMBER: Final = frozenset({Guard.EMPTIED_LIST, Guard.SOURCE_EMPTY})
_MOST_BY_A_CLICK: Final = 1_000
_LARGEST_PART_BY_A_CLICK: Final = 4  # a quarter


class CannotDecide(Exception):
    """The hold stays as it is; the message says why and what to do."""


class Decided(CannotDecide):
    """It does not wait for a decision any more."""


class Changed(CannotDecide):
    """What it holds has changed since it was looked at."""


class NumberNeeded(CannotDecide):
    """The number of people must be typed, and was not, or not rightly."""


def needs_number(hold: Hold) -> bool:
    """Must the number of people be typed to approve this?"""
    return (
        hold.guard in _ALWAYS_BY_NUMBER
        or hold.count > _MOST_BY_A_CLICK
        or hold.count * _LARGEST_PART_BY_A_CLICK > hold.of
    )


@transaction.atomic
def approve(
    *, hold_id: int, fingerprint: str, by: str, typed: int | None = None
) -> Hold:
    """Let exactly the items that *fingerprint* names pass within the next 24 hours.

    Raises `CannotDecide`. Nothing is sent by this; have its mailboxes computed again.
    """
    hold = _open(hold_id, fingerprint)
    if number_missing(hold, typed):
        raise NumberNeeded(
            _(
                "This is about %(count)s of %(of)s. Type the number %(number)s to"
                " approve it."
            )
            % {
                "count": _figure(hold.count),
                "of": _figure(hold.of),
                "number": hold.count,
            }
        )
    hold.expires_at = Now() + APPROVAL_HOLDS
    return _close(hold, HoldState.APPROVED, "hold_approved", by)


def number_missing(hold: Hold, typed: int | None) -> bool:
    return needs_number(hold) and typed != hold.count


@transaction.atomic
def discard(*, hold_id: int, fingerprint: str, by: str) -> Hold:
    """Have these items not done, nor asked about again as long as they are planned.

    Raises `CannotDecide`.
    """
    return _close(
        _open(hold_id, fingerprint), HoldState.DISCARDED, "hold_discarded", by
    )


@transaction.atomic
def note_applied(hold: Hold) -> None:
    """Everything an approved hold stands for was done by the decision itself.

    What it covers at providers passes until the approval expires.
    """
    HeldItem.objects.filter(hold=hold).update(moot=True)
    hold.state = HoldState.APPLIED
    hold.save(update_fields=["state"])


def _open(hold_id: int, fingerprint: str) -> Hold:
    hold: Hold | None = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise CannotDecide(
            _("There is no hold %(hold_id)s. 'rollkeeper holds' lists those there are.")
            % {"hold_id": hold_id}
        )
    if hold.state != HoldState.OPEN:
        raise Decided(_why_closed(hold))
    if hold.fingerprint != fingerprint:
        raise Changed(
            _(
                "Hold %(hold_id)s has changed since you looked: it is about %(count)s"
                " of %(of)s now. Look at it again, then decide."
            )
            % {"hold_id": hold_id, "count": _figure(hold.count), "of": _figure(hold.of)}
        )
    return hold


def _why_closed(hold: Hold) -> str:
    if hold.state == HoldState.OVER:
        return _(
            "Hold %(pk)s is over: nothing of it is planned any more. There is nothing"
            " to decide."
        ) % {"pk": hold.pk}
    if hold.state == HoldState.EXPIRED:
        return _(
            "The approval of hold %(pk)s expired before all of it was done. What is"
            " still planned waits in a new hold: look at that one."
        ) % {"pk": hold.pk}
    sentence = _(
        "Hold %(hold)s was approved already, by %(who)s on %(day)s at %(time)s UTC."
        " There is nothing left to decide."
    )
    if hold.state == HoldState.DISCARDED:
        sentence = _(
            "Hold %(hold)s was discarded already, by %(who)s on %(day)s at %(time)s"
            " UTC."
            " There is nothing left to decide."
        )
    at = hold.decided_at or hold.made_at
    return sentence % {
        "hold": hold.pk,
        "who": name_of(hold.decided_by),
        "day": f"{at:%Y-%m-%d}",
        "time": f"{at:%H:%M}",
    }


def _figure(number: int) -> str:
    return number_format(number, force_grouping=True)


def _close(hold: Hold, state: HoldState, action: str, by: str) -> Hold:
    hold.state = state
    hold.decided_by = by
    hold.decided_at = Now()
    hold.save(update_fields=["state", "decided_by", "decided_at", "expires_at"])
    hold.refresh_from_db()
    record(
        association_id=hold.association_id,
        by=by,
        action=action,
        subject=f"hold:{hold.pk}",
        details={
            "guard": hold.guard,
            "audience": hold.audience_id,
            "count": hold.count,
            "of": hold.of,
            "fingerprint": hold.fingerprint,
        },
    )
    return hold
