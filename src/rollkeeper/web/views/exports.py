"""Exports: ticking contacts, choosing a format, downloading."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.engine.exporting import Format, export
from rollkeeper.engine.postgres import STORE
from rollkeeper.web import exports, ticks
from rollkeeper.web.patience import without_limit
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, again, may


@require_POST
@may(Permission.EXPORT)
def tick(request: StaffRequest) -> HttpResponse:
    """Keep the ticks of the page shown; then go on as the button says."""
    then = request.POST.get("then")
    if then == "clear":
        ticks.clear(request)
        return redirect("contacts")
    try:
        ticks.note(request, shown=_ids(request, "shown"), on=_ids(request, "ticked"))
    except ticks.TooMany as error:
        messages.error(request, str(error))
        return redirect("contacts")
    number = len(ticks.ticked(request))
    if then not in ("export", "change"):
        return render(request, "web/contacts/ticked.html", {"ticked": number})
    if not number:
        messages.error(
            request, _("Nobody is ticked. Tick those it is about, then press again.")
        )
        return redirect("contacts")
    page = "export" if then == "export" else "change_many"
    return redirect(f"{reverse(page)}?of=ticked")


@require_safe
@may(Permission.EXPORT)
@again
def export_page(request: StaffRequest) -> HttpResponse:
    return _page(request, exports.asked(request, request.GET))


@require_POST
@may(Permission.EXPORT)
@again
def export_file(request: StaffRequest) -> HttpResponseBase:
    """Make both files as of one moment, and send the one that was asked for."""
    asked, kind = exports.asked(request, request.POST), _format(request)
    left_out = request.POST.get("file") == "left_out"
    with TemporaryDirectory(prefix="rollkeeper-export-") as folder:
        with without_limit():
            done = export(
                asked.chosen, kind, store=STORE, folder=Path(folder), by=actor(request)
            )
        if not left_out and not done.recipients:
            return _page(request, asked, kind=kind, nobody=True)
        return _sent(done.left_out_file if left_out else exports.one_file(done))


def _page(
    request: StaffRequest,
    asked: exports.Asked,
    *,
    kind: Format = Format.CONSTANT_CONTACT,
    nobody: bool = False,
) -> HttpResponse:
    context = {
        "asked": asked,
        "choices": exports.choices(),
        "chosen": kind,
        "nobody": nobody,
    }
    return render(request, "web/export.html", context)


def _sent(path: Path) -> HttpResponseBase:
    """Send a file that is gone from its folder by then: it is open already."""
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _format(request: StaffRequest) -> Format:
    try:
        return Format(request.POST.get("format", ""))
    except ValueError as error:
        raise Http404 from error


def _ids(request: StaffRequest, name: str) -> set[int]:
    try:
        return {int(text) for text in request.POST.getlist(name)}
    except ValueError as error:
        raise Http404 from error
