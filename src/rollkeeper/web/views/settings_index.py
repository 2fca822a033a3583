"""Settings: every page of them, and how it stands; and for whom to work."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_scopes import scopes_disabled

from rollkeeper.directory.models import Staff
from rollkeeper.web.middleware import WORKS_FOR
from rollkeeper.web.permissions import Permission
from rollkeeper.web.settings_index import Entry, entries
from rollkeeper.web.staff import StaffRequest, allows, may


@require_safe
@may(Permission.LOOK)
def settings_page(request: StaffRequest) -> HttpResponse:
    shown = list(_shown(request))
    return render(request, "web/settings.html", {"entries": shown})


def _shown(request: StaffRequest) -> Iterator[Entry]:
    for one in entries(request.staff):
        if allows(request.staff, one.needs):
            yield one


@require_POST
@may(Permission.LOOK)
def work_for(request: StaffRequest) -> HttpResponse:
    """Go over to another of the associations that one works for."""
    wanted = request.POST.get("association", "")
    with scopes_disabled():
        mine = Staff.objects.filter(user_id=request.staff.user_id)
        known = {str(one) for one in mine.values_list("association_id", flat=True)}
    if wanted not in known:
        raise Http404
    request.session[WORKS_FOR] = int(wanted)
    return redirect("home")
