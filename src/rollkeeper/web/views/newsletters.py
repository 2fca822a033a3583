"""Newsletters: the runs, and the lists over there."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rollkeeper.engine.lists_there import CannotRead
from rollkeeper.web.past_runs import RunForm, portion
from rollkeeper.web.permissions import Permission
from rollkeeper.web.provider_lists import all_there, ours
from rollkeeper.web.situation import is_connected, the_connection
from rollkeeper.web.staff import StaffRequest, may


@require_safe
@may(Permission.LOOK)
def runs(request: StaffRequest) -> HttpResponse:
    form, connection = RunForm(request.GET), the_connection()
    context: dict[str, Any] = {"form": form, "connection": connection}
    if not form.is_valid():
        return render(request, "web/newsletters/runs.html", context, status=422)
    if connection:
        before = request.GET.get("before", "")
        context["portion"] = portion(
            form.found(connection.pk),
            before=int(before) if before.isdecimal() else None,
        )
    query = request.GET.copy()
    query.pop("before", None)
    context |= {"matching": query.urlencode(), "filtered": form.has_changed()}
    return render(request, "web/newsletters/runs.html", context)


@require_safe
@may(Permission.LOOK)
def provider_lists(request: StaffRequest) -> HttpResponse:
    """The lists over there that are ours, as last seen."""
    connection = the_connection()
    context = {
        "connected": is_connected(connection),
        "lists": ours(connection) if connection else (),
    }
    return render(request, "web/newsletters/lists.html", context)


@require_safe
@may(Permission.SYNC)
def lists_there(request: StaffRequest) -> HttpResponse:
    """All lists of the account as they are now, which costs requests."""
    connection = the_connection()
    context: dict[str, Any] = {"read": True}
    if not is_connected(connection):
        context["trouble"] = _("Connect Constant Contact first.")
    else:
        try:
            context["lists"] = all_there(connection)
        except CannotRead as error:
            context["trouble"] = str(error)
    part = "lists_part" if request.htmx else "lists_page"
    return render(request, f"web/newsletters/{part}.html", context)
