"""What staff can do to a contact."""

from __future__ import annotations

from typing import Any

import pytest
from tests.builders import a_contact, a_list, a_member, an_address, an_association
from tests.directory.marking import NOTHING, take_marks

from rollkeeper.audit.models import Entry
from rollkeeper.core.values import AssociationId, ContactId, InvalidAddress
from rollkeeper.directory import services
from rollkeeper.directory.models import Association, Contact, EmailAddress, Follower
from rollkeeper.directory.services import ContactDetails, Refused

BY = "staff:somebody"


def save(
    chamber: Association, contact: Contact | None = None, **details: Any
) -> Contact:
    return services.save_contact(
        association_id=AssociationId(chamber.pk),
        contact_id=ContactId(contact.pk) if contact else None,
        details=ContactDetails(**details),
        by=BY,
    )


def set_address(contact: Contact, address: str) -> None:
    services.set_primary_address(
        contact_id=ContactId(contact.pk), address=address, by=BY
    )


def addresses(contact: Contact) -> dict[str, bool]:
    rows = EmailAddress.objects.filter(contact=contact)
    return dict(rows.values_list("typed", "primary"))


def acts() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("action", flat=True))


def test_a_new_contact_gets_an_id_when_it_has_none(chamber: Association) -> None:
    contact = save(chamber, first_name=" Ann  Marie ", last_name="Bell")
    contact.refresh_from_db()
    assert str(contact) == "Ann Marie Bell"
    assert contact.external_id == f"rollkeeper-{contact.pk}"
    assert acts() == ["contact_added"]


def test_saving_the_same_again_is_no_change(
    chamber: Association, follower: Follower
) -> None:
    contact = save(chamber, first_name="Ann")
    before = contact.changed_at
    again = save(chamber, contact, first_name="Ann")
    assert (again.changed_at, acts()) == (before, ["contact_added"])
    assert take_marks(follower) == NOTHING


def test_the_record_names_the_fields_and_not_what_is_in_them(
    chamber: Association,
) -> None:
    save(chamber, save(chamber, first_name="Ann"), first_name="Bea", title="Baker")
    entry = Entry.objects.latest("id")
    assert entry.details == {"fields": ["first_name", "title"]}


def test_two_contacts_cannot_have_one_id(chamber: Association) -> None:
    save(chamber, external_id="C1")
    with pytest.raises(Refused, match="Another contact has the id C1") as refused:
        save(chamber, external_id="C1")
    assert refused.value.field == "external_id"


def test_a_name_that_is_too_long_is_refused(chamber: Association) -> None:
    with pytest.raises(Refused, match="201 characters long; at most 200"):
        save(chamber, first_name="a" * 201)


def test_a_member_of_another_association_is_refused(chamber: Association) -> None:
    with pytest.raises(Refused, match="no such member"):
        save(chamber, member_id=a_member(an_association()).pk)


def test_one_contact_at_a_time_speaks_for_a_member(chamber: Association) -> None:
    member = a_member(chamber)
    first = save(chamber, member_id=member.pk, speaks_for_member=True)
    second = save(chamber, member_id=member.pk, speaks_for_member=True)
    first.refresh_from_db()
    assert (first.speaks_for_member, second.speaks_for_member) == (False, True)


def test_do_not_contact_is_set_and_cleared_once(chamber: Association) -> None:
    contact = a_contact(chamber)
    for value in (True, True, False):
        services.set_do_not_contact(
            contact_id=ContactId(contact.pk), value=value, by=BY
        )
    contact.refresh_from_db()
    assert not contact.do_not_contact
    assert acts() == ["do_not_contact_set", "do_not_contact_cleared"]


def test_a_new_primary_address_replaces_the_old(
    chamber: Association, follower: Follower
) -> None:
    contact = a_contact(chamber, address="ann@old.example")
    take_marks(follower)
    set_address(contact, "  Ann@New.example ")
    assert addresses(contact) == {"Ann@New.example": True}
    assert take_marks(follower).mailboxes == {"ann@old.example", "ann@new.example"}


def test_another_address_of_the_contact_can_become_the_primary_one(
    chamber: Association,
) -> None:
    contact = a_contact(chamber, address="ann@old.example")
    an_address(contact, "ann@other.example")
    set_address(contact, "ann@other.example")
    assert addresses(contact) == {"ann@other.example": True}


def test_a_contact_without_address_gets_one(chamber: Association) -> None:
    contact = a_contact(chamber, address=None)
    set_address(contact, "ann@members.example")
    assert addresses(contact) == {"ann@members.example": True}


def test_empty_text_takes_the_primary_address_away(chamber: Association) -> None:
    contact = a_contact(chamber, address="ann@old.example")
    an_address(contact, "ann@other.example")
    set_address(contact, " ")
    assert addresses(contact) == {"ann@other.example": False}


def test_the_same_address_again_is_no_change(chamber: Association) -> None:
    set_address(a_contact(chamber, address="ann@old.example"), "ann@old.example")
    assert acts() == []


def test_an_address_that_no_mail_can_reach_is_refused(chamber: Association) -> None:
    contact = a_contact(chamber, address="ann@old.example")
    with pytest.raises(InvalidAddress):
        set_address(contact, "ann at members")
    assert addresses(contact) == {"ann@old.example": True}


def test_a_deleted_contact_is_gone_from_its_lists(chamber: Association) -> None:
    contact = a_contact(chamber)
    its_list = a_list(chamber, contact)
    services.delete_contact(contact_id=ContactId(contact.pk), by=BY)
    assert not its_list.memberships.exists()
    assert acts() == ["contact_deleted"]


def test_a_contact_elsewhere_is_not_found(chamber: Association) -> None:
    stranger = a_contact(an_association())
    with pytest.raises(Contact.DoesNotExist):
        services.delete_contact(contact_id=ContactId(stranger.pk), by=BY)
