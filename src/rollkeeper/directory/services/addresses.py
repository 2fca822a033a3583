"""What can be done to a contact's addresses beside the primary one."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.core.values import ContactId, Email
from rollkeeper.directory.models import Contact, EmailAddress
from rollkeeper.directory.services.refusal import Refused


@transaction.atomic
def add_other_address(*, contact_id: ContactId, address: str, by: str) -> None:
    """Keep *address* beside the primary one.

    Raises `core.values.InvalidAddress` when no mail could be sent to it.
    """
    email = Email.parse(address)
    contact = _locked(contact_id)
    if contact.addresses.filter(typed=email.typed).exists():
        raise Refused(
            _("The contact has this address already. Type another."), field="address"
        )
    EmailAddress.objects.create(
        association_id=contact.association_id,
        contact=contact,
        typed=email.typed,
        mailbox=email.mailbox,
    )
    _recorded(contact, "other_address_added", by)


@transaction.atomic
def make_primary(*, contact_id: ContactId, address_id: int, by: str) -> None:
    """Have newsletters go to another of the contact's addresses; the one that was
    primary stays beside it."""
    contact = _locked(contact_id)
    row = contact.addresses.filter(pk=address_id).first()
    if row is None or row.mailbox is None:
        raise Refused(
            _("No mail could be sent to this address. Add one that is valid."),
            field="address",
        )
    if row.primary:
        return
    contact.addresses.filter(primary=True).update(primary=False)
    row.primary = True
    row.save(update_fields=["primary"])
    _recorded(contact, "primary_address_changed", by)


@transaction.atomic
def remove_other_address(*, contact_id: ContactId, address_id: int, by: str) -> None:
    """Forget an address that is not the primary one."""
    contact = _locked(contact_id)
    if contact.addresses.filter(pk=address_id, primary=False).delete()[0]:
        _recorded(contact, "other_address_removed", by)


def _recorded(contact: Contact, action: str, by: str) -> None:
    record(
        association_id=contact.association_id,
        by=by,
        action=action,
        subject=f"contact:{contact.pk}",
    )


def _locked(contact_id: ContactId) -> Contact:
    """Return the row, ours until the transaction ends."""
    row: Contact = Contact.objects.select_for_update(no_key=True).get(pk=contact_id)
    return row
