"""Who asks: a person on an association's staff, perhaps an administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from rollkeeper.directory.models import Staff


class StaffRequest(HttpRequest):
    """A request that `association_scope` let through."""

    staff: Staff
    htmx: HtmxDetails


def actor(request: StaffRequest) -> str:
    """Return who acts, as services want it."""
    return f"staff:{request.user.get_username()}"


def administrators_only(
    view: Callable[[StaffRequest], HttpResponse],
) -> Callable[[StaffRequest], HttpResponse]:
    """Refuse everybody else, with a page that says whom to ask."""

    @wraps(view)
    def guarded(request: StaffRequest) -> HttpResponse:
        if not request.staff.administrator:
            raise PermissionDenied(
                "Only administrators may connect your association to a newsletter "
                "service. Ask an administrator of your association to do it."
            )
        return view(request)

    return guarded
