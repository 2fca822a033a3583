"""One run: what it did, and what it found changed over there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh
from django_tables2 import RequestConfig

from rollkeeper.engine import summing
from rollkeeper.engine.capture import COUNT as MISSED
from rollkeeper.engine.noticing.people import Mentioned, mentioned
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.engine.retrying import retry
from rollkeeper.jobs.tasks import defer_sync
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Run, RunKind
from rollkeeper.notices.events import Event
from rollkeeper.notices.models import Incident
from rollkeeper.web.equation import equation_of
from rollkeeper.web.permissions import Permission
from rollkeeper.web.run_page import Progress, calls_of, progress_of, refusals_of
from rollkeeper.web.runs import row_of
from rollkeeper.web.situation import is_connected, under_way
from rollkeeper.web.staff import StaffRequest, actor, may
from rollkeeper.web.tables import DriftTable
from rollkeeper.web.words import count

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
        "full": row.kind == RunKind.EVERYTHING,
        "calls": calls_of(row),
        "refusals": refusals_of(row),
        "progress": _progress(row),
        **_sums(row, ask=newest and "sums" in request.GET),
    }
    return render(request, "web/constant_contact/run.html", context)


@require_safe
@may(Permission.LOOK)
def run_progress(request: StaffRequest, run_id: int) -> HttpResponse:
    """How far it is; when it has ended, the whole page is shown anew."""
    row = get_object_or_404(Run, pk=run_id)
    found = _progress(row)
    if found is None:
        return HttpResponseClientRefresh()
    context = {"run": row_of(row), "progress": found}
    return render(request, "web/newsletters/progress.html", context)


@require_POST
@may(Permission.SYNC)
def run_retry(request: StaffRequest, run_id: int) -> HttpResponse:
    """Ask again for what it was refused, with the next run."""
    row = get_object_or_404(Run.objects.select_related("connection"), pk=run_id)
    if not is_connected(row.connection):
        messages.error(request, _("Connect Constant Contact first, then try again."))
        return redirect("run", run_id)
    number = retry(connection=row.connection, run_id=run_id, by=actor(request))
    if number:
        defer_sync(connection_id=row.connection_id, by=actor(request))
        words = ngettext(
            "%(count)s address is asked for again, in a moment.",
            "%(count)s addresses are asked for again, in a moment.",
            number,
        )
        messages.success(request, words % {"count": count(number)})
    else:
        messages.warning(request, _("There is nothing that could come out otherwise."))
    return redirect("run", run_id)


def _progress(row: Run) -> Progress | None:
    """How far it is, while it works; one whose process died does not."""
    working = under_way(row.connection)
    if working is None or working.pk != row.pk:
        return None
    return progress_of(working, now=timezone.now())


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
