"""Who asks: a person on an association's staff, and what their role lets them do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from attrs import frozen
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django_htmx.middleware import HtmxDetails

from rollkeeper.directory.models import Role, Staff
from rollkeeper.web.permissions import (
    MAY,
    Permission,
    only_they_may,
    roles_that_may,
    whom_to_ask,
)

Rest = ParamSpec("Rest")


class StaffRequest(HttpRequest):
    """A request that `association_scope` let through."""

    staff: Staff
    htmx: HtmxDetails


View: TypeAlias = Callable[Concatenate[StaffRequest, Rest], HttpResponseBase]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@frozen(kw_only=True)
class Needs:
    """What a view asks of whoever comes to look, and to have something done."""

    to_look: Permission
    to_act: Permission

    @property
    def both(self) -> frozenset[Permission]:
        return frozenset({self.to_look, self.to_act})

    def of(self, method: str | None) -> Permission:
        return self.to_look if method in SAFE else self.to_act


def actor(request: StaffRequest) -> str:
    """Return who acts, as services want it."""
    return f"staff:{request.user.get_username()}"


def may(
    permission: Permission, act: str | Promise = "", *, to_act: Permission | None = None
) -> Callable[[View[Rest]], View[Rest]]:
    """Refuse whoever has not the permission, with a page that says whom to ask.

    *act* says more closely what it is, after "may". With *to_act*, sending the form of
    the page needs that permission instead.
    """
    needs = Needs(to_look=permission, to_act=to_act or permission)

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(
            request: StaffRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponseBase:
            needed = needs.of(request.method)
            if not allows(request.staff, needed):
                raise PermissionDenied(refusal(needed, str(act)))
            return view(request, *args, **kwargs)

        guarded.needs = needs  # type: ignore[attr-defined]  # read by `needs_of`
        return guarded

    return decorate


def again(view: View[Rest]) -> View[Rest]:
    """Ask for the password again unless somebody gave it a few minutes ago.

    What they had sent goes on by itself once they have.
    """

    @wraps(view)
    def guarded(
        request: StaffRequest, /, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponseBase:
        if not _lately(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    guarded.again = True  # type: ignore[attr-defined]  # read by `asks_again`
    return guarded


def asks_again(view: object) -> bool:
    return bool(getattr(view, "again", False))


def _lately(request: HttpRequest) -> bool:
    """Did they say who they are within the time that settings give?"""
    told = get_authentication_records(request, request.user)
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(one["at"] > since for one in told)


def needs_of(view: object) -> Needs | None:
    """Return what a view asks for; None when nobody said."""
    found = getattr(view, "needs", None)
    return found if isinstance(found, Needs) else None


def can(request: HttpRequest) -> Mapping[str, Mapping[str, bool]]:
    """Give templates `can`, in which each permission is true or false."""
    staff = getattr(request, "staff", None)
    if staff is None:
        return {"can": {}}
    return {"can": {one.value: allows(staff, one) for one in Permission}}


def allows(staff: Staff, permission: Permission) -> bool:
    """May this person do it?"""
    return permission in MAY[Role(staff.role)]


def refusal(permission: Permission, act: str = "") -> str:
    """Say who may do it, and whom to ask, to somebody who may not."""
    names = those_who_may(permission)
    return f"{only_they_may(permission, act)} {whom_to_ask(names)}"


def those_who_may(permission: Permission) -> list[str]:
    """Return the names of those in the scoped association whom to ask for it.

    What many may do, an administrator can let somebody do.
    """
    asked = (Permission.APPROVE, Permission.ADMINISTER)
    needed = permission if permission in asked else Permission.ADMINISTER
    rows = Staff.objects.filter(
        role__in=roles_that_may(needed), user__is_active=True
    ).select_related("user")
    return sorted(row.user.get_full_name() or row.user.get_username() for row in rows)
