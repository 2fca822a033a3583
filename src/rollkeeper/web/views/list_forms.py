"""Making a list, committee or group, renaming and deleting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rollkeeper.core.values import AssociationId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import ContactList, ListKind
from rollkeeper.engine.policy_words import FIELDS
from rollkeeper.ledger.models import Audience
from rollkeeper.ledger.services.audiences import policy_of
from rollkeeper.web.forms import ListForm
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import is_connected, the_connection
from rollkeeper.web.staff import StaffRequest, actor, may


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def list_new(request: StaffRequest) -> HttpResponse:
    return _edited(request, None)


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def list_edit(request: StaffRequest, list_id: int) -> HttpResponse:
    return _edited(request, _by_hand(list_id))


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def list_delete(request: StaffRequest, list_id: int) -> HttpResponse:
    row = _by_hand(list_id)
    if request.method == "GET":
        return render(request, "web/lists/delete.html", _stakes(row))
    directory.delete_list(list_id=ListId(row.pk), by=actor(request))
    messages.success(request, _("%(list)s is no longer on your roll.") % {"list": row})
    return redirect("lists")


def _edited(request: StaffRequest, row: ContactList | None) -> HttpResponse:
    initial = {"name": row.name, "kind": row.kind} if row else {}
    stakes = _stakes(row) if row else {}
    about = _about_name(row, kept=stakes.get("kept", False))
    form = ListForm(request.POST or None, initial=initial, about_name=about)
    if form.is_valid() and (saved := _saved(request, row, form)):
        messages.success(request, _("Saved %(list)s.") % {"list": saved})
        return redirect("list", saved.pk)
    status = 422 if form.errors else 200
    return render(
        request, "web/lists/edit.html", {"form": form, **stakes}, status=status
    )


def _about_name(row: ContactList | None, *, kept: bool) -> str:
    if row is None:
        return _("At Constant Contact it will be called the same.")
    if kept:
        return _(
            "A new name is carried to Constant Contact within minutes, unless somebody"
            " renamed the list there."
        )
    return ""


def _saved(
    request: StaffRequest, row: ContactList | None, form: ListForm
) -> ContactList | None:
    """Keep what the form says; put a refusal beside the field it is about."""
    said = form.cleaned_data
    try:
        return directory.save_list(
            association_id=AssociationId(request.staff.association_id),
            list_id=ListId(row.pk) if row else None,
            details=directory.ListDetails(
                name=said["name"],
                kind=ListKind(said["kind"]),
                sync=row.sync if row else False,
            ),
            by=actor(request),
        )
    except directory.Refused as refusal:
        form.add_error(refusal.field if refusal.field in said else None, str(refusal))
        return None


def _by_hand(list_id: int) -> ContactList:
    row = get_object_or_404(ContactList, pk=list_id)
    if row.automatic:
        raise Http404
    return row


def _stakes(row: ContactList) -> dict[str, Any]:
    """What there is of the list here, and what becomes of it over there."""
    connection = the_connection()
    audience = Audience.objects.filter(connection=connection, list_id=row.pk).first()
    kept = is_connected(connection) and audience is not None and row.sync
    deleting = ""
    if kept and audience:
        deleting = FIELDS["list_deleted"].values[policy_of(audience).list_deleted]
    return {
        "list": row,
        "people": row.memberships.count(),
        "kept": kept,
        "deleting": deleting,
    }
