"""Runs: begin one, keep its figures, end it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from rollkeeper.ledger.models import Run
from rollkeeper.ledger.states import RunKind, RunState

_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(minutes=15)
_LIST_WRITES = ("lists_created", "lists_renamed", "lists_deleted")


def begin(*, association_id: int, connection_id: int, kind: RunKind, by: str) -> Run:
    """Open a run. One left open by a process that died is closed first."""
    with transaction.atomic():
        Run.objects.filter(connection_id=connection_id, state=RunState.RUNNING).update(
            state=RunState.WILL_TRY_AGAIN,
            finished_at=Now(),
            message="Stopped half-way; the run after it takes up what was left.",
        )
        return Run.objects.create(
            association_id=association_id,
            connection_id=connection_id,
            kind=kind,
            by=by,
        )


def note_kind(run_id: int, kind: RunKind) -> None:
    """Say what the run turned out to be about."""
    Run.objects.filter(pk=run_id).update(kind=kind)


def note_planned(run_id: int, *, counts: Mapping[str, int], changes: int) -> None:
    """Add a plan's changes to what the run has to do."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        for kind, count in counts.items():
            run.counts[kind] = run.counts.get(kind, 0) + count
        run.planned += changes
        run.save(update_fields=["counts", "planned"])


def note_done(run_id: int, changes: int) -> None:
    """Move the progress by that many changes."""
    Run.objects.filter(pk=run_id).update(done=F("done") + changes)


def note_count(run_id: int, kind: str, count: int) -> None:
    """Add to one figure of the run."""
    note_planned(run_id, counts={kind: count}, changes=0)


def end(
    run_id: int,
    *,
    state: RunState,
    message: str = "",
    retry_at: datetime | None = None,
) -> Run:
    """Close the run with its figures: what it cost and how it ended."""
    run = Run.objects.get(pk=run_id)
    run.state = state
    run.message = message
    run.retry_at = retry_at
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM connections_requestdebit WHERE run_id = %s),
                   (SELECT count(*) FROM ledger_operation
                     WHERE run_id = %s AND sent_at IS NOT NULL),
                   clock_timestamp()
            """,
            [run.pk, run.pk],
        )
        run.requests, operations, run.finished_at = cursor.fetchone()
    run.writes = operations + sum(run.counts.get(kind, 0) for kind in _LIST_WRITES)
    run.save()
    return run


def patience(connection_id: int) -> timedelta:
    """Return how long to wait before the next try: 15 s, doubled by each failure in a
    row, never more than 15 minutes."""
    latest = Run.objects.filter(connection_id=connection_id).exclude(
        state=RunState.RUNNING
    )
    failures = 0
    for state in latest.order_by("-id").values_list("state", flat=True)[:6]:
        if state not in (RunState.WILL_TRY_AGAIN, RunState.FAILED):
            break
        failures += 1
    return min(_FIRST_WAIT * (1 << failures), _LONGEST_WAIT)
