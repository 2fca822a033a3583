"""Settings, Users: who works here, in which role, and letting people in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rollkeeper.core.values import AssociationId
from rollkeeper.directory import services as directory
from rollkeeper.directory.invitations import link_of
from rollkeeper.directory.models import Invitation, Role, Staff
from rollkeeper.directory.services import Refused
from rollkeeper.directory.staff import end_sessions, people, with_two_steps
from rollkeeper.engine.noticing.delivering import goes_nowhere
from rollkeeper.web import invitations
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, again, may

PEOPLE = gettext_lazy("look after the users")


@require_safe
@may(Permission.ADMINISTER, PEOPLE)
def users(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@may(Permission.ADMINISTER, PEOPLE)
@again
def user_role(request: StaffRequest, staff_id: int) -> HttpResponse:
    row = _person(staff_id)
    try:
        role = Role(request.POST.get("role", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        directory.change_role(staff_id=row.pk, role=role, by=actor(request))
    except Refused as refusal:
        return _page(request, trouble=str(refusal), status=409)
    messages.success(
        request, _("%(who)s is: %(role)s.") % {"who": row, "role": role.label}
    )
    return redirect("home" if row.pk == request.staff.pk else "users")


@require_http_methods(["GET", "POST"])
@may(Permission.ADMINISTER, PEOPLE)
@again
def user_remove(request: StaffRequest, staff_id: int) -> HttpResponse:
    """Show what it means; then end their work here, and their sessions."""
    row = _person(staff_id)
    if request.method == "GET":
        return render(request, "web/users/remove.html", {"person": row})
    try:
        directory.remove_staff(staff_id=row.pk, by=actor(request))
    except Refused as refusal:
        return _page(request, trouble=str(refusal), status=409)
    messages.success(request, _("%(who)s no longer works here.") % {"who": row.user})
    end_sessions(row.user_id)
    return redirect("users")


@require_POST
@may(Permission.ADMINISTER, PEOPLE)
@again
def invite(request: StaffRequest) -> HttpResponse:
    address = request.POST.get("address", "")
    try:
        role = Role(request.POST.get("role", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        made = directory.invite(
            association_id=AssociationId(request.staff.association_id),
            address=address,
            role=role,
            by=actor(request),
        )
    except Refused as refusal:
        return _page(request, typed=address, refusal=str(refusal), status=422)
    if invitations.mail(made, who=str(request.staff)):
        messages.success(request, _("A mail is on its way to %(who)s.") % {"who": made})
    else:
        messages.warning(
            request,
            _("No mail could be sent: hand the link below to %(who)s.") % {"who": made},
        )
    return redirect("users")


@require_POST
@may(Permission.ADMINISTER, PEOPLE)
def invitation_withdraw(request: StaffRequest, invitation_id: int) -> HttpResponse:
    row = get_object_or_404(Invitation, pk=invitation_id, accepted_at=None)
    directory.withdraw_invitation(invitation_id=row.pk, by=actor(request))
    messages.success(
        request, _("The link to %(who)s leads nowhere now.") % {"who": row}
    )
    return redirect("users")


@require_POST
@may(Permission.ADMINISTER, PEOPLE)
@again
def two_steps(request: StaffRequest) -> HttpResponse:
    """Require two-step sign-in of administrators; of oneself first."""
    value = request.POST.get("value") == "yes"
    directory.require_two_steps(
        association_id=AssociationId(request.staff.association_id),
        value=value,
        by=actor(request),
    )
    if value and request.staff.user_id not in with_two_steps([request.staff.user_id]):
        messages.warning(request, _("Now set up your own two-step sign-in."))
        return redirect("mfa_index")
    messages.success(request, _("Saved."))
    return redirect("users")


def _person(staff_id: int) -> Staff:
    row: Staff = get_object_or_404(
        Staff.objects.select_related("user", "association"), pk=staff_id
    )
    return row


def _page(
    request: StaffRequest,
    *,
    typed: str = "",
    refusal: str = "",
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    waiting = Invitation.objects.filter(accepted_at=None).order_by("-made_at")
    context: dict[str, Any] = {
        "people": (found := people(looking=request.staff)),
        "only": sum(one.role is Role.ADMINISTRATOR for one in found) == 1,
        "roles": list(Role),
        "invitations": [
            {"row": row, "link": link_of(row)}
            for row in waiting.select_related("association")
        ],
        "goes_nowhere": goes_nowhere(),
        "typed": typed,
        "refusal": refusal,
        "trouble": trouble,
    }
    return render(request, "web/users/index.html", context, status=status)
