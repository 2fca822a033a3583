"""Waiting for you: what the guards hold, and deciding about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from rollkeeper.core.guards import Guard
from rollkeeper.engine import describing, holding
from rollkeeper.ledger import held
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services.holds import CannotDecide, NumberNeeded
from rollkeeper.ledger.states import HoldState
from rollkeeper.web.forms import ApprovalForm
from rollkeeper.web.hold_before import before
from rollkeeper.web.holds import details_of, namesakes_waiting, row_of
from rollkeeper.web.patience import read_without_limit
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, again, may
from rollkeeper.web.tables import DecisionTable


@require_safe
@may(Permission.LOOK)
def holds(request: StaffRequest) -> HttpResponse:
    association = request.staff.association_id
    decided = held.holds(association).exclude(state=HoldState.OPEN)
    table = DecisionTable(decided)
    RequestConfig(request).configure(table)
    waiting = [row_of(hold) for hold in held.waiting(association)]
    namesakes = namesakes_waiting()
    context = {
        "waiting": waiting,
        "namesakes": namesakes,
        "decisions": len(waiting) + len(namesakes),
        "table": table,
    }
    return render(request, "web/holds/index.html", context)


@require_safe
@may(Permission.LOOK)
def hold(request: StaffRequest, hold_id: int) -> HttpResponse:
    return _page(request, hold_id)


@require_safe
@may(Permission.EXPORT)
@again
def hold_list(request: StaffRequest, hold_id: int) -> HttpResponseBase:
    """The full list as a file, read and sent a portion at a time."""
    found = _hold(hold_id)
    holding.note_exported(found, by=actor(request))
    lines = read_without_limit(describing.as_csv(found))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f'attachment; filename="hold-{hold_id}.csv"'
    response.headers["Content-Disposition"] = name
    return response


@require_POST
@may(Permission.APPROVE)
@again
def hold_approve(request: StaffRequest, hold_id: int) -> HttpResponse:
    guard = Guard(_hold(hold_id).guard)
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _page(request, hold_id, form=form, status=422)
    try:
        holding.approve(
            hold_id=hold_id,
            fingerprint=form.cleaned_data["fingerprint"],
            by=actor(request),
            typed=form.cleaned_data["typed"],
        )
    except NumberNeeded as error:
        form.add_error("typed", str(error))
        return _page(request, hold_id, form=form, status=422)
    except CannotDecide as error:
        return _page(request, hold_id, trouble=str(error), status=409)
    messages.success(
        request,
        _("Approved. %(consequence)s")
        % {"consequence": holding.consequences(guard)[0]},
    )
    return redirect("holds")


@require_POST
@may(Permission.APPROVE)
def hold_discard(request: StaffRequest, hold_id: int) -> HttpResponse:
    guard = Guard(_hold(hold_id).guard)
    try:
        holding.discard(
            hold_id=hold_id,
            fingerprint=request.POST.get("fingerprint", ""),
            by=actor(request),
        )
    except CannotDecide as error:
        return _page(request, hold_id, trouble=str(error), status=409)
    messages.success(
        request,
        _("Discarded. %(consequence)s")
        % {"consequence": holding.consequences(guard)[1]},
    )
    return redirect("holds")


def _hold(hold_id: int) -> Hold:
    return get_object_or_404(Hold.objects.select_related("audience"), pk=hold_id)


def _page(
    request: StaffRequest,
    hold_id: int,
    *,
    form: ApprovalForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    """The hold as it is by now, whatever was shown before."""
    row = _hold(hold_id)
    details = details_of(row)
    context = {
        "hold": details,
        "before": before(row),
        "form": form or ApprovalForm(initial={"fingerprint": details.fingerprint}),
        "trouble": trouble,
    }
    return render(request, "web/holds/hold.html", context, status=status)
