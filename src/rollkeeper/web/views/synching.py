"""The Sync tab, a list's own switch, and Sync Now."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import HttpResponseClientRefresh

from rollkeeper.connections.models import Connection
from rollkeeper.core.policy import Namesake
from rollkeeper.core.values import AudienceId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import ContactList
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.beginning import is_begun
from rollkeeper.engine.forecast import forecast
from rollkeeper.engine.namesakes import NothingToChoose, choose
from rollkeeper.engine.previewing import CannotLook, Preview, preview
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.jobs.tasks import defer_sync, surroundings
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.newsletter import newsletter_of
from rollkeeper.web import roll
from rollkeeper.web.now import is_in_line, next_run, now_of
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import is_connected, is_kept, the_connection
from rollkeeper.web.staff import StaffRequest, actor, may
from rollkeeper.web.synching import Ticks, View, no_effect, rows_of, side_of
from rollkeeper.web.words import count

ROWS = 50

TAKES_OFF = ("remove", "disable")
"""Words of a preview for which a person looks before a list is synchronized."""


@require_http_methods(["GET", "POST"])
@may(Permission.LOOK, to_act=Permission.SYNC)
def list_sync(request: StaffRequest) -> HttpResponse:
    try:
        view = View.of(request.GET)
        if request.method == "POST":
            return _save(request, Ticks.of(request.POST), view)
        return _tab(request, Ticks.of(request.GET), view)
    except ValueError as error:
        raise Http404 from error


def _tab(request: StaffRequest, ticks: Ticks, view: View) -> HttpResponse:
    connection = the_connection()
    rows = roll.lists().order_by(in_order(), "pk")
    chosen = newsletter_of(request.staff.association_id)
    shown = rows if view.everything else rows.filter(Q(sync=True) | Q(pk__in=ticks.on))
    page = Paginator(shown, ROWS).get_page(view.page)
    ids = {one.pk for one in page}
    shown_rows = rows_of(page, side_of(connection, chosen, ids), ticks)
    context = {
        "rows": shown_rows,
        "waits": any(row.waiting for row in shown_rows),
        "elsewhere": _changed_elsewhere(ticks, ids),
        "any_lists": rows.exists(),
        "view": view,
        "here": view.address(page=page.number),
        "page": page,
        "turn": {
            "back": view.address(page=page.number - 1) if page.has_previous() else "",
            "on": view.address(page=page.number + 1) if page.has_next() else "",
        },
        "lists_off": no_effect("list", chosen),
        "connected": is_connected(connection),
        "begun": connection is not None and is_begun(connection.pk),
    }
    part = "synch_part" if request.htmx else "sync"
    answer = render(request, f"web/lists/{part}.html", context)
    if request.htmx:
        answer.headers["HX-Push-Url"] = str(context["here"])
    return answer


def _changed_elsewhere(ticks: Ticks, on_page: set[int]) -> dict[str, list[int]]:
    """Return the lists of other pages whose boxes differ from what is saved."""
    known = ContactList.objects.filter(pk__in=(ticks.all_on | ticks.all_off) - on_page)
    saved = dict(known.values_list("pk", "sync"))
    return {
        "on": [pk for pk, sync in saved.items() if pk in ticks.all_on and not sync],
        "off": [pk for pk, sync in saved.items() if pk in ticks.all_off and sync],
    }


def _save(request: StaffRequest, ticks: Ticks, view: View) -> HttpResponse:
    """Lists that were not shown stay as they are."""
    on, off = ticks.all_on, ticks.all_off
    with transaction.atomic():
        rows = ContactList.objects.filter(pk__in=on | off)
        if rows.count() != len(on | off):
            raise Http404
        before = set(rows.filter(sync=True).values_list("pk", flat=True))
        directory.set_list_sync(list_ids_on=on, list_ids_off=off, by=actor(request))
    messages.success(request, _switched(len(on - before), len(before & off)))
    return redirect(view.address())


def _switched(on: int, off: int) -> str:
    said = [_("%(on)s switched on") % {"on": count(on, "list")}] if on else []
    said += [_("%(off)s switched off") % {"off": count(off, "list")}] if off else []
    changed = get_text_list(said, _("and")) or _("nothing had changed")
    return _("Saved: %(changed)s.") % {"changed": changed}


@require_POST
@may(Permission.SYNC)
def list_switch(request: StaffRequest, list_id: int) -> HttpResponse:
    row = get_object_or_404(ContactList, pk=list_id)
    on, chosen = request.POST.get("value") == "yes", {ListId(row.pk)}
    directory.set_list_sync(
        list_ids_on=chosen if on else (),
        list_ids_off=() if on else chosen,
        by=actor(request),
    )
    messages.success(
        request,
        (_("%(list)s is switched on.") if on else _("%(list)s is switched off."))
        % {"list": row},
    )
    return redirect("list", list_id)


@require_POST
@may(Permission.SYNC)
def list_sync_now(request: StaffRequest, list_id: int) -> HttpResponse:
    """What would take somebody off is shown first, unless that was just looked at."""
    row, connection = get_object_or_404(ContactList, pk=list_id), the_connection()
    if not is_connected(connection) or not is_kept(row, connection):
        messages.error(
            request,
            _(
                "%(list)s cannot be synchronized now. Connect Constant Contact and"
                " switch the list on first."
            )
            % {"list": row},
        )
        return redirect("list", list_id)
    if not is_begun(connection.pk):
        return _begin_first(request, row)
    after = next_run(connection)
    if not is_in_line(row, connection):
        found = _what_takes_off(request, row, connection)
        if found and request.POST.get("looked") != found.fingerprint:
            return _look_first(request, row, connection, found)
        defer_sync(connection_id=connection.pk, by=actor(request), list_id=row.pk)
    return redirect(f"{reverse('list', args=[list_id])}?after={after}#now")


def _begin_first(request: StaffRequest, row: ContactList) -> HttpResponse:
    """Lead to the first sync: no list is sent before somebody started that."""
    messages.error(
        request,
        _("%(list)s goes with the first sync: look at what it would do, and start it.")
        % {"list": row},
    )
    return redirect("first_sync")


def _what_takes_off(
    request: StaffRequest, row: ContactList, connection: Connection
) -> Preview | None:
    """Return what a sync of the list would do, if that takes somebody off.

    Before the first comparison nobody can be taken off whom we know.
    """
    if connection.compared_at is None:
        return None
    try:
        found = preview(
            connection_id=connection.pk,
            by=actor(request),
            surroundings=surroundings(),
            list_id=ListId(row.pk),
        )
    except (NotConnected, CannotLook):
        return None  # the run finds the same, and says so
    return found if any(found.counts.get(word) for word in TAKES_OFF) else None


def _look_first(
    request: StaffRequest, row: ContactList, connection: Connection, found: Preview
) -> HttpResponse:
    context = {
        "list": row,
        "preview": found,
        "forecast": forecast(connection_id=connection.pk, requests=found.requests),
        "again": "looked" in request.POST,
    }
    return render(request, "web/lists/look_first.html", context)


@require_safe
@may(Permission.LOOK)
def list_now(request: StaffRequest, list_id: int) -> HttpResponse:
    """How Sync Now of a list gets on: a part of its page, asked for again and again.
    When it has ended, the whole page is shown anew."""
    row, connection = get_object_or_404(ContactList, pk=list_id), the_connection()
    after = request.GET.get("after", "")
    if connection is None or not after.isdecimal():
        raise Http404
    now = now_of(row, connection, int(after))
    if request.htmx and not now.going:
        return HttpResponseClientRefresh()
    context = {"list": row, "now": now, "after": after}
    return render(request, "web/lists/now.html", context)


@require_POST
@may(Permission.APPROVE, gettext_lazy("choose which list is used"))
def list_namesake(request: StaffRequest, list_id: int) -> HttpResponse:
    connection = the_connection()
    audience = get_object_or_404(Audience, connection=connection, list_id=list_id)
    try:
        choice = Namesake(request.POST.get("choice", ""))
        choose(audience_id=AudienceId(audience.pk), choice=choice, by=actor(request))
    except ValueError as error:
        raise Http404 from error
    except (NothingToChoose, NotConnected) as error:
        messages.error(request, str(error))
        return redirect("list", list_id)
    said = _chosen(choice, begun=is_begun(audience.connection_id))
    messages.success(request, said % {"list": audience})
    return redirect("list", list_id)


def _chosen(choice: Namesake, *, begun: bool) -> str:
    if choice is Namesake.ADOPT:
        if begun:
            return _("%(list)s uses the list that is there, and is filled in a moment.")
        return _("%(list)s uses the list that is there. The first sync fills it.")
    if begun:
        return _("%(list)s uses a new list, and is filled in a moment.")
    return _("%(list)s uses a new list. The first sync fills it.")
