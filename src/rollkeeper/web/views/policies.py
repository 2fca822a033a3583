"""The policy of a list: choosing one, seeing what it would do, using it."""

from __future__ import annotations

from typing import Any

from attrs import asdict
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.connections.models import Connection
from rollkeeper.core.policy import PRESETS, Policy, preset_of
from rollkeeper.core.values import AudienceId
from rollkeeper.directory.models import ContactList
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine import audiences as audiences_of
from rollkeeper.engine import policies, policy_words
from rollkeeper.engine.coordinator import Busy
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.previewing import CannotLook
from rollkeeper.engine.reconcile import NotConnected
from rollkeeper.jobs.tasks import surroundings
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.web.forms import PolicyForm
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import is_connected, the_connection
from rollkeeper.web.staff import StaffRequest, actor, again, may

ROWS = 50


@require_safe
@may(Permission.LOOK)
def policy_index(request: StaffRequest) -> HttpResponse:
    """Every list that is kept true, with its policy in a sentence."""
    connection = the_connection()
    rows = Audience.objects.filter(connection=connection, state="active")
    page = Paginator(rows.order_by(in_order(), "pk"), ROWS).get_page(
        request.GET.get("page")
    )
    shown = [
        (row, policy_words.preset_words(policy_of(row)))
        for row in (page if connection else ())
    ]
    context = {
        "connected": is_connected(connection),
        "page": page,
        "rows": shown,
        "used": {policy.title: policy for row, policy in shown}.values()
        or [policy_words.preset_words(one) for one in PRESETS.values()],
    }
    return render(request, "web/policies.html", context)


@require_safe
@may(Permission.LOOK)
def policy(request: StaffRequest, list_id: int) -> HttpResponse:
    row = get_object_or_404(ContactList, pk=list_id)
    context: dict[str, Any] = {"list": row}
    if audience := _audience(row, the_connection()):
        now = policy_of(audience)
        context |= {
            "now": policy_words.preset_words(now),
            "chosen": preset_of(now),
            "presets": policy_words.PRESETS,
            "form": PolicyForm(initial=_values(now)),
        }
    return render(request, "web/lists/policy.html", context)


@require_safe
@may(Permission.SYNC)
def policy_trial(request: StaffRequest, list_id: int) -> HttpResponse:
    row = get_object_or_404(ContactList, pk=list_id)
    audience = _audience(row, the_connection())
    wanted = _asked_for(request)
    if audience is None or wanted is None:
        return redirect("list_policy", list_id)
    context = {
        "list": row,
        "wanted": policy_words.preset_words(wanted),
        "values": _values(wanted),
        "differences": list(policy_words.differences(policy_of(audience), wanted)),
        **_trial(request, audience, wanted),
    }
    return render(request, "web/lists/policy_trial.html", context)


@require_POST
@may(Permission.ADMINISTER, gettext_lazy("change the policy of a list"))
@again
def policy_use(request: StaffRequest, list_id: int) -> HttpResponse:
    row = get_object_or_404(ContactList, pk=list_id)
    audience, form = _audience(row, the_connection()), PolicyForm(request.POST)
    if audience is None or not form.is_valid():
        raise Http404
    policies.change(
        audience_id=AudienceId(audience.pk), policy=form.policy(), by=actor(request)
    )
    messages.success(
        request,
        _(
            "%(list)s is kept true by this policy from the next run on. Whom it takes"
            " off waits for a decision."
        )
        % {"list": row},
    )
    return redirect("list", list_id)


def _asked_for(request: StaffRequest) -> Policy | None:
    if "preset" in request.GET:
        return PRESETS.get(request.GET["preset"])
    form = PolicyForm(request.GET)
    return form.policy() if form.is_valid() else None


def _audience(row: ContactList, connection: Connection | None) -> Audience | None:
    """What keeps the list true; None when it is not, and was not before."""
    if not is_connected(connection):
        return None
    if row.sync:
        audiences_of.current(
            STORE, association_id=row.association_id, connection_id=connection.pk
        )
    found: Audience | None = Audience.objects.filter(
        connection=connection, list_id=row.pk
    ).first()
    return found


def _trial(request: StaffRequest, audience: Audience, wanted: Policy) -> dict[str, Any]:
    """What the policy would do, or why that cannot be said now."""
    if audience.connection.compared_at is None:
        return {
            "trouble": _(
                "Nothing was compared with Constant Contact so far. The first sync"
                " goes by the policy that you choose now."
            )
        }
    try:
        found = policies.preview_of(
            audience_id=AudienceId(audience.pk),
            policy=wanted,
            by=actor(request),
            surroundings=surroundings(),
        )
    except Busy:
        return {
            "trouble": _("A run is working right now. Look again when it has ended.")
        }
    except (NotConnected, CannotLook) as error:
        return {"trouble": str(error)}
    return {"preview": found}


def _values(policy: Policy) -> dict[str, str]:
    return asdict(policy, value_serializer=lambda _, __, value: str(value))
