"""Who asks: a person on an association's staff, perhaps an administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from rollkeeper.directory.models import Staff

Rest = ParamSpec("Rest")


class StaffRequest(HttpRequest):
    """A request that `association_scope` let through."""

    staff: Staff
    htmx: HtmxDetails


def actor(request: StaffRequest) -> str:
    """Return who acts, as services want it."""
    return f"staff:{request.user.get_username()}"


View: TypeAlias = Callable[Concatenate[StaffRequest, Rest], HttpResponseBase]


def administrators_only(act: str) -> Callable[[View[Rest]], View[Rest]]:
    """Refuse everybody else, with a page that says whom to ask.

    *act* is what only administrators may do, after "may".
    """

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(
            request: StaffRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponseBase:
            if not request.staff.administrator:
                raise PermissionDenied(
                    f"Only administrators may {act}. Ask an administrator of your "
                    "association to do it."
                )
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def administrators() -> list[str]:
    """Return the names of the scoped association's administrators."""
    rows = Staff.objects.filter(administrator=True).select_related("user")
    return sorted(row.user.get_full_name() or row.user.get_username() for row in rows)
