"""A contact's places on lists: putting on, taking off, and how they stand there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollkeeper.core.values import ContactId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import (
    Contact,
    ListMembership,
    Standing,
)
from rollkeeper.engine.switches import kept_by_hand
from rollkeeper.web import undoing
from rollkeeper.web.forms import PutOnListForm, StandingForm
from rollkeeper.web.permissions import Permission
from rollkeeper.web.staff import StaffRequest, actor, may


@require_POST
@may(Permission.EDIT)
def put_on(request: StaffRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=contact_id)
    form = PutOnListForm(request.POST, lists=kept_by_hand())
    if not form.is_valid():
        messages.error(request, _("Choose a list first, then press Put on list."))
        return redirect("contact", contact_id)
    row = form.cleaned_data["list"]
    directory.put_on_list(
        contact_id=ContactId(contact.pk), list_id=ListId(row.pk), by=actor(request)
    )
    messages.success(
        request,
        _("%(contact)s is now on %(list)s.") % {"contact": contact, "list": row},
    )
    return redirect("contact", contact_id)


@require_POST
@may(Permission.EDIT)
def take_off(request: StaffRequest, contact_id: int, list_id: int) -> HttpResponse:
    row = _membership(contact_id, list_id)
    stood = directory.Place(
        contact_id=contact_id, status=row.status, no_mass_email=row.no_mass_email
    )
    directory.take_off_list(
        contact_id=ContactId(contact_id), list_id=ListId(list_id), by=actor(request)
    )
    back = reverse("contact", args=[contact_id])
    act = undoing.TakenOff(places={ListId(list_id): [stood]}, back=back)
    undoing.remember(request, act, now=timezone.now())
    messages.success(
        request,
        _("%(contact)s is no longer on %(list)s.")
        % {"contact": row.contact, "list": row.list},
        extra_tags=undoing.TAG,
    )
    return redirect("contact", contact_id)


@require_POST
@may(Permission.EDIT)
def standing(request: StaffRequest, contact_id: int, list_id: int) -> HttpResponse:
    row, form = _membership(contact_id, list_id), StandingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say whether the contact is active or disabled."))
        return redirect("contact", contact_id)
    directory.set_standing(
        contact_id=ContactId(contact_id),
        list_id=ListId(list_id),
        status=Standing(form.cleaned_data["status"]),
        no_mass_email=form.cleaned_data["no_mass_email"],
        by=actor(request),
    )
    messages.success(
        request,
        _("Saved how %(contact)s stands on %(list)s.")
        % {"contact": row.contact, "list": row.list},
    )
    return redirect("contact", contact_id)


def _membership(contact_id: int, list_id: int) -> ListMembership:
    rows = ListMembership.objects.select_related("contact", "list")
    return get_object_or_404(rows, contact_id=contact_id, list_id=list_id)
