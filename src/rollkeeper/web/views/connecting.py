"""On the way to the provider, and back."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from rollkeeper.connections.services import ConnectingFailed
from rollkeeper.engine.connecting import begin_connecting, finish_connecting
from rollkeeper.providers.errors import ProviderError
from rollkeeper.web.situation import PROVIDER
from rollkeeper.web.staff import StaffRequest, actor, administrators_only

CONNECT = "connect your association to a newsletter service"

TOKEN = "connecting"
"""Where a session keeps the secret that ties the way back to it."""


@require_POST
@administrators_only(CONNECT)
def connect(request: StaffRequest) -> HttpResponse:
    """Send the browser to the provider, at once or, without a script, by a link.

    Never by a redirect: the policy on forms forbids one to another host.
    """
    request.session[TOKEN] = secrets.token_urlsafe(32)
    try:
        address = begin_connecting(
            association_id=request.staff.association_id,
            provider=PROVIDER,
            bound_to=request.session[TOKEN],
        )
    except ConnectingFailed as error:
        return _refused(request, str(error))
    if request.htmx:
        return HttpResponseClientRedirect(address)
    return render(request, "web/constant_contact/leaving.html", {"address": address})


@require_safe
@administrators_only(CONNECT)
def callback(request: StaffRequest) -> HttpResponse:
    if "error" in request.GET:
        return _refused(request, _said_no(request.GET["error"]))
    try:
        connection = finish_connecting(
            association_id=request.staff.association_id,
            provider=PROVIDER,
            bound_to=request.session.pop(TOKEN, ""),
            code=request.GET.get("code", ""),
            state=request.GET.get("state", ""),
            by=actor(request),
        )
    except (ConnectingFailed, ProviderError) as error:
        return _refused(request, str(error))
    messages.success(request, f"Connected to {connection}.")
    return redirect("constant_contact")


def _said_no(error: str) -> str:
    if error == "access_denied":
        return (
            "Access was not allowed over there. To connect, begin again and press "
            "Allow on Constant Contact's page."
        )
    return (
        "Constant Contact did not let us in and gave the reason "
        f"“{error[:80]}”. Begin again; if it stays so, tell whoever runs Rollkeeper."
    )


def _refused(request: StaffRequest, reason: str) -> HttpResponse:
    context = {"reason": reason}
    return render(request, "web/constant_contact/refused.html", context, status=400)
