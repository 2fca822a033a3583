"""What can be done to a contact and its primary address."""

from __future__ import annotations

from attrs import asdict, frozen
from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId, ContactId, Email, one_line
from rollkeeper.directory.models import Contact, EmailAddress, Member
from rollkeeper.directory.numbering import OURS, next_number
from rollkeeper.directory.services.refusal import Refused, refuse_too_long, taken_once


@frozen(kw_only=True)
class ContactDetails:
    """What staff may write about a contact."""

    external_id: str = ""
    """Empty for a new contact: one is made up."""
    member_id: int | None = None
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    company: str = ""
    phone: str = ""
    active: bool = True
    speaks_for_member: bool = False


@transaction.atomic
def save_contact(
    *,
    association_id: AssociationId,
    contact_id: ContactId | None,
    details: ContactDetails,
    by: str,
) -> Contact:
    """Keep *details*, for a new contact when *contact_id* is None."""
    row = _locked(contact_id) if contact_id else _new(association_id)
    changed = _assign(row, details)
    if contact_id and not changed:
        return row
    refuse_too_long(row)
    _settle_membership(row)
    with taken_once(
        constraint="contact_id_once",
        message=_("Another contact has the id %(external_id)s. Choose another.")
        % {"external_id": row.external_id},
        field="external_id",
    ):
        row.save()
    record(
        association_id=row.association_id,
        by=by,
        action="contact_changed" if contact_id else "contact_added",
        subject=f"contact:{row.pk}",
        details={"fields": changed} if contact_id else {},
    )
    row.refresh_from_db(fields=["changed_at"])
    return row


def _new(association_id: AssociationId) -> Contact:
    number = next_number(Contact)
    return Contact(
        pk=number, association_id=association_id, external_id=f"{OURS}{number}"
    )


def _assign(row: Contact, details: ContactDetails) -> list[str]:
    """Write *details* to *row* and return the names of what differs."""
    wanted = {
        name: one_line(value) if isinstance(value, str) else value
        for name, value in asdict(details).items()
    }
    wanted["external_id"] = wanted["external_id"] or row.external_id
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    return changed


def _settle_membership(row: Contact) -> None:
    """Refuse a member that is not ours; let only one contact speak for it."""
    if row.member_id is None:
        return
    if not Member.objects.filter(pk=row.member_id).exists():
        raise Refused(_("There is no such member. Choose another."), field="member_id")
    if row.speaks_for_member:
        speaking = Contact.objects.filter(
            member_id=row.member_id, speaks_for_member=True
        )
        speaking.exclude(pk=row.pk).update(speaks_for_member=False)


@transaction.atomic
def set_do_not_contact(*, contact_id: ContactId, value: bool, by: str) -> None:
    """Stop, or allow again, all mail to the contact's mailbox."""
    row = _locked(contact_id)
    if row.do_not_contact == value:
        return
    row.do_not_contact = value
    row.save(update_fields=["do_not_contact"])
    record(
        association_id=row.association_id,
        by=by,
        action="do_not_contact_set" if value else "do_not_contact_cleared",
        subject=f"contact:{row.pk}",
    )


@transaction.atomic
def set_primary_address(*, contact_id: ContactId, address: str, by: str) -> None:
    """Make *address* the primary one; empty text leaves the contact without.

    Raises `core.values.InvalidAddress` when no mail could be sent to it. The address
    that was primary is replaced, not kept beside it.
    """
    email = Email.parse(address) if address.strip() else None
    contact = _locked(contact_id)
    before = contact.addresses.filter(primary=True).first()
    if (email.typed if email else None) == (before.typed if before else None):
        return
    if email is None:
        contact.addresses.filter(primary=True).delete()
    else:
        _replace(contact, before, email)
    record(
        association_id=contact.association_id,
        by=by,
        action="primary_address_changed",
        subject=f"contact:{contact.pk}",
    )


def _replace(contact: Contact, before: EmailAddress | None, email: Email) -> None:
    contact.addresses.filter(typed=email.typed, primary=False).delete()
    row = before or EmailAddress(
        association_id=contact.association_id, contact=contact, primary=True
    )
    row.typed, row.mailbox = email.typed, email.mailbox
    row.save()


@transaction.atomic
def delete_contact(*, contact_id: ContactId, by: str) -> None:
    """Delete the contact with its addresses and memberships."""
    row = _locked(contact_id)
    record(
        association_id=row.association_id,
        by=by,
        action="contact_deleted",
        subject=f"contact:{row.pk}",
        details={"external_id": row.external_id},
    )
    row.delete()


def _locked(contact_id: ContactId) -> Contact:
    """Return the row, ours until the transaction ends."""
    row: Contact = Contact.objects.select_for_update(no_key=True).get(pk=contact_id)
    return row
