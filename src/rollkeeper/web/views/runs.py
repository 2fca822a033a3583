"""One run: what it did, and what it found changed over there."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from rollkeeper.engine.capture import COUNT as MISSED
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Run
from rollkeeper.web.runs import row_of
from rollkeeper.web.staff import StaffRequest
from rollkeeper.web.tables import DriftTable


@require_safe
def run(request: StaffRequest, run_id: int) -> HttpResponse:
    row = get_object_or_404(Run, pk=run_id)
    table = DriftTable(ledger.drift_of(run_id))
    RequestConfig(request).configure(table)
    context = {"run": row_of(row), "missed": row.counts.get(MISSED, 0), "table": table}
    return render(request, "web/constant_contact/run.html", context)
