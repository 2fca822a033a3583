"""The database itself keeps the associations apart (I29)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError
from django_scopes import scopes_disabled
from tests.builders import a_contact, a_list, a_member, an_association
from tests.directory.marking import sql

from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    EmailAddress,
    Follower,
    ListMembership,
    Mark,
    Member,
    MembershipType,
)
from rollkeeper.directory.services import follow


@pytest.fixture
def other(chamber: Association) -> Association:
    return an_association()


def test_a_contact_cannot_belong_to_a_member_elsewhere(
    chamber: Association, other: Association
) -> None:
    member = a_member(other)
    with pytest.raises(IntegrityError, match="contact_member_id_in_association"):
        Contact.objects.create(association=chamber, external_id="1", member=member)


def test_a_member_cannot_have_a_membership_type_from_elsewhere(
    chamber: Association, other: Association
) -> None:
    gold = MembershipType.objects.create(association=other, name="Gold")
    with pytest.raises(IntegrityError, match="member_membership_type_id_in_ass"):
        Member.objects.create(
            association=chamber, external_id="1", name="Bakery", membership_type=gold
        )


def test_an_address_cannot_belong_to_a_contact_elsewhere(
    chamber: Association, other: Association
) -> None:
    stranger = a_contact(other, address=None)
    with pytest.raises(IntegrityError, match="emailaddress_contact_id_in_assoc"):
        EmailAddress.objects.create(
            association=chamber, contact=stranger, typed="ann@members.example"
        )


@pytest.mark.parametrize("foreign", ["contact", "list"])
def test_nobody_is_on_a_list_elsewhere(
    chamber: Association, other: Association, foreign: str
) -> None:
    contact = a_contact(other if foreign == "contact" else chamber)
    its_list = a_list(other if foreign == "list" else chamber)
    with pytest.raises(IntegrityError, match=f"listmembership_{foreign}_id_in_ass"):
        ListMembership.objects.create(
            association=chamber, contact=contact, list=its_list
        )


def test_a_mark_cannot_be_for_a_follower_elsewhere(
    chamber: Association, other: Association
) -> None:
    follower = follow(association_id=AssociationId(other.pk), name="theirs")
    with pytest.raises(IntegrityError, match="mark_follower_id_in_association"):
        Mark.objects.create(association=chamber, follower=follower)


@pytest.mark.parametrize(
    "table",
    [
        "membershiptype",
        "member",
        "contact",
        "emailaddress",
        "contactlist",
        "listmembership",
        "follower",
    ],
)
def test_a_row_cannot_move_to_another_association(
    chamber: Association, follower: Follower, other: Association, table: str
) -> None:
    MembershipType.objects.create(association=chamber, name="Gold")
    a_member(chamber)
    a_list(chamber, a_contact(chamber))
    with pytest.raises(ProgrammingError, match="Cannot update rows"):
        sql(f"UPDATE directory_{table} SET association_id = %s", other.pk)


def test_a_contact_outlives_its_member(chamber: Association) -> None:
    member = a_member(chamber)
    contact = a_contact(chamber, member=member)
    sql("DELETE FROM directory_member WHERE id = %s", member.pk)
    contact.refresh_from_db()
    assert (contact.member_id, contact.association_id) == (None, chamber.pk)


def test_an_association_goes_with_all_that_is_in_it(
    chamber: Association, follower: Follower
) -> None:
    a_list(chamber, a_contact(chamber, member=a_member(chamber)))
    chamber.delete()
    with scopes_disabled():
        assert not ContactList.objects.exists()
        assert not Mark.objects.exists()
