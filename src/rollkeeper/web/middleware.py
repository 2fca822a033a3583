"""Each request of a signed-in person runs inside the association they work for, and
in their language."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRefresh
from django_scopes import scope, scopes_disabled

from rollkeeper.directory.models import Staff

Answer = Callable[[HttpRequest], HttpResponse]

ACCOUNT_PAGES = "/accounts/"
"""Signing in and out, passwords: open to people without an association too."""


def association_scope(get_response: Answer) -> Answer:
    """Open the scope of the person's association; without one, say so and stop."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return _whole_page(request, get_response(request))
        staff = _staff_row(request.user)
        if staff is None:
            if request.path.startswith(ACCOUNT_PAGES):
                return get_response(request)
            return render(request, "web/no_association.html", status=403)
        request.staff = staff  # type: ignore[attr-defined]  # read as StaffRequest
        if staff.language:  # else that of the browser, which is active already
            translation.activate(staff.language)
            request.LANGUAGE_CODE = translation.get_language()
        zone = ZoneInfo(staff.association.time_zone)
        with scope(association=staff.association), timezone.override(zone):
            return get_response(request)

    return middleware


def _staff_row(user: User) -> Staff | None:
    with scopes_disabled():
        return (
            Staff.objects.select_related("association")
            .filter(user=user)
            .order_by("pk")
            .first()
        )


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A part of a page must not be replaced by the sign-in page: load all again."""
    if request.headers.get("HX-Request") and response.status_code == 302:
        return HttpResponseClientRefresh()
    return response
