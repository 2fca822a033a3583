"""Members: searching, one member's page, adding, editing and deleting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rollkeeper.core.values import AssociationId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, ContactList, Member, MemberStatus
from rollkeeper.directory.search import BY_NAME, MEMBERS_BY_NAME
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.switches import shown
from rollkeeper.web.filters import MemberFilter
from rollkeeper.web.finding import bounded
from rollkeeper.web.forms import MemberForm
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import is_connected, the_connection
from rollkeeper.web.staff import StaffRequest, actor, may
from rollkeeper.web.tables import ContactTable, Shown
from rollkeeper.web.tables_of_members import MembersTable
from rollkeeper.web.turning import order_of

ON_AUTOMATIC_LISTS = frozenset({MemberStatus.ACTIVE, MemberStatus.COURTESY})


@require_safe
@may(Permission.LOOK)
def members(request: StaffRequest) -> HttpResponse:
    rows = Member.objects.select_related("membership_type")
    sought = MemberFilter(request.GET, queryset=rows, request=request)
    found, order = sought.found, order_of(request.GET, {"name": MEMBERS_BY_NAME})
    page = found.page(request.GET, order)
    context = {
        "filter": sought,
        "found": found,
        "page": page,
        "table": MembersTable(Shown(page.rows), order_by=order.name),
        "searching": bool(sought.said),
        "nobody": not page.rows and not Member.objects.exists(),
    }
    part = request.htmx and not request.htmx.history_restore_request
    template = "web/members/results.html" if part else "web/members/index.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@may(Permission.LOOK)
def member(request: StaffRequest, member_id: int) -> HttpResponse:
    row = _member(member_id)
    found = bounded(Contact.objects.filter(member=row))
    page = found.page(request.GET, order_of(request.GET, {"name": BY_NAME}))
    table = ContactTable(
        Shown(page.rows), ticked=(), order_by="name", exclude=("pick", "company")
    )
    context = {
        "member": row,
        "found": found,
        "page": page,
        "table": table,
        "lists": _automatic(row),
        "kept": row.status in ON_AUTOMATIC_LISTS,
        "connected": is_connected(the_connection()),
    }
    return render(request, "web/members/member.html", context)


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def member_new(request: StaffRequest) -> HttpResponse:
    return _edited(request, None)


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def member_edit(request: StaffRequest, member_id: int) -> HttpResponse:
    return _edited(request, _member(member_id))


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def member_delete(request: StaffRequest, member_id: int) -> HttpResponse:
    row = _member(member_id)
    if request.method == "GET":
        return render(request, "web/members/delete.html", _effects(row))
    directory.delete_member(member_id=row.pk, by=actor(request))
    messages.success(
        request, _("%(member)s is no longer a member here.") % {"member": row}
    )
    return redirect("members")


def _edited(request: StaffRequest, row: Member | None) -> HttpResponse:
    initial: dict[str, Any] = {}
    if row:
        initial = {
            "name": row.name,
            "membership_type": row.membership_type_id,
            "status": row.status,
        }
    form = MemberForm(request.POST or None, initial=initial)
    if form.is_valid() and (saved := _saved(request, row, form)):
        messages.success(request, _("Saved %(member)s.") % {"member": saved})
        return redirect("member", saved.pk)
    context = {"form": form, **_effects(row)}
    status = 422 if form.errors else 200
    return render(request, "web/members/edit.html", context, status=status)


def _saved(
    request: StaffRequest, row: Member | None, form: MemberForm
) -> Member | None:
    """Keep what the form says; put a refusal beside the field it is about."""
    said = form.cleaned_data
    kind = said["membership_type"]
    details = directory.MemberDetails(
        name=said["name"],
        membership_type_id=kind.pk if kind else None,
        status=MemberStatus(said["status"]),
    )
    try:
        return directory.save_member(
            association_id=AssociationId(request.staff.association_id),
            member_id=row.pk if row else None,
            details=details,
            by=actor(request),
        )
    except directory.Refused as refusal:
        form.add_error(refusal.field if refusal.field in said else None, str(refusal))
        return None


def _member(member_id: int) -> Member:
    return get_object_or_404(
        Member.objects.select_related("membership_type"), pk=member_id
    )


def _automatic(row: Member) -> QuerySet[ContactList]:
    """Return the automatic lists that the member's contacts are on, if it counts."""
    rows = shown().filter(kind="representatives")
    if row.membership_type_id:
        rows |= shown().filter(membership_type=row.membership_type_id)
    return rows.order_by(in_order(), "pk")


def _effects(row: Member | None) -> dict[str, Any]:
    """What is at stake when the member's status changes, or it is deleted."""
    if row is None:
        return {"member": None}
    people = Contact.objects.filter(member=row, active=True).count()
    kept = row.status in ON_AUTOMATIC_LISTS
    return {
        "member": row,
        "people": people,
        "lists": _automatic(row) if kept and people else (),
        "connected": is_connected(the_connection()),
    }
