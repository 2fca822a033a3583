"""Contacts: searching, one contact's page, editing and deleting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rollkeeper.connections.models import Connection
from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import AssociationId, ContactId, ListId
from rollkeeper.directory import services as directory
from rollkeeper.directory.models import (
    Contact,
    ContactList,
    ListMembership,
    Member,
)
from rollkeeper.directory.search import BY_COMPANY, BY_NAME
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.refusals import Refused, standing_of
from rollkeeper.engine.switches import kept_by_hand
from rollkeeper.ledger.services.resubscribing import request_for
from rollkeeper.web import refusals, roll, ticks, undoing
from rollkeeper.web.filters import ContactFilter
from rollkeeper.web.forms import (
    ContactForm,
    NewContactForm,
    NoteRefusalForm,
    OtherAddressForm,
    PutOnListForm,
)
from rollkeeper.web.permissions import Permission
from rollkeeper.web.places import places
from rollkeeper.web.sharing import Shared, holders, shared
from rollkeeper.web.situation import is_connected, the_connection
from rollkeeper.web.staff import StaffRequest, actor, allows, may
from rollkeeper.web.tables import ContactTable, Shown
from rollkeeper.web.timeline import timeline
from rollkeeper.web.turning import order_of

SORTS = {"name": BY_NAME, "company": BY_COMPANY}
DETAILS = ("first_name", "last_name", "title", "company", "phone")


@require_safe
@may(Permission.LOOK)
def contacts(request: StaffRequest) -> HttpResponse:
    sought = ContactFilter(request.GET, queryset=Contact.objects.all(), request=request)
    found, order = sought.found, order_of(request.GET, SORTS)
    page = found.page(request.GET, order)
    ticked = ticks.ticked(request)
    exports = allows(request.staff, Permission.EXPORT)
    table = ContactTable(
        Shown(page.rows),
        ticked=ticked,
        order_by=order.name,
        exclude=() if exports else ("pick",),
    )
    context = {
        "filter": sought,
        "found": found,
        "page": page,
        "sort": order.name,
        "table": table,
        "searching": bool(sought.said),
        "nobody": not page.rows and not Contact.objects.exists(),
        "ticked": len(ticked),
        "matching": urlencode({"of": "matching", **sought.said}),
    }
    part = request.htmx and not request.htmx.history_restore_request
    template = "web/contacts/results.html" if part else "web/contacts/index.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@may(Permission.LOOK)
def contact(request: StaffRequest, contact_id: int) -> HttpResponse:
    row = _contact(contact_id)
    facts, connection = roll.facts_of([row])[row.pk], the_connection()
    refused = standing_of([row.pk])[row.pk]
    where = places(row, connection, refused)
    context = {
        "contact": row,
        "facts": facts,
        "places": where.on,
        "lingering": where.lingering,
        "put_on": PutOnListForm(lists=_other_lists(row)),
        "others": row.addresses.filter(primary=False).order_by("typed"),
        "sharers": _sharers(row, facts),
        "timeline": timeline(row),
        **_consent(row, facts, refused, connection),
    }
    return render(request, "web/contacts/contact.html", context)


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def contact_new(request: StaffRequest) -> HttpResponse:
    """Add a contact; of a member, when the address names one."""
    text = request.GET.get("member", "")
    member = Member.objects.filter(pk=int(text)).first() if text.isdecimal() else None
    initial = {"company": member.name if member else ""}
    asked = request.method == "POST"
    form = NewContactForm(request.POST if asked else None, initial=initial)
    new = Contact(association_id=request.staff.association_id, member=member)
    found = _shared(request, new, form)
    if form.is_valid() and not found and (row := _saved(request, new, form)):
        said = _("Added %(contact)s. Put them on the lists they want.")
        if form.cleaned_data["lists"]:
            said = _("Added %(contact)s.")
        messages.success(request, said % {"contact": row})
        return redirect("contact", row.pk)
    context = {"form": form, "member": member, "shared": found}
    status = 422 if form.errors or found else 200
    return render(request, "web/contacts/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def contact_edit(request: StaffRequest, contact_id: int) -> HttpResponse:
    row = _contact(contact_id)
    form = _form_of(row, request.POST or None)
    found = _shared(request, row, form)
    if form.is_valid() and not found and _saved(request, row, form):
        messages.success(
            request,
            _("Saved. %(contact)s is up to date here.") % {"contact": row},
            extra_tags=undoing.TAG if undoing.is_remembered(request) else "",
        )
        return redirect("contact", contact_id)
    return edit_page(request, row, form=form, shared=found)


def edit_page(
    request: StaffRequest,
    row: Contact,
    *,
    form: ContactForm | None = None,
    adding: OtherAddressForm | None = None,
    shared: Shared | None = None,
) -> HttpResponse:
    """Show the contact's form and other addresses, with what was wrong or is asked."""
    form, adding = form or _form_of(row, None), adding or OtherAddressForm()
    context = {
        "contact": row,
        "form": form,
        "adding": adding,
        "others": row.addresses.filter(primary=False).order_by("typed"),
        "shared": shared,
    }
    status = 422 if form.errors or adding.errors or shared else 200
    return render(request, "web/contacts/edit.html", context, status=status)


def _form_of(row: Contact, said: QueryDict | None) -> ContactForm:
    initial = {name: getattr(row, name) for name in DETAILS}
    initial["address"] = roll.facts_of([row])[row.pk].address
    on = kept_by_hand().filter(memberships__contact=row)
    initial["lists"] = list(on.order_by("pk").values_list("pk", flat=True))
    initial["stood"] = " ".join(map(str, initial["lists"]))
    return ContactForm(said, initial=initial)


def _shared(request: StaffRequest, row: Contact, form: ContactForm) -> Shared | None:
    """Return whom the address typed would be shared with, unless that was said."""
    if not form.is_valid():
        return None
    return shared(form.mailbox, by=row, told=request.POST.get("shared", ""))


@require_POST
@may(Permission.EDIT)
def do_not_contact(request: StaffRequest, contact_id: int) -> HttpResponse:
    row, value = _contact(contact_id), request.POST.get("value") == "yes"
    directory.set_do_not_contact(
        contact_id=ContactId(row.pk), value=value, by=actor(request)
    )
    said = _("Do Not Contact cleared: newsletters may come again within minutes.")
    if value:
        said = _("Do Not Contact set: newsletters stop within minutes.")
    messages.success(request, said)
    return redirect("contact", contact_id)


@require_http_methods(["GET", "POST"])
@may(Permission.EDIT)
def contact_delete(request: StaffRequest, contact_id: int) -> HttpResponse:
    row = _contact(contact_id)
    if request.method == "GET":
        context = {"contact": row, "facts": roll.facts_of([row])[row.pk]}
        return render(request, "web/contacts/delete.html", context)
    directory.delete_contact(contact_id=ContactId(row.pk), by=actor(request))
    messages.success(
        request, _("%(contact)s is no longer on your roll.") % {"contact": row}
    )
    return redirect("contacts")


def _contact(contact_id: int) -> Contact:
    return get_object_or_404(Contact.objects.select_related("member"), pk=contact_id)


@transaction.atomic
def _saved(request: StaffRequest, row: Contact, form: ContactForm) -> Contact | None:
    """Keep what the form says of a contact, perhaps a new one; put a refusal beside
    the field it is about, and return nobody."""
    said = form.cleaned_data
    details = directory.ContactDetails(
        member_id=row.member_id,
        active=row.active,
        speaks_for_member=row.speaks_for_member,
        **{name: said[name] for name in DETAILS},
    )
    try:
        saved = directory.save_contact(
            association_id=AssociationId(row.association_id),
            contact_id=ContactId(row.pk) if row.pk else None,
            details=details,
            by=actor(request),
        )
    except directory.Refused as refusal:
        form.add_error(refusal.field if refusal.field in said else None, str(refusal))
        return None
    if said["address"] != form.initial.get("address", ""):
        directory.set_primary_address(
            contact_id=ContactId(saved.pk), address=said["address"], by=actor(request)
        )
    _placed(request, saved, form)
    return saved


def _placed(request: StaffRequest, row: Contact, form: ContactForm) -> None:
    """Put the contact on the lists that were ticked, and off those no longer so."""
    onto, off = form.moved()
    contact_id, by = ContactId(row.pk), actor(request)
    for list_id in sorted(onto):
        directory.put_on_list(contact_id=contact_id, list_id=ListId(list_id), by=by)
    left = ListMembership.objects.filter(contact=row, list__in=kept_by_hand())
    places: dict[ListId, list[directory.Place]] = {}
    for place in left.filter(list__in=off).order_by("list_id"):
        list_id = ListId(place.list_id)
        places[list_id] = [
            directory.Place(
                contact_id=row.pk,
                status=place.status,
                no_mass_email=place.no_mass_email,
            )
        ]
        directory.take_off_list(contact_id=contact_id, list_id=list_id, by=by)
    act = undoing.TakenOff(places=places, back=reverse("contact", args=[row.pk]))
    undoing.remember(request, act, now=timezone.now())


def _other_lists(row: Contact) -> QuerySet[ContactList]:
    others = kept_by_hand().exclude(memberships__contact=row)
    return others.order_by(in_order(), "pk")


def _sharers(row: Contact, facts: roll.Facts) -> QuerySet[Contact]:
    """Who else has the mailbox as primary address."""
    if facts.mailbox is None:
        return Contact.objects.none()
    return holders(facts.mailbox, but=row)


def _consent(
    row: Contact,
    facts: roll.Facts,
    refused: Sequence[Refused],
    connection: Connection | None,
) -> dict[str, Any]:
    """What keeps mail from the contact, whether they were asked back, and may be."""
    asked = None
    if connection and facts.mailbox:
        asked = request_for(connection.pk, facts.mailbox)
    unsubscribed = any(one.kind is Kind.UNSUBSCRIBED for one in refused)
    rows = refusals.rows_of(row, refused)
    return {
        "refusals": rows,
        "only_they_lift_it": any(not one.of_address for one in rows),
        "asked": refusals.asked_in_words(asked) if asked else "",
        "can_be_asked": unsubscribed and not asked and is_connected(connection),
        "note": NoteRefusalForm(lists=roll.lists_of(row)),
    }
