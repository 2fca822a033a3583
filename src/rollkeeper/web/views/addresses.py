"""A contact's addresses beside the primary one: adding, removing, making primary."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollkeeper.core.values import ContactId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import Contact, EmailAddress
from rollkeeper.web.forms import OtherAddressForm
from rollkeeper.web.permissions import Permission
from rollkeeper.web.sharing import shared
from rollkeeper.web.staff import StaffRequest, actor, may
from rollkeeper.web.views.contacts import edit_page


@require_POST
@may(Permission.EDIT)
def add_address(request: StaffRequest, contact_id: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=contact_id)
    form = OtherAddressForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data["address"]
        try:
            directory.add_other_address(
                contact_id=ContactId(contact.pk), address=typed, by=actor(request)
            )
        except directory.Refused as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, _("Added %(address)s.") % {"address": typed})
            return redirect("contact_edit", contact_id)
    return edit_page(request, contact, adding=form)


@require_POST
@may(Permission.EDIT)
def change_address(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Make one of the other addresses primary, or remove it."""
    contact = get_object_or_404(Contact, pk=contact_id)
    text = request.POST.get("address", "")
    number = int(text) if text.isdecimal() else 0
    others = EmailAddress.objects.filter(contact=contact, primary=False)
    address = get_object_or_404(others, pk=number)
    if request.POST.get("act") == "remove":
        directory.remove_other_address(
            contact_id=ContactId(contact.pk), address_id=address.pk, by=actor(request)
        )
        messages.success(request, _("Removed %(address)s.") % {"address": address})
        return redirect("contact_edit", contact_id)
    told = request.POST.get("shared", "")
    if found := shared(address.mailbox or "", by=contact, told=told):
        return edit_page(request, contact, shared=found)
    return _made_primary(request, contact, address)


def _made_primary(
    request: StaffRequest, contact: Contact, address: EmailAddress
) -> HttpResponse:
    try:
        directory.make_primary(
            contact_id=ContactId(contact.pk), address_id=address.pk, by=actor(request)
        )
    except directory.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("contact_edit", contact.pk)
    messages.success(
        request, _("Newsletters go to %(address)s from now on.") % {"address": address}
    )
    return redirect("contact_edit", contact.pk)
