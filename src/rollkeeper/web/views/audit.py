"""Settings, Record: who did what, and when."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.audit import selectors
from rollkeeper.audit.services import record
from rollkeeper.web.audit import SearchForm, as_csv, portion
from rollkeeper.web.patience import without_limit
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, again, may

READ = _("read the record of who did what")


@require_safe
@may(Permission.ADMINISTER, READ)
def audit(request: StaffRequest) -> HttpResponse:
    form = _form(request)
    context = {"form": form, "filtered": form.has_changed()}
    if not form.is_valid():
        return render(request, "web/audit/index.html", context, status=422)
    before = request.GET.get("before", "")
    context["portion"] = portion(
        request.staff.association_id,
        form.sought(),
        before=int(before) if before.isdecimal() else None,
    )
    context["matching"] = _matching(request)
    return render(request, "web/audit/index.html", context)


@require_POST
@may(Permission.ADMINISTER, READ)
@again
def audit_export(request: StaffRequest) -> HttpResponseBase:
    """Send what was sought as a file; that it was is in the record, and in the file."""
    form = _form(request)
    if not form.is_valid():
        context = {"form": form, "filtered": True}
        return render(request, "web/audit/index.html", context, status=422)
    association_id = request.staff.association_id
    record(
        association_id=association_id,
        by=actor(request),
        action="audit_exported",
        details={name: str(value) for name, value in _said(form).items()},
    )
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    with without_limit():
        file.writelines(as_csv(association_id, form.sought()))
    file.seek(0)
    name = f"record-{timezone.localdate():%Y-%m-%d}.csv"
    response = FileResponse(file, as_attachment=True, filename=name)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _form(request: StaffRequest) -> SearchForm:
    actors = selectors.actors(request.staff.association_id)
    return SearchForm(request.GET, actors=actors)


def _said(form: SearchForm) -> dict[str, object]:
    return {name: value for name, value in form.cleaned_data.items() if value}


def _matching(request: StaffRequest) -> str:
    """Return the query without the place where a portion begins."""
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()
