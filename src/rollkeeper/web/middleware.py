"""Each request of a signed-in person runs inside the association they work for, and
in their language."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh
from django_scopes import scope, scopes_disabled

from rollkeeper.directory.models import Role, Staff
from rollkeeper.directory.staff import with_two_steps

WORKS_FOR = "association"
"""Where a session keeps for which of their associations somebody works now."""

ASKS_AGAIN = ("/accounts/2fa/", "/accounts/reauthenticate/")

HOUSE = "web/base.html"
"""What the pages of one's account stand in for those who may look at others, too."""

Answer = Callable[[HttpRequest], HttpResponse]

ACCOUNT_PAGES = "/accounts/"
"""Signing in and out, passwords: open to people without an association too."""


def association_scope(get_response: Answer) -> Answer:
    """Open the scope of the person's association; without one, say so and stop."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return _whole_page(request, get_response(request))
        staff = _staff_row(request.user, request.session.get(WORKS_FOR))
        if staff is None:
            if request.path.startswith(ACCOUNT_PAGES):
                return get_response(request)
            return render(request, "web/no_association.html", status=403)
        request.staff = staff  # type: ignore[attr-defined]  # read as StaffRequest
        if staff.language:  # else that of the browser, which is active already
            translation.activate(staff.language)
            request.LANGUAGE_CODE = translation.get_language()
        lacking = _lacks_two_steps(staff)
        if lacking and not _open_without(request.path):
            return _whole_page(request, redirect("mfa_index"))
        if not lacking:  # else pages of the account stand alone, for no other opens
            request.frame = HOUSE  # type: ignore[attr-defined]  # read by templates
        zone = ZoneInfo(staff.association.time_zone)
        with scope(association=staff.association), timezone.override(zone):
            return _whole_page(request, get_response(request))

    return middleware


def _staff_row(user: User, chosen: int | None) -> Staff | None:
    """Return their row at the association they chose to work for, or their first."""
    with scopes_disabled():
        rows = Staff.objects.select_related("association").filter(user=user)
        found: Staff | None = rows.order_by(
            Case(When(association_id=chosen, then=0), default=1), "pk"
        ).first()
    return found


def _lacks_two_steps(staff: Staff) -> bool:
    """Must they set up two-step sign-in before they go on?"""
    if not staff.association.two_steps or staff.role != Role.ADMINISTRATOR:
        return False
    return staff.user_id not in with_two_steps([staff.user_id])


def _open_without(path: str) -> bool:
    return path.startswith(ACCOUNT_PAGES) or path == reverse("choose_language")


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A part of a page must not be replaced by the page that asks who it is."""
    if not request.headers.get("HX-Request") or response.status_code != 302:
        return response
    if not request.user.is_authenticated:
        return HttpResponseClientRefresh()
    if response.headers["Location"].startswith(ASKS_AGAIN):
        return HttpResponseClientRedirect(response.headers["Location"])
    return response
