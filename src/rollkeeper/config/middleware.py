"""What every answer and every session must keep to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Answer = Callable[[HttpRequest], HttpResponse]

# `form-action` also judges the redirects that follow a form. The page that begins to
# connect a provider therefore answers with a way to go on, not with a redirect.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)

SAVED_EVERY = timedelta(minutes=5)


def content_security_policy(get_response: Answer) -> Answer:
    """Allow pages nothing that we did not send: no inline script, no other host."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    return middleware


def session_limits(get_response: Answer) -> Answer:
    """End a session after its longest time, however busy; let an idle one run out."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _keep_or_end(request, now=timezone.now())
        return get_response(request)

    return middleware


def _keep_or_end(request: HttpRequest, *, now: datetime) -> None:
    began = datetime.fromisoformat(
        request.session.setdefault("began_at", now.isoformat())
    )
    if now - began > settings.SESSION_LONGEST:
        logout(request)
        return
    saved = datetime.fromisoformat(request.session.get("saved_at", began.isoformat()))
    if "saved_at" not in request.session or now - saved > SAVED_EVERY:
        # Saving is what moves the end of an idle session; not at each request.
        request.session["saved_at"] = now.isoformat()
        if request.session.session_key:
            UserSession.objects.create_from_request(request)
