"""On the way to the provider, and back; leaving it; and another account instead."""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from rollkeeper.connections.models import ConnectionState
from rollkeeper.connections.services import (
    ConnectingFailed,
    DifferentAccount,
    disconnect,
)
from rollkeeper.engine.connecting import begin_connecting, finish_connecting
from rollkeeper.providers.errors import ProviderError
from rollkeeper.web.condition import condition_of, people_known
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import PROVIDER, count_kept, the_connection
from rollkeeper.web.staff import StaffRequest, actor, again, may

CONNECT = gettext_lazy("connect your association to a newsletter service")
DISCONNECT = gettext_lazy("disconnect your association from a newsletter service")

TOKEN: Final = "connecting"
"""Where a session keeps the secret that ties the way back to it."""

OTHER: Final = "other_account"
"""Where a session keeps the account that was refused because it is another one."""

WANTED: Final = "account_wanted"
"""Where a session keeps the account that shall take the place of the one before."""


@require_POST
@may(Permission.ADMINISTER, CONNECT)
@again
def connect(request: StaffRequest) -> HttpResponse:
    request.session.pop(WANTED, None)
    return _leave(request)


@require_POST
@may(Permission.ADMINISTER, CONNECT)
@again
def replace(request: StaffRequest) -> HttpResponse:
    """Go there once more, to the account that was refused: it is meant."""
    other = request.session.pop(OTHER, None)
    if other is None:
        messages.error(request, _("Begin again: sign in at the other account first."))
        return redirect("constant_contact")
    request.session[WANTED] = other["account_id"]
    return _leave(request)


@require_safe
@may(Permission.ADMINISTER, CONNECT)
def callback(request: StaffRequest) -> HttpResponse:
    wanted = request.session.pop(WANTED, "")
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
            replacing_with=wanted,
        )
    except DifferentAccount as different:
        return _another_account(request, different)
    except (ConnectingFailed, ProviderError) as error:
        return _refused(request, str(error))
    request.session.pop(OTHER, None)
    messages.success(
        request, _("Connected to %(connection)s.") % {"connection": connection}
    )
    return redirect("constant_contact")


@require_safe
@may(Permission.ADMINISTER, DISCONNECT)
def disconnect_page(request: StaffRequest) -> HttpResponse:
    connection = the_connection()
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return redirect("constant_contact")
    context = {"connection": connection, "lists_on": count_kept(connection)}
    return render(request, "web/constant_contact/disconnect.html", context)


@require_POST
@may(Permission.ADMINISTER, DISCONNECT)
@again
def disconnect_now(request: StaffRequest) -> HttpResponseBase:
    connection = the_connection()
    if connection is not None:
        disconnect(connection_id=connection.pk, by=actor(request))
        messages.success(
            request, _("Disconnected from %(connection)s.") % {"connection": connection}
        )
    return redirect("constant_contact")


def _leave(request: StaffRequest) -> HttpResponse:
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


def _another_account(
    request: StaffRequest, different: DifferentAccount
) -> HttpResponse:
    """Say what connecting it on purpose means; until then nothing is changed."""
    connection, account = different.connection, different.account
    request.session[OTHER] = {"account_id": account.account_id}
    context = {
        "connection": connection,
        "account": account,
        "condition": condition_of(connection),
        "people": people_known(connection),
        "lists_on": count_kept(connection),
    }
    page = "web/constant_contact/another_account.html"
    return render(request, page, context, status=409)


def _said_no(error: str) -> str:
    if error == "access_denied":
        return _(
            "Access was not allowed over there. To connect, begin again and press"
            " Allow on Constant Contact's page."
        )
    return _(
        "Constant Contact did not let us in and gave the reason “%(error)s”. Begin"
        " again; if it stays so, tell whoever runs Rollkeeper."
    ) % {"error": error[:80]}


def _refused(request: StaffRequest, reason: str) -> HttpResponse:
    context = {"reason": reason}
    return render(request, "web/constant_contact/refused.html", context, status=400)
