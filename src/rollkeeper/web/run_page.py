"""A run in full: how far it is, each call it made, and what the provider refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rollkeeper.core.eligibility import Reason
from rollkeeper.engine.words import REASONS
from rollkeeper.ledger.models import (
    Audience,
    Operation,
    OperationState,
    Outcome,
    OutcomeKind,
    Run,
)

CALLS_SHOWN: Final = 50
REFUSED_SHOWN: Final = 50

KINDS: Final = {
    "import": gettext_lazy("Add or update people"),
    "join": gettext_lazy("Put on lists"),
    "leave": gettext_lazy("Take off lists"),
    "delete": gettext_lazy("Disable"),
    "create": gettext_lazy("Add one person"),
    "rewrite": gettext_lazy("Change one person"),
}

MOODS: Final = {
    OperationState.CONFIRMED: "true",
    OperationState.REFUSED: "stop",
    OperationState.FAILED: "stop",
    OperationState.UNKNOWN: "need",
    OperationState.SUPERSEDED: "off",
}

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@frozen(kw_only=True)
class Progress:
    planned: int
    done: int
    left: str
    """How long it will take still, at the rate so far; empty while nobody can say."""
    started_at: datetime


def progress_of(run: Run, *, now: datetime) -> Progress:
    return Progress(
        planned=run.planned,
        done=min(run.done, run.planned),
        left=_left(run, now),
        started_at=run.started_at,
    )


def _left(run: Run, now: datetime) -> str:
    if not 0 < run.done < run.planned:
        return ""
    elapsed = (now - run.started_at).total_seconds()
    seconds = elapsed * (run.planned - run.done) / run.done
    if seconds < MINUTE:
        return _("less than a minute left")
    if seconds < 1.5 * HOUR:
        minutes = round(seconds / MINUTE)
        words = ngettext(
            "about %(count)s minute left", "about %(count)s minutes left", minutes
        )
        return words % {"count": minutes}
    hours = round(seconds / HOUR)
    words = ngettext("about %(count)s hour left", "about %(count)s hours left", hours)
    return words % {"count": hours}


@frozen(kw_only=True)
class CallRow:
    """One call to the provider."""

    what: str
    people: int
    lists: Sequence[str]
    state: str
    mood: str
    sent_at: datetime | None
    words: str
    """The provider's, if it had any."""


@frozen(kw_only=True)
class Calls:
    rows: Sequence[CallRow]
    number: int


def calls_of(run: Run) -> Calls:
    """Return what it sent, in that order; the last ones when there are many."""
    rows = Operation.objects.filter(run=run)
    audiences = Audience.objects.filter(connection_id=run.connection_id)
    names = dict(audiences.values_list("provider_list_id", "name"))
    last = list(rows.order_by("-pk")[:CALLS_SHOWN])
    many = len(last) == CALLS_SHOWN
    return Calls(
        rows=[_call(row, names) for row in reversed(last)],
        number=rows.count() if many else len(last),
    )


def _call(row: Operation, names: Mapping[str | None, str]) -> CallRow:
    return CallRow(
        what=str(KINDS.get(row.kind, row.kind)),
        people=row.rows,
        lists=[names.get(one, one) for one in row.lists],
        state=row.get_state_display(),
        mood=MOODS.get(OperationState(row.state), "going"),
        sent_at=row.sent_at,
        words=row.message,
    )


@frozen(kw_only=True)
class RefusedRow:
    """One address that this run could not make true."""

    mailbox: str
    ours: str
    """What we make of it, and what to do."""
    theirs: str
    """The provider's own words; empty where it was we who saw it."""
    again: bool
    """Can the very same be asked for again?"""


@frozen(kw_only=True)
class Refusals:
    rows: Sequence[RefusedRow]
    number: int
    again: int
    """Of how many the same can be asked for again."""


def refusals_of(run: Run) -> Refusals:
    """Return what it was refused, or left to a person, and is so still."""
    rows = Outcome.objects.filter(run=run).order_by("mailbox")
    return Refusals(
        rows=[_refused(row) for row in rows[:REFUSED_SHOWN]],
        number=rows.count(),
        again=rows.filter(kind=OutcomeKind.REFUSED).exclude(asked="").count(),
    )


def _refused(row: Outcome) -> RefusedRow:
    if row.kind == OutcomeKind.REFUSED and row.cause != "too_long":
        sentence, next_step = REASONS[Reason.REFUSED_BY_PROVIDER]
        return RefusedRow(
            mailbox=row.mailbox,
            ours=f"{sentence} {next_step}".capitalize()
            if row.asked
            else _("Asked for again: the next run says what came of it."),
            theirs=row.message,
            again=bool(row.asked),
        )
    return RefusedRow(mailbox=row.mailbox, ours=row.message, theirs="", again=False)
