"""Gathers the facts that `standing` judges, in a handful of small queries."""

from __future__ import annotations

from datetime import datetime
from typing import TypeGuard

from attrs import evolve
from django.utils import timezone
from django.utils.translation import gettext as _

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.directory.models import Association, ContactList, Mark
from rollkeeper.engine import describing
from rollkeeper.engine.coordinator import is_busy
from rollkeeper.engine.switches import kept, shown
from rollkeeper.ledger import held
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Run
from rollkeeper.web.holds import namesakes_waiting
from rollkeeper.web.standing import Facts, RunFacts, Standing, judge

PROVIDER = "constant_contact"


def the_connection() -> Connection | None:
    """Return the scoped association's connection to Constant Contact."""
    connection: Connection | None = (
        Connection.objects.select_related("application")
        .filter(provider=PROVIDER)
        .first()
    )
    return connection


def is_connected(connection: Connection | None) -> TypeGuard[Connection]:
    return connection is not None and connection.state == ConnectionState.CONNECTED


def count_kept(connection: Connection | None) -> int:
    """Return how many lists are switched on; with a connection, to be kept by it."""
    if connection is None:
        return shown().filter(sync=True).count()
    return kept(connection.association_id, connection.provider).count()


def is_kept(row: ContactList, connection: Connection) -> bool:
    """Is the list switched on, and of a kind that the connection keeps?"""
    rows = kept(connection.association_id, connection.provider)
    return rows.filter(pk=row.pk).exists()


def under_way(connection: Connection) -> Run | None:
    """Return the run that is working. One whose process died is not."""
    run = ledger.running(connection.pk)
    return run if run and is_busy(connection.pk) else None


def standing_of(association: Association) -> Standing:
    """Say how the association's lists stand now. Its scope must be open."""
    facts = gather(now=timezone.now())
    holds = held.waiting(association.pk)
    if namesakes := namesakes_waiting():
        about = _("%(name)s: a list of this name is there already") % {
            "name": namesakes[0].name
        }
        facts = evolve(facts, holds=len(namesakes), newest_hold=about)
    if newest := holds.first():
        about = f"{describing.subject(newest)}: {describing.what(newest)}"
        facts = evolve(facts, holds=facts.holds + holds.count(), newest_hold=about)
    return judge(facts)


def gather(*, now: datetime) -> Facts:
    """Return how the connection and its lists stand."""
    connection = the_connection()
    lists_on = count_kept(connection)
    if connection is None:
        return Facts(now=now, lists_on=lists_on)
    return Facts(
        now=now,
        connection=connection.state,
        connection_since=connection.state_since,
        connection_reason=connection.state_reason,
        lists_on=lists_on,
        running=_facts_of(under_way(connection)),
        last=_facts_of(ledger.last_finished_sync(connection.pk)),
        last_true_at=ledger.last_true_at(connection.pk),
        waiting_since=_oldest(_oldest_mark(), ledger.unsettled_since(connection.pk)),
        pulled_at=connection.pulled_at or connection.connected_at,
        unmade=ledger.outcomes(connection.pk).count(),
    )


def _facts_of(run: Run | None) -> RunFacts | None:
    if run is None:
        return None
    return RunFacts(
        state=run.state,
        planned=run.planned,
        done=run.done,
        finished_at=run.finished_at,
        retry_at=run.retry_at,
        message=run.message,
    )


def _oldest(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time), default=None)


def _oldest_mark() -> datetime | None:
    made: datetime | None = (
        Mark.objects.order_by("id").values_list("made_at", flat=True).first()
    )
    return made
