"""Settings, Integrations, Constant Contact: how the connection does, and Sync."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh
from django_tables2 import RequestConfig

from rollkeeper.connections.models import Connection
from rollkeeper.connections.quota import requests_today
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import Contact
from rollkeeper.engine.beginning import is_begun
from rollkeeper.engine.coordinator import Busy
from rollkeeper.engine.forecast import forecast
from rollkeeper.engine.previewing import CannotLook, preview
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.jobs.tasks import defer_sync, surroundings
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Run
from rollkeeper.web import nights
from rollkeeper.web.condition import condition_of
from rollkeeper.web.permissions import Permission
from rollkeeper.web.runs import MOST, chart, row_of
from rollkeeper.web.situation import (
    PROVIDER,
    count_kept,
    is_connected,
    the_connection,
    under_way,
)
from rollkeeper.web.staff import StaffRequest, actor, allows, may, refusal
from rollkeeper.web.tables import OutcomeTable

REFUSALS_SHOWN = 5


@require_safe
@may(Permission.LOOK)
def constant_contact(request: StaffRequest) -> HttpResponse:
    connection = the_connection()
    context: dict[str, Any] = {
        "connection": connection,
        "connected": is_connected(connection),
        "lists_on": count_kept(connection),
        "has_key": bool(settings.PROVIDERS[PROVIDER].client_id),
        "condition": condition_of(connection) if connection else None,
        "first": is_connected(connection) and not is_begun(connection.pk),
    }
    if connection:
        context |= _history(connection)
    return render(request, "web/constant_contact/index.html", context)


@require_POST
@may(Permission.SYNC)
def sync(request: StaffRequest) -> HttpResponse:
    connection = the_connection()
    if not is_connected(connection):
        messages.error(request, _("Connect Constant Contact first, then press Sync."))
    elif not is_begun(connection.pk) and not allows(request.staff, Permission.APPROVE):
        messages.error(request, refusal(Permission.APPROVE, _("start the first sync")))
    else:
        defer_sync(connection_id=connection.pk, by=actor(request), everything=True)
        messages.success(
            request, _("Everything is compared and made true. You can leave this page.")
        )
    return redirect("constant_contact")


@require_safe
@may(Permission.LOOK)
def progress(request: StaffRequest) -> HttpResponse:
    """The run under way; when it has ended, the whole page is shown anew."""
    connection = the_connection()
    if connection is None:
        raise Http404
    run = under_way(connection)
    if run is None:
        return HttpResponseClientRefresh()
    return render(request, "web/constant_contact/progress.html", {"run": run})


@require_safe
@may(Permission.SYNC)
def plan_preview(request: StaffRequest) -> HttpResponse:
    connection = the_connection()
    context: dict[str, Any] = {
        "first": is_connected(connection) and not is_begun(connection.pk)
    }
    if not is_connected(connection):
        context["trouble"] = _("Connect Constant Contact first.")
    else:
        try:
            found = preview(
                connection_id=connection.pk,
                by=actor(request),
                surroundings=surroundings(),
            )
            context["preview"] = found
            context["forecast"] = forecast(
                connection_id=connection.pk, requests=found.requests
            )
        except Busy:
            context["trouble"] = _(
                "A run is working right now. Look again when it has ended."
            )
        except (NotConnected, CannotLook) as error:
            context["trouble"] = str(error)
    part = "part" if request.htmx else "page"
    return render(request, f"web/constant_contact/preview_{part}.html", context)


@require_safe
@may(Permission.LOOK)
def exceptions(request: StaffRequest) -> HttpResponse:
    connection = the_connection()
    if connection is None:
        raise Http404
    table = OutcomeTable(ledger.outcomes(connection.pk))
    RequestConfig(request).configure(table)
    return render(request, "web/constant_contact/exceptions.html", {"table": table})


def _history(connection: Connection) -> dict[str, Any]:
    runs: list[Run] = list(ledger.syncs(connection.pk)[:MOST])
    quota = connection.application.requests_per_day
    used = requests_today(connection.application_id)
    closed = connection.application.closed_until
    return {
        "running": under_way(connection),
        "runs": [row_of(run) for run in runs],
        "nights": nights.rows(),
        "chart": chart(runs),
        "unmade": ledger.outcomes(connection.pk).count(),
        "last_true_at": ledger.last_true_at(connection.pk),
        "quota": {"limit": quota, "used": used, "left": max(quota - used, 0)},
        "closed_until": closed if closed and closed > timezone.now() else None,
        **_unsubscribes(),
    }


def _unsubscribes() -> dict[str, Any]:
    facts = Suppression.objects.filter(kind=Kind.UNSUBSCRIBED)
    a_week_ago = timezone.now() - timedelta(days=7)
    still_here = Q(contact_id__in=Contact.objects.values("pk"))
    newest: QuerySet[Any] = facts.values("mailbox").annotate(
        learnt=Max("recorded_at"),
        happened=Max("happened_at"),
        contact=Max("contact_id", filter=still_here),
    )
    return {
        "unsubscribed": facts.aggregate(
            all=Count("mailbox", distinct=True),
            week=Count("mailbox", distinct=True, filter=Q(recorded_at__gt=a_week_ago)),
        ),
        "newest_unsubscribed": newest.order_by("-learnt", "mailbox")[:REFUSALS_SHOWN],
    }
