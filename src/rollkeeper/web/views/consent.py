"""What staff can do about No Mass Emails: note what they were told, ask once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory.models import Contact
from rollkeeper.engine import resubscribing
from rollkeeper.engine.noting import ONLY_THEY_LIFT_IT, CannotNote, note_refusal
from rollkeeper.engine.resubscribing import CannotAsk, Invitation
from rollkeeper.jobs import tasks
from rollkeeper.web import roll
from rollkeeper.web.forms import NoteRefusalForm
from rollkeeper.web.permissions import Permission
from rollkeeper.web.situation import is_connected, the_connection
from rollkeeper.web.staff import StaffRequest, actor, may


@require_POST
@may(Permission.EDIT)
def refusal(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Note that the contact asked us not to be mailed."""
    contact = get_object_or_404(Contact, pk=contact_id)
    form = NoteRefusalForm(request.POST, lists=roll.lists_of(contact))
    if not form.is_valid():
        messages.error(request, _("Write why, and choose which mail it is about."))
        return redirect("contact", contact_id)
    chosen = form.cleaned_data["list"]
    try:
        new = note_refusal(
            association_id=contact.association_id,
            mailbox=_mailbox_of(contact),
            contacts=[ContactId(contact.pk)],
            because=form.cleaned_data["because"],
            by=actor(request),
            list_id=ListId(chosen.pk) if chosen else None,
        )
    except CannotNote as error:
        messages.error(request, str(error))
        return redirect("contact", contact_id)
    if new:
        messages.success(
            request,
            _(
                "Noted. %(contact)s leaves the lists at Constant Contact within"
                " minutes. %(only_they_lift_it)s"
            )
            % {"contact": contact, "only_they_lift_it": ONLY_THEY_LIFT_IT},
        )
    else:
        messages.warning(request, _("That was noted before, and still holds."))
    return redirect("contact", contact_id)


@require_http_methods(["GET", "POST"])
@may(Permission.ADMINISTER, gettext_lazy("ask somebody to subscribe again"))
def resubscribe(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Show whom the one mail would go to and what it would mean; then have it sent."""
    contact = get_object_or_404(Contact, pk=contact_id)
    try:
        if request.method == "GET":
            context = {"contact": contact, "invitation": _invitation(contact)}
            return render(request, "web/contacts/resubscribe.html", context)
        _ask(request, contact)
    except CannotAsk as error:
        messages.error(request, str(error))
    return redirect("contact", contact_id)


def _invitation(contact: Contact) -> Invitation:
    connection = the_connection()
    if not is_connected(connection):
        raise CannotAsk(_("Constant Contact is not connected. Connect it first."))
    return resubscribing.invitation(connection, contact)


def _ask(request: StaffRequest, contact: Contact) -> None:
    connection = the_connection()
    if not is_connected(connection):
        raise CannotAsk(_("Constant Contact is not connected. Connect it first."))
    asked = resubscribing.ask(connection, contact, by=actor(request))
    tasks.defer_asking(connection_id=connection.pk, by=actor(request))
    messages.success(
        request,
        _(
            "Constant Contact sends the mail to %(mailbox)s within minutes. Whether"
            " they come back is up to them."
        )
        % {"mailbox": asked.mailbox},
    )


def _mailbox_of(contact: Contact) -> Mailbox | None:
    mailbox = roll.facts_of([contact])[contact.pk].mailbox
    return Mailbox(mailbox) if mailbox else None
