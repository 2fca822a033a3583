"""Lists: what is on them, and which are kept true at the provider."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_tables2 import RequestConfig

from rollkeeper.connections.models import Connection
from rollkeeper.core.policy import DEFAULT
from rollkeeper.core.values import ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import ContactList
from rollkeeper.engine.policy_words import PresetWords, preset_words
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.jobs.tasks import defer_sync
from rollkeeper.ledger import held
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.web import roll
from rollkeeper.web.equation import Equation, equation_of
from rollkeeper.web.holds import row_of
from rollkeeper.web.places import reasons_on
from rollkeeper.web.situation import is_connected, is_kept, the_connection
from rollkeeper.web.staff import StaffRequest, actor
from rollkeeper.web.tables import ListTable, MemberTable, there, true_since
from rollkeeper.web.words import count


@require_safe
def lists(request: StaffRequest) -> HttpResponse:
    table = ListTable(roll.lists(), **_provider_side(the_connection()))
    RequestConfig(request).configure(table)
    return render(request, "web/lists/index.html", {"table": table})


@require_safe
def contact_list(request: StaffRequest, list_id: int) -> HttpResponse:
    row, connection = get_object_or_404(ContactList, pk=list_id), the_connection()
    side = _provider_side(connection)
    figures = side["figures"].get(list_id)
    made = figures if figures and figures.made else None
    members = roll.members(row)
    if missing_only := made is not None and "missing" in request.GET:
        there_now = roll.reached(made.audience_id).values("contact_id")
        members = members.exclude(contact_id__in=there_now)
    table = MemberTable(
        members,
        audience_id=made.audience_id if made else None,
        reasons=reasons_on(row, connection),
    )
    RequestConfig(request).configure(table)
    context = {
        "list": row,
        "connected": is_connected(connection),
        "figures": made,
        "sum": _sum_of(row, connection) if made else None,
        "members": table.paginator.count,
        "policy": _policy_words(row, connection),
        "waiting": [
            row_of(hold)
            for hold in held.waiting(row.association_id).filter(
                audience__list_id=row.pk
            )
        ],
        "missing_only": missing_only,
        "true_since": true_since(side["last_true_at"]),
        "table": table,
    }
    return render(request, "web/lists/list.html", context)


def _sum_of(row: ContactList, connection: Connection | None) -> Equation | None:
    found = sums(connection, list_id=row.pk) if connection else []
    return equation_of(found[0]) if found else None


def _policy_words(
    row: ContactList, connection: Connection | None
) -> PresetWords | None:
    """What keeps the list true, in words; None when nothing does."""
    if not is_connected(connection):
        return None
    audience = Audience.objects.filter(connection=connection, list_id=row.pk).first()
    if audience:
        return preset_words(policy_of(audience))
    return preset_words(DEFAULT) if row.sync else None


@require_http_methods(["GET", "POST"])
def list_sync(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return _save_switches(request)
    connection, show_all = the_connection(), "all" in request.GET
    side = _provider_side(connection)
    rows = roll.lists().order_by("name", "pk")
    shown = rows if show_all else rows.filter(sync=True)
    context = {
        "rows": [_switch(row, **side) for row in shown],
        "any_lists": rows.exists(),
        "show_all": show_all,
        "connected": is_connected(connection),
    }
    return render(request, "web/lists/sync.html", context)


@require_POST
def list_switch(request: StaffRequest, list_id: int) -> HttpResponse:
    row, on = (
        get_object_or_404(ContactList, pk=list_id),
        request.POST.get("value") == "yes",
    )
    chosen = {ListId(row.pk)}
    directory.set_list_sync(
        list_ids_on=chosen if on else (),
        list_ids_off=() if on else chosen,
        by=actor(request),
    )
    messages.success(request, f"{row} is switched {'on' if on else 'off'}.")
    return redirect("list", list_id)


@require_POST
def list_sync_now(request: StaffRequest, list_id: int) -> HttpResponse:
    row, connection = get_object_or_404(ContactList, pk=list_id), the_connection()
    if not is_connected(connection) or not is_kept(row, connection):
        messages.error(
            request,
            f"{row} cannot be synchronized now. Connect Constant Contact and switch "
            "the list on first.",
        )
        return redirect("list", list_id)
    defer_sync(connection_id=connection.pk, by=actor(request), list_id=row.pk)
    messages.success(request, f"{row} is compared and made true in a moment.")
    return redirect("list", list_id)


@frozen(kw_only=True)
class Switch:
    """A line of the Sync tab."""

    id: int
    name: str
    kind: str
    members: int
    sync: bool
    there: SafeString | str


def _switch(row: Any, *, figures: Any, last_true_at: Any) -> Switch:
    return Switch(
        id=row.pk,
        name=row.name,
        kind=row.get_kind_display(),
        members=row.members,
        sync=row.sync,
        there=there(row, figures.get(row.pk), last_true_at),
    )


def _save_switches(request: StaffRequest) -> HttpResponse:
    """Lists that were not shown stay as they are."""
    shown = _ids(request, "shown")
    on = shown if "everything" in request.POST else shown & _ids(request, "sync")
    rows = ContactList.objects.filter(pk__in=shown)
    if rows.count() != len(shown):
        raise Http404
    before = set(rows.filter(sync=True).values_list("pk", flat=True))
    directory.set_list_sync(list_ids_on=on, list_ids_off=shown - on, by=actor(request))
    messages.success(request, _switched(len(on - before), len(before - on)))
    return redirect("list_sync")


def _ids(request: StaffRequest, name: str) -> set[ListId]:
    try:
        return {ListId(int(text)) for text in request.POST.getlist(name)}
    except ValueError as error:
        raise Http404 from error


def _switched(on: int, off: int) -> str:
    said = [f"{count(on, 'list')} switched on"] if on else []
    said += [f"{count(off, 'list')} switched off"] if off else []
    return f"Saved: {' and '.join(said) or 'nothing had changed'}."


def _provider_side(connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {"figures": {}, "last_true_at": None}
    return {
        "figures": ledger.figures_by_list(connection.pk),
        "last_true_at": ledger.last_true_at(connection.pk),
    }
