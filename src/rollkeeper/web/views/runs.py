"""One run: what it did, and what it found changed over there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from rollkeeper.engine import summing
from rollkeeper.engine.capture import COUNT as MISSED
from rollkeeper.engine.noticing.people import Mentioned, mentioned
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Run
from rollkeeper.notices.events import Event
from rollkeeper.notices.models import Incident
from rollkeeper.web.equation import equation_of
from rollkeeper.web.permissions import Permission
from rollkeeper.web.runs import row_of
from rollkeeper.web.staff import StaffRequest, may
from rollkeeper.web.tables import DriftTable

PEOPLE_SHOWN = 500


@require_safe
@may(Permission.LOOK)
def run(request: StaffRequest, run_id: int) -> HttpResponse:
    row = get_object_or_404(Run, pk=run_id)
    table = DriftTable(ledger.drift_of(run_id))
    RequestConfig(request).configure(table)
    newest = ledger.last_finished_sync(row.connection_id) == row
    context = {
        "run": row_of(row),
        "missed": row.counts.get(MISSED, 0),
        "unsubscribed": _unsubscribed(row),
        "table": table,
        "newest": newest,
        **_sums(row, ask=newest and "sums" in request.GET),
    }
    return render(request, "web/constant_contact/run.html", context)


def _unsubscribed(row: Run) -> Sequence[Mentioned]:
    """Who unsubscribed, as far as it was news, once staff could be told of them."""
    found = Incident.objects.filter(event=Event.UNSUBSCRIBED, about=f"run:{row.pk}")
    return [one for incident in found for one in mentioned(incident.pk, PEOPLE_SHOWN)]


def _sums(row: Run, *, ask: bool) -> dict[str, Any]:
    """The equation of each list as the run left it; else, on asking, as it is now."""
    kept = summing.of(row)
    found = sums(row.connection) if kept is None and ask else kept
    return {
        "sums": found and [(one.target, equation_of(one)) for one in found],
        "kept": kept is not None,
    }
