"""A contact's history, a portion at a time."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from rollkeeper.directory.models import Contact
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, may
from rollkeeper.web.timeline import timeline


@require_safe
@may(Permission.LOOK)
def contact_timeline(request: StaffRequest, contact_id: int) -> HttpResponse:
    row = get_object_or_404(Contact, pk=contact_id)
    try:
        before = parse_datetime(request.GET.get("before", ""))
    except ValueError as error:
        raise Http404 from error
    if before is not None and before.tzinfo is None:
        raise Http404
    context = {"contact": row, "timeline": timeline(row, before=before)}
    part = "events" if request.htmx else "timeline_page"
    return render(request, f"web/contacts/{part}.html", context)
