"""Newsletters: the runs, and the lists over there."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rollkeeper.web.past_runs import RunForm, portion
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import the_connection
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
