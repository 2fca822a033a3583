"""The first sync: which lists, which names, what it would do, go."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from rollkeeper.connections.models import Connection
from rollkeeper.connections.quota import requests_today
from rollkeeper.core.policy import Namesake
from rollkeeper.core.values import AudienceId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import ContactList
from rollkeeper.engine import audiences
from rollkeeper.engine.beginning import is_begun
from rollkeeper.engine.coordinator import Busy
from rollkeeper.engine.forecast import forecast
from rollkeeper.engine.namesakes import NothingToChoose, choose
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.previewing import CannotLook, Preview, preview
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.jobs.tasks import defer_look, defer_sync, surroundings
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Audience, RunState
from rollkeeper.web import first_sync as way
from rollkeeper.web import roll
from rollkeeper.web.first_sync import Step
from rollkeeper.web.imports import is_a_worker_there
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import count_kept, is_connected, the_connection, under_way
from rollkeeper.web.staff import StaffRequest, actor, may

ACT = gettext_lazy("start the first sync")


@require_safe
@may(Permission.LOOK)
def first_sync(request: StaffRequest) -> HttpResponse:
    """The step that comes next, or one before it."""
    connection = the_connection()
    if not is_connected(connection):
        return render(request, "web/first_sync/connect.html")
    reached = way.step_of(connection)
    step = _asked_for(request, reached)
    told = _context(request, connection, step)
    context = {
        "connection": connection,
        "step": step,
        "marks": way.marks(step, reached, is_true=bool(told.get("true_at"))),
        **told,
    }
    return render(request, f"web/first_sync/{step}.html", context)


@require_POST
@may(Permission.APPROVE, ACT)
def first_lists(request: StaffRequest) -> HttpResponse:
    """Switch on what is ticked, and have the account looked at."""
    connection = _to_begin()
    shown, on = _ids(request, "shown"), _ids(request, "sync")
    if "everything" in request.POST:
        on = {one.id for one in way.choices() if one.people} & shown
    with transaction.atomic():
        if roll.lists().filter(pk__in=shown).count() != len(shown):
            raise Http404
        directory.set_list_sync(
            list_ids_on=on & shown, list_ids_off=shown - on, by=actor(request)
        )
    if not count_kept(connection):
        messages.error(request, _("Tick at least one list."))
        return redirect(f"{reverse('first_sync')}?step={Step.LISTS}")
    defer_look(connection_id=connection.pk, by=actor(request))
    return _to_names(connection)


@require_POST
@may(Permission.APPROVE, ACT)
def first_look(request: StaffRequest) -> HttpResponse:
    """Look at the account again."""
    connection = _to_begin()
    defer_look(connection_id=connection.pk, by=actor(request))
    return _to_names(connection)


@require_POST
@may(Permission.APPROVE, ACT)
def first_name(request: StaffRequest, list_id: int) -> HttpResponse:
    """Use the list that is there, have a new one made, or leave the list out."""
    connection = _to_begin()
    row = get_object_or_404(ContactList, pk=list_id)
    if request.POST.get("choice") == "leave":
        directory.set_list_sync(
            list_ids_on=(), list_ids_off={ListId(row.pk)}, by=actor(request)
        )
        audiences.current(
            STORE, association_id=row.association_id, connection_id=connection.pk
        )
    else:
        _settle(request, connection, row)
    return redirect(f"{reverse('first_sync')}?step={Step.NAMES}")


@require_safe
@may(Permission.LOOK)
def first_forecast(request: StaffRequest) -> HttpResponse:
    """What the sync would do: a part of its page, for it takes a moment."""
    connection = _to_begin()
    if way.step_of(connection) is not Step.LOOK:
        raise Http404
    context: dict[str, Any] = {"connection": connection}
    try:
        found = _preview(request, connection)
    except Busy:
        context["trouble"] = _("A run is working right now. Look again in a moment.")
    except (NotConnected, CannotLook) as error:
        context["trouble"] = str(error)
    else:
        context |= {
            "preview": found,
            "forecast": forecast(connection_id=connection.pk, requests=found.requests),
            "used": requests_today(connection.application_id),
            "lists": way.forecasts(connection),
        }
    return render(request, "web/first_sync/forecast.html", context)


@require_POST
@may(Permission.APPROVE, ACT)
def first_go(request: StaffRequest) -> HttpResponse:
    """Start it, if it is still what was looked at."""
    connection, found = _to_begin(), None
    if way.step_of(connection) is Step.LOOK:
        with suppress(Busy, NotConnected, CannotLook):
            found = _preview(request, connection)
    if found is None:
        messages.error(request, _("Something is not settled yet. Look again."))
    elif found.fingerprint != request.POST.get("looked"):
        messages.error(
            request,
            _("Something has changed since you looked. Here is what it would do now."),
        )
    else:
        defer_sync(connection_id=connection.pk, by=actor(request), everything=True)
    return redirect("first_sync")


@require_safe
@may(Permission.LOOK)
def first_progress(request: StaffRequest) -> HttpResponse:
    """How the look, or the sync, gets on; when it has ended, the page is shown anew."""
    connection = the_connection()
    if not is_connected(connection):
        return HttpResponseClientRefresh()
    step = Step.GO if is_begun(connection.pk) else Step.NAMES
    context = _context(request, connection, step)
    if not context["working"]:
        return HttpResponseClientRefresh()
    return render(request, "web/first_sync/progress.html", context | {"step": step})


def _asked_for(request: StaffRequest, reached: Step) -> Step:
    """Nobody comes further than they are, and once it has begun nobody goes back."""
    wanted, order = request.GET.get("step", ""), list(Step)
    if wanted not in order or reached is Step.GO:
        return reached
    return min(Step(wanted), reached, key=order.index)


def _context(
    request: StaffRequest, connection: Connection, step: Step
) -> dict[str, Any]:
    match step:
        case Step.LISTS:
            lists = way.choices()
            return {
                "lists": lists[: way.MOST_LISTS],
                "more": len(lists) > way.MOST_LISTS,
            }
        case Step.NAMES:
            return _names(request, connection)
        case Step.LOOK:
            return {}
        case Step.GO:
            return _going(connection)


def _names(request: StaffRequest, connection: Connection) -> dict[str, Any]:
    """A look is on its way until one that is newer than *after* has ended."""
    last, after = way.last_look(connection), request.GET.get("after", "")
    waits = after.isdecimal() and (last.pk if last else 0) <= int(after)
    run = under_way(connection)
    failed = last is not None and last.state != RunState.DONE
    return {
        "run": run,
        "after": after,
        "working": run is not None or waits,
        "worker": is_a_worker_there(),
        "failed": last.message if last and failed else "",
        "looked_at": connection.compared_at,
        "waiting": way.waiting_names(connection),
        "settled": way.settled_names(connection),
    }


def _going(connection: Connection) -> dict[str, Any]:
    run, last = under_way(connection), ledger.last_finished_sync(connection.pk)
    true_at = ledger.last_true_at(connection.pk)
    return {
        "run": run,
        "working": run is not None or last is None,
        "worker": is_a_worker_there(),
        "failed": last.message if last and not true_at else "",
        "true_at": true_at,
        "lists": way.forecasts(connection) if true_at and not run else (),
    }


def _settle(request: StaffRequest, connection: Connection, row: ContactList) -> None:
    audience = get_object_or_404(Audience, connection=connection, list_id=row.pk)
    try:
        choice = Namesake(request.POST.get("choice", ""))
        choose(
            audience_id=AudienceId(audience.pk),
            choice=choice,
            by=actor(request),
        )
    except ValueError as error:
        raise Http404 from error
    except NothingToChoose as error:
        messages.error(request, str(error))


def _preview(request: StaffRequest, connection: Connection) -> Preview:
    return preview(
        connection_id=connection.pk, by=actor(request), surroundings=surroundings()
    )


def _to_begin() -> Connection:
    """Return the connection, before its first sync."""
    connection = the_connection()
    if not is_connected(connection) or is_begun(connection.pk):
        raise Http404
    return connection


def _to_names(connection: Connection) -> HttpResponse:
    """Go where the look that was asked for is waited for."""
    last = way.last_look(connection)
    after = last.pk if last else 0
    return redirect(f"{reverse('first_sync')}?step={Step.NAMES}&after={after}")


def _ids(request: StaffRequest, name: str) -> set[ListId]:
    try:
        return {ListId(int(text)) for text in request.POST.getlist(name)}
    except ValueError as error:
        raise Http404 from error
