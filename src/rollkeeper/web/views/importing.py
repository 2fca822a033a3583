"""Settings, Import: files, what their columns mean, a trial, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import HttpResponseClientRefresh

from rollkeeper.directory.importing import LIMITS, ImportFailed, Problem
from rollkeeper.directory.importing import sending as services
from rollkeeper.directory.models import FOR_A_WORKER, Contact, Import, ImportState
from rollkeeper.engine import stored
from rollkeeper.engine.beginning import is_begun
from rollkeeper.engine.uploads import progress_of
from rollkeeper.jobs.tasks import defer_import
from rollkeeper.web import imports, problems
from rollkeeper.web.audit import who
from rollkeeper.web.permissions import Permission
from rollkeeper.web.receiving import MOST_BYTES, is_too_much
from rollkeeper.web.situation import is_connected, the_connection
from rollkeeper.web.staff import StaffRequest, actor, may
from rollkeeper.web.words import count

SHOWN = 10

ACT = gettext_lazy("import files")


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT, ACT)
def import_page(request: StaffRequest) -> HttpResponse:
    """Send files, and see what was imported before."""
    trouble = ""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        trouble = _too_much() if is_too_much(request) else _trouble_with(files)
        if not trouble:
            try:
                return _received(request, files)
            except ImportFailed as failure:
                trouble = str(problems.said(failure.problem))
    rows = Import.objects.order_by("-pk")
    contacts = Contact.objects.count()
    context = {
        "contacts": count(contacts, "contact") if contacts else "",
        "trouble": trouble,
        "open": rows.exclude(state=ImportState.DONE)[:SHOWN],
        "done": rows.filter(state=ImportState.DONE)[:SHOWN],
        "most": LIMITS.file_bytes // 1_000_000,
        "most_files": services.MOST_FILES,
    }
    return render(request, "web/imports/index.html", context)


@require_safe
@may(Permission.EDIT, ACT)
def import_one(request: StaffRequest, import_id: int) -> HttpResponse:
    """What comes next for these files, or what came of them."""
    one = get_object_or_404(Import, pk=import_id)
    if one.state == ImportState.CHOOSING:
        return _choose_page(request, one, imports.cards(services.found_in(one)))
    if one.state in FOR_A_WORKER:
        return render(request, "web/imports/working.html", _working(one))
    return render(request, f"web/imports/{one.state}.html", _told(one))


@require_POST
@may(Permission.EDIT, ACT)
def import_columns(request: StaffRequest, import_id: int) -> HttpResponse:
    """Try out what was chosen; or only show the columns of another kind."""
    one = get_object_or_404(Import, pk=import_id)
    try:
        found = imports.chosen(one, request.POST)
    except ValueError as error:
        raise Http404 from error
    complete = request.POST.get("complete") == "yes"
    if request.htmx or "look" in request.POST:
        one.complete = complete
        return _choose_page(request, one, imports.cards(found))
    shown = imports.cards(found, told=True)
    if not imports.is_ready(shown):
        one.complete = complete
        return _choose_page(request, one, shown, refused=True)
    return _go_on(request, one, lambda: services.choose(one, found, complete=complete))


@require_POST
@may(Permission.EDIT, ACT)
def import_again(request: StaffRequest, import_id: int) -> HttpResponse:
    """Back to the columns."""
    one = get_object_or_404(Import, pk=import_id)
    return _go_on(request, one, lambda: services.choose_again(one))


@require_POST
@may(Permission.EDIT, ACT)
def import_go(request: StaffRequest, import_id: int) -> HttpResponse:
    one = get_object_or_404(Import, pk=import_id)
    return _go_on(request, one, lambda: services.go(one))


@require_POST
@may(Permission.EDIT, ACT)
def import_discard(request: StaffRequest, import_id: int) -> HttpResponse:
    idle = Import.objects.exclude(state__in=(ImportState.DONE, ImportState.IMPORTING))
    one = get_object_or_404(idle, pk=import_id)
    services.discard(one, by=actor(request))
    messages.success(request, _("The files are deleted. Nothing was imported."))
    return redirect("import")


@require_safe
@may(Permission.EDIT, ACT)
def import_progress(request: StaffRequest, import_id: int) -> HttpResponse:
    """A part of the page, asked for again and again while a worker has it."""
    one = get_object_or_404(Import, pk=import_id)
    if one.state not in FOR_A_WORKER:
        return HttpResponseClientRefresh()
    return render(request, "web/imports/progress.html", _working(one))


@require_safe
@may(Permission.EDIT, ACT)
def import_problems(request: StaffRequest, import_id: int) -> HttpResponse:
    """All rows that are bad, as a file in the reader's language."""
    one = get_object_or_404(Import, pk=import_id)
    found = services.all_problems(one)
    if found is None:
        raise Http404
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="problems.csv"'},
    )
    response.write("\ufeff")
    problems.write(found, response)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _too_much() -> str:
    return _(
        "That is more than %(most)s MB. Send fewer files at once, and the others"
        " afterwards."
    ) % {"most": MOST_BYTES // 1_000_000}


def _trouble_with(files: list[UploadedFile[Any]]) -> str:
    if not files:
        return _("Choose a file first.")
    if len(files) > services.MOST_FILES:
        return _("Send at most %(most)s files at once.") % {"most": services.MOST_FILES}
    for file in files:
        name = file.name or ""
        if not name.lower().endswith((".csv", ".txt", ".xlsx", ".xlsm")):
            return _(
                "%(name)s is neither CSV nor an Excel workbook. Save it as one of"
                " these (.csv or .xlsx), and send that."
            ) % {"name": name}
    return ""


def _received(request: StaffRequest, files: list[UploadedFile[Any]]) -> HttpResponse:
    one = services.receive(
        association_id=request.staff.association_id,
        uploads=[(file.name or "", file.chunks()) for file in files],
        by=actor(request),
    )
    defer_import(one.pk)
    return redirect("import_one", one.pk)


def _go_on(
    request: StaffRequest, one: Import, step: Callable[[], None]
) -> HttpResponse:
    try:
        step()
    except services.NotNow:
        messages.error(
            request, _("Somebody went on with these files meanwhile. Look again.")
        )
    else:
        if one.state in FOR_A_WORKER:
            defer_import(one.pk)
    return redirect("import_one", one.pk)


def _choose_page(
    request: StaffRequest,
    one: Import,
    cards: Sequence[imports.Card],
    *,
    refused: bool = False,
) -> HttpResponse:
    context = {
        "one": one,
        "cards": cards,
        "refused": refused,
        "nothing": refused and not any(card.kind for card in cards),
    }
    part = "choosing_part" if request.htmx else "choosing"
    return render(request, f"web/imports/{part}.html", context)


def _working(one: Import) -> dict[str, Any]:
    progress = progress_of(one)
    return {
        "one": one,
        "progress": progress,
        "merging": progress and progress[0] >= progress[1],
        "worker": imports.is_a_worker_there(),
    }


def _told(one: Import) -> dict[str, Any]:
    told, connection = one.result or one.trial or {}, the_connection()
    return {
        "one": one,
        "who": who(one.by),
        "hold_url": _hold_url(told),
        "told": told,
        "begun": is_begun(connection.pk) if is_connected(connection) else False,
        "at_the_provider": imports.at_the_provider(one.trial["provider"])
        if one.trial
        else "",
        "samples": imports.samples(one),
        "several": len(told.get("files", ())) > 1,
        "errors": problems.read(told.get("errors", ())),
        "warnings": problems.read(told.get("warnings", ())),
        "failed": _failed(told),
        "because": stored.told(told.get("because", "")),
        "has_file": services.has_problems(one),
    }


def _failed(told: dict[str, Any]) -> Problem | None:
    return problems.said(Problem.again(told["failed"])) if "failed" in told else None


def _hold_url(told: dict[str, Any]) -> str:
    """Return where somebody decides; what was only tried out is held nowhere."""
    hold = told.get("hold")
    return reverse("hold", args=[hold]) if hold and "provider" not in told else ""
