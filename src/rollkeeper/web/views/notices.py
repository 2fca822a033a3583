"""Notices to oneself, and what one is told of."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.engine.noticing.delivering import goes_nowhere
from rollkeeper.engine.noticing.links import LinkOver, NoLink, read
from rollkeeper.notices import selectors
from rollkeeper.notices.events import ABOUT, Event, How, choices
from rollkeeper.notices.models import Message
from rollkeeper.notices.services import (
    LEAST_HOURS,
    MOST_HOURS,
    CannotSubscribe,
    note_seen,
    set_silent_hours,
    subscribe,
)
from rollkeeper.web.notices import page_of, row_of
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, allows, may
from rollkeeper.web.words import count

SHOWN = 25
FOREIGN = "It is about another association than the one you work for."


@require_safe
@may(Permission.LOOK)
def notices(request: StaffRequest) -> HttpResponse:
    page = Paginator(selectors.mine(request.staff.user_id), SHOWN).get_page(
        request.GET.get("page")
    )
    context = {
        "rows": [
            row_of(one, str(request.staff.association)) for one in page.object_list
        ],
        "page": page,
        "unseen": selectors.unseen(request.staff.user_id),
        "goes_nowhere": goes_nowhere(),
        "told_of": _told_of(request),
    }
    return render(request, "web/notices/index.html", context)


def _told_of(request: StaffRequest) -> list[str]:
    mine = selectors.subscriptions_of(request.staff.pk)
    return [str(event.label) for event, how in mine.items() if how is not How.NEVER]


@require_POST
@may(Permission.LOOK)
def notices_seen(request: StaffRequest) -> HttpResponse:
    """Everything that was shown counts as seen; what came meanwhile does not."""
    shown = [int(one) for one in request.POST.getlist("shown") if one.isdecimal()]
    new = note_seen(user_id=request.staff.user_id, messages=shown, at=timezone.now())
    messages.success(
        request, _("%(new)s marked as seen.") % {"new": count(new, "notice")}
    )
    return redirect("notices")


@require_safe
@may(Permission.LOOK)
def notice_link(request: StaffRequest, token: str) -> HttpResponse:
    """Lead on from a link in mail. Whoever comes here has signed in."""
    try:
        number = read(token)
    except LinkOver as error:
        return _leads_nowhere(request, str(error), status=410)
    except NoLink as error:
        return _leads_nowhere(request, str(error), status=404)
    message = Message.objects.select_related("incident").filter(number=number).first()
    if message is None:
        return _leads_nowhere(request, FOREIGN, status=404)
    note_seen(user_id=request.staff.user_id, messages=[message.pk], at=timezone.now())
    return redirect(page_of(message))


def _leads_nowhere(request: StaffRequest, why: str, *, status: int) -> HttpResponse:
    return render(request, "web/notices/over.html", {"why": why}, status=status)


@require_safe
@may(Permission.LOOK)
def notice_settings(request: StaffRequest) -> HttpResponse:
    return _settings_page(request)


@require_POST
@may(Permission.LOOK)
def notice_settings_change(request: StaffRequest) -> HttpResponse:
    """Change what oneself is told of. An event that is not said stays as it is."""
    said = {
        event: How(request.POST[event])
        for event in Event
        if request.POST.get(event) in choices(event)
    }
    changed = sum(
        subscribe(
            association_id=request.staff.association_id,
            staff_id=request.staff.pk,
            event=event,
            how=how,
            by=actor(request),
        )
        for event, how in said.items()
    )
    messages.success(
        request,
        _("Saved: %(changed)s changed.") % {"changed": count(changed, "choice")},
    )
    return redirect("notice_settings")


@require_POST
@may(Permission.ADMINISTER, gettext_lazy("change after how many hours staff are told"))
def silent_hours_change(request: StaffRequest) -> HttpResponse:
    text = request.POST.get("hours", "").strip()
    try:
        if not text.isdecimal():
            raise CannotSubscribe(_("Write a whole number of hours."))
        set_silent_hours(
            association_id=request.staff.association_id,
            hours=int(text),
            by=actor(request),
        )
    except CannotSubscribe as error:
        return _settings_page(request, typed=text, trouble=str(error), status=422)
    messages.success(
        request, _("Saved: told after %(text)s.") % {"text": count(int(text), "hour")}
    )
    return redirect("notice_settings")


def _settings_page(
    request: StaffRequest, *, typed: str = "", trouble: str = "", status: int = 200
) -> HttpResponse:
    mine = selectors.subscriptions_of(request.staff.pk)
    administers = allows(request.staff, Permission.ADMINISTER)
    everybody = selectors.subscribers() if administers else {}
    hours = selectors.silent_hours()
    context: dict[str, Any] = {
        "events": [
            {
                "event": event,
                "means": _(ABOUT[event].means),
                "choices": choices(event),
                "how": mine[event],
                "people": everybody.get(event, ()),
                "must": ABOUT[event].somebody_must,
            }
            for event in Event
        ],
        "address": request.staff.user.email,
        "hours": typed or hours,
        "least": LEAST_HOURS,
        "most": MOST_HOURS,
        "trouble": trouble,
        "goes_nowhere": goes_nowhere(),
        "unheard": selectors.unheard(),
    }
    return render(request, "web/notices/settings.html", context, status=status)
