"""The communication history: everything that was sent, word for word."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.audit.services import record
from rollkeeper.core.spreadsheets import as_file
from rollkeeper.engine.noticing.delivering import goes_nowhere
from rollkeeper.engine.noticing.people import mentioned
from rollkeeper.notices.events import Event
from rollkeeper.notices.history import COLUMNS, messages, rows
from rollkeeper.notices.models import Message
from rollkeeper.notices.services import note_seen
from rollkeeper.web.notices import HistoryForm, page_of, row_of
from rollkeeper.web.patience import without_limit
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, again, may

SHOWN = 25
NAMED = 100


@require_safe
@may(Permission.LOOK)
def communications(request: StaffRequest) -> HttpResponse:
    """One page of what is wanted. The next begins behind the last that was shown, so
    that what comes meanwhile moves nothing."""
    form = HistoryForm(request.GET, association_id=request.staff.association_id)
    found = messages(form.wanted())
    before = request.GET.get("before", "")
    if before.isdecimal():
        found = found.filter(pk__lt=int(before))
    shown = list(found[: SHOWN + 1])
    context = {
        "form": form,
        "contact": form.contact_name(),
        "rows": [row_of(one, str(request.staff.association)) for one in shown[:SHOWN]],
        "further": shown[SHOWN - 1].pk if len(shown) > SHOWN else None,
        "matching": _matching(request),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "goes_nowhere": goes_nowhere(),
    }
    return render(request, "web/communications/index.html", context)


def _matching(request: StaffRequest) -> str:
    """What was asked for, to be asked for again behind the last that was shown."""
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()


@require_safe
@may(Permission.LOOK)
def communication(request: StaffRequest, message_id: int) -> HttpResponse:
    """One message, its body as sent. Whoever it was for has seen it then."""
    note_seen(user_id=request.staff.user_id, messages=[message_id], at=timezone.now())
    message = get_object_or_404(
        Message.objects.select_related("incident"), pk=message_id
    )
    incidents = message.incidents.filter(event=Event.UNSUBSCRIBED)
    people = [one for row in incidents for one in mentioned(row.pk, NAMED)]
    where = page_of(message)
    context = {
        "row": row_of(message, str(request.staff.association)),
        "body": message.body,
        "people": people,
        "where": "" if where == request.path else where,
    }
    return render(request, "web/communications/message.html", context)


@require_POST
@may(Permission.EXPORT)
@again
def communications_export(request: StaffRequest) -> HttpResponseBase:
    """Send all that is wanted as a file; that it was taken is recorded."""
    form = HistoryForm(request.GET, association_id=request.staff.association_id)
    record(
        association_id=request.staff.association_id,
        by=actor(request),
        action="communications_exported",
        details={name: said for name, said in request.GET.items() if said},
    )
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    with without_limit():
        file.writelines(as_file(COLUMNS, rows(messages(form.wanted()))))
    file.seek(0)
    name = f"communications-{timezone.localdate():%Y-%m-%d}.csv"
    response = FileResponse(file, as_attachment=True, filename=name)
    patch_cache_control(response, private=True, no_store=True)
    return response
