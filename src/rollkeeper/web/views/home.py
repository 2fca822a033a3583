"""The overview: how everything stands, and how to begin."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import Contact
from rollkeeper.engine.switches import shown
from rollkeeper.ledger import selectors as ledger
from rollkeeper.web.answer import answer
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
from rollkeeper.web.standing import CONNECT, Standing
from rollkeeper.web.steps import Progress, Steps, steps

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
    taken = steps(progress)
    strip = standing_of(request.staff.association)
    if not progress.synced and _steps_lead(strip, taken):
        strip = evolve(strip, action=None)
    runs = ledger.syncs(connection.pk)[:RUNS_SHOWN] if connection else ()
    context = {
        "connection": connection,
        "figures": figures,
        "steps": taken,
        "begins": not progress.synced,
        "worker": is_a_worker_there(),
        "runs": [row_of(run) for run in runs],
        "standing": strip,
        "needs": unsaid(needs(connection, request.staff.association_id), strip),
    }
    if connection:
        context |= _at_the_provider(connection, strip)
    return render(request, "web/home/home.html", context)


@require_safe
@may(Permission.LOOK)
def standing(request: StaffRequest) -> HttpResponse:
    """The strip alone, asked for again while something is on its way."""
    context = {"large": "large" in request.GET}
    return render(request, "web/home/standing.html", context)


def _steps_lead(strip: Standing, taken: Steps) -> bool:
    """Does a step lead where the strip does, or come before that?"""
    if strip.action is None or taken.all_done:
        return False
    now = next(one for one in taken.steps if one.state == "now")
    return strip.action == CONNECT or strip.action.page == now.page


def _at_the_provider(connection: Connection, strip: Standing) -> dict[str, Any]:
    now = timezone.now()
    found = lines(connection, now=now)
    return {
        "lines": found,
        "answer": "" if strip.mood == "true" else answer(connection, found, now=now),
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
