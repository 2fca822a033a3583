"""How Sync Now of one list gets on, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import ContactList, EmailAddress, Mark, PlaceOnList
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.engine.spoken import Spoken
from rollkeeper.engine.stored import told
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import (
    OPEN_STATES,
    Audience,
    Operation,
    OperationState,
    Outcome,
    OutcomeKind,
    Run,
    RunState,
)
from rollkeeper.web.runs import MOODS, NOTHING, did
from rollkeeper.web.situation import is_connected, under_way
from rollkeeper.web.synching import asks
from rollkeeper.web.words import ago, clock, count

REFUSED_SHOWN = 5

JOBS = Spoken(
    {
        OperationState.PLANNED: gettext_noop("not sent yet"),
        OperationState.SENDING: gettext_noop("being sent"),
        OperationState.ACCEPTED: gettext_noop(
            "Constant Contact has taken them and works on it, "
            "which may take up to 15 minutes"
        ),
        OperationState.UNKNOWN: gettext_noop(
            "no answer came back; what became of it is asked next"
        ),
    }
)


@frozen(kw_only=True)
class Now:
    """What to show while a list is synchronized, and when it is done."""

    mood: str
    headline: str
    sentence: str = ""
    going: bool = False
    """Is it worth asking again?"""
    planned: int = 0
    done: int = 0
    jobs: Sequence[str] = ()
    """What the provider does with each call, in words."""
    refused: int = 0
    refusals: Sequence[Outcome] = ()
    """The first of those who were refused, each with why."""


def next_run(connection: Connection) -> int:
    """Return the least number that a run can have which does what is asked for now."""
    if running := under_way(connection):
        return running.pk
    newest = ledger.runs(connection.pk).first()
    return newest.pk + 1 if newest else 1


def is_in_line(row: ContactList, connection: Connection) -> bool:
    """Did somebody ask for this list by hand, and was it not taken up to the end?"""
    audience = _audience(row, connection)
    if audience and audience.asked_at and not asks(audience):
        return True
    return Mark.objects.filter(
        list_id=row.pk, follower__name=follower_name(connection.pk)
    ).exists()


def now_of(row: ContactList, connection: Connection, after: int) -> Now:
    """Say how the list gets on that was asked for when *after* was the next run."""
    if not is_connected(connection):
        return Now(
            mood="stop",
            headline=_("Constant Contact no longer lets us in"),
            sentence=_("Reconnect, and it goes on where it stopped."),
        )
    audience = _audience(row, connection)
    last = ledger.syncs(connection.pk).exclude(state=RunState.RUNNING)
    ended = last.filter(pk__gte=after).first()
    if audience and asks(audience):
        return Now(
            mood="need",
            headline=_("Waits for a decision"),
            sentence=_(
                "A list of this name is at Constant Contact already. Nothing is sent"
                " until somebody chooses."
            ),
        )
    jobs = _jobs(audience)
    if is_in_line(row, connection):
        return _in_line(under_way(connection), ended)
    if jobs:
        return Now(
            mood="going",
            headline=_("Constant Contact is working on it"),
            jobs=jobs,
            going=True,
        )
    return _ended(row, connection, ended)


def _audience(row: ContactList, connection: Connection) -> Audience | None:
    found: Audience | None = Audience.objects.filter(
        connection=connection, list_id=row.pk
    ).first()
    return found


def _jobs(audience: Audience | None) -> list[str]:
    if audience is None or audience.provider_list_id is None:
        return []
    calls = Operation.objects.filter(
        connection=audience.connection_id,
        state__in=OPEN_STATES,
        lists__contains=[audience.provider_list_id],
    )
    return [_job(call, timezone.now()) for call in calls.order_by("id")]


def _job(call: Operation, now: datetime) -> str:
    said = {
        "people": count(call.rows, "person", "people"),
        "sent": ago(call.sent_at, now),
        "state": JOBS[OperationState(call.state)],
    }
    if call.sent_at:
        return _("%(people)s, sent %(sent)s: %(state)s.") % said
    return _("%(people)s: %(state)s.") % said


def _in_line(run: Run | None, ended: Run | None) -> Now:
    if run:
        return Now(
            mood="going",
            headline=_("%(done)s of %(planned)s made")
            % {"done": count(run.done), "planned": count(run.planned, "change")}
            if run.planned
            else _("Comparing the list with Constant Contact"),
            sentence=_("You can leave this page: it goes on by itself."),
            going=True,
            planned=run.planned,
            done=run.done,
        )
    if ended and ended.retry_at and ended.retry_at > timezone.now():
        return Now(
            mood="going",
            headline=_("Will try again %(retry_at)s")
            % {"retry_at": clock(ended.retry_at, timezone.now())},
            sentence=told(ended.message),
            going=True,
        )
    return Now(mood="going", headline=_("In line, and begins in a moment"), going=True)


def _ended(row: ContactList, connection: Connection, run: Run | None) -> Now:
    refused = _refused(row, connection)
    number = refused.count()
    if run is None:
        return Now(mood="true", headline=_("Nothing is on its way"))
    if run.state not in ledger.ENDED_WELL:
        return Now(
            mood=MOODS[RunState(run.state)],
            headline=run.get_state_display(),
            sentence=told(run.message),
        )
    return Now(
        mood="need" if number else "true",
        headline=_("Finished %(finished_at)s")
        % {"finished_at": ago(run.finished_at, timezone.now())},
        sentence=f"{did(run.counts) or NOTHING[RunState.DONE]}.",
        refused=number,
        refusals=list(refused[:REFUSED_SHOWN]),
    )


def _refused(row: ContactList, connection: Connection) -> QuerySet[Outcome]:
    on_it = PlaceOnList.objects.filter(list=row).values("contact_id")
    theirs = EmailAddress.objects.filter(primary=True, contact_id__in=on_it)
    refused = ledger.outcomes(connection.pk).filter(kind=OutcomeKind.REFUSED)
    return refused.filter(mailbox__in=theirs.values("mailbox"))
