"""What staff do in the directory, a line each."""

from __future__ import annotations

from django_scopes import scope

from rollkeeper.core.values import ContactId, ListId
from rollkeeper.directory import services
from rollkeeper.directory.models import Contact, ContactList, Standing

BY = "test"


def move(contact: Contact, address: str) -> None:
    """Give the contact another primary address; empty text leaves it without."""
    with scope(association=contact.association):
        services.set_primary_address(
            contact_id=ContactId(contact.pk), address=address, by=BY
        )


def delete(contact: Contact) -> None:
    with scope(association=contact.association):
        services.delete_contact(contact_id=ContactId(contact.pk), by=BY)


def stop(contact: Contact, *, value: bool = True) -> None:
    """Set *do not contact*, or clear it."""
    with scope(association=contact.association):
        services.set_do_not_contact(
            contact_id=ContactId(contact.pk), value=value, by=BY
        )


def put_on(contact: Contact, *lists: ContactList) -> None:
    with scope(association=contact.association):
        for one in lists:
            services.put_on_list(
                contact_id=ContactId(contact.pk), list_id=ListId(one.pk), by=BY
            )


def take_off(contact: Contact, *lists: ContactList) -> None:
    with scope(association=contact.association):
        for one in lists:
            services.take_off_list(
                contact_id=ContactId(contact.pk), list_id=ListId(one.pk), by=BY
            )


def disable_in(contact: Contact, *lists: ContactList) -> None:
    for one in lists:
        _stand(contact, one, Standing.DISABLED, no_mass_email=False)


def mute_in(contact: Contact, *lists: ContactList) -> None:
    for one in lists:
        _stand(contact, one, Standing.ACTIVE, no_mass_email=True)


def enable_in(contact: Contact, *lists: ContactList) -> None:
    for one in lists:
        _stand(contact, one, Standing.ACTIVE, no_mass_email=False)


def rename(contact: Contact, **fields: str | bool) -> None:
    with scope(association=contact.association):
        Contact.objects.filter(pk=contact.pk).update(**fields)


def _stand(
    contact: Contact, its_list: ContactList, status: Standing, *, no_mass_email: bool
) -> None:
    with scope(association=contact.association):
        services.set_standing(
            contact_id=ContactId(contact.pk),
            list_id=ListId(its_list.pk),
            status=status,
            no_mass_email=no_mass_email,
            by=BY,
        )
