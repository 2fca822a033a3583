"""One's own account: how it stands, and the way to each of its pages."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_scopes import scopes_disabled

from rollkeeper.directory.models import Staff
from rollkeeper.directory.staff import with_two_steps


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user_id = int(request.user.pk or 0)
    with scopes_disabled():
        rows = Staff.objects.filter(user_id=user_id).select_related("association")
        context = {
            "places": list(rows.order_by("association__name", "pk")),
            "two_steps": bool(with_two_steps([user_id])),
            "sessions": UserSession.objects.filter(user_id=user_id).count(),
        }
    return render(request, "account/index.html", context)
