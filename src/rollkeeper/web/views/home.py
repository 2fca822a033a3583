"""The overview: how everything stands, and how to begin."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import Contact
from rollkeeper.engine.switches import shown
from rollkeeper.ledger import selectors as ledger
from rollkeeper.web.condition import condition_of
from rollkeeper.web.home import lines, month, needs, requests_of, unsaid, unsubscribes
from rollkeeper.web.imports import is_a_worker_there
from rollkeeper.web.permissions import Permission
from rollkeeper.web.runs import row_of
from rollkeeper.web.situation import (
    count_kept,
    is_connected,
    standing_of,
    the_connection,
)
from rollkeeper.web.staff import StaffRequest, may
from rollkeeper.web.steps import Progress, steps

RUNS_SHOWN = 5


@require_safe
@may(Permission.LOOK)
def home(request: StaffRequest) -> HttpResponse:
    connection = the_connection()
    figures = _figures(connection)
    progress = Progress(
        contacts=figures["contacts"],
        lists_on=figures["lists_on"],
        account=str(connection) if is_connected(connection) else "",
        synced=bool(connection and ledger.last_true_at(connection.pk)),
    )
    strip = standing_of(request.staff.association)
    runs = ledger.syncs(connection.pk)[:RUNS_SHOWN] if connection else ()
    context = {
        "connection": connection,
        "figures": figures,
        "steps": steps(progress),
        "worker": is_a_worker_there(),
        "runs": [row_of(run) for run in runs],
        "standing": strip,
        "needs": unsaid(needs(connection, request.staff.association_id), strip),
    }
    if connection:
        context |= _at_the_provider(connection)
    return render(request, "web/home/home.html", context)


@require_safe
@may(Permission.LOOK)
def standing(request: StaffRequest) -> HttpResponse:
    """The strip alone, asked for again while something is on its way."""
    context = {"large": "large" in request.GET}
    return render(request, "web/home/standing.html", context)


def _at_the_provider(connection: Connection) -> dict[str, Any]:
    now = timezone.now()
    return {
        "lines": lines(connection),
        "requests": requests_of(connection, now=now),
        "condition": condition_of(connection),
        "unsubscribes": unsubscribes(now=now),
        "month": month(connection, now=now),
    }


def _figures(connection: Connection | None) -> dict[str, int]:
    return {
        "contacts": Contact.objects.count(),
        "lists": shown().count(),
        "lists_on": count_kept(connection),
        "carried": ledger.mailboxes_carried(connection.pk) if connection else 0,
    }
