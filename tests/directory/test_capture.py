"""Every change of mapped data leaves its mark, whoever writes it (I7)."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.builders import (
    a_contact,
    a_list,
    a_member,
    a_type,
    an_address,
    an_association,
    on_list,
)
from tests.directory.marking import NOTHING, Said, sql, take_marks

from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    Follower,
    ListMembership,
    Member,
)


def of_mailboxes(*mailboxes: str) -> Said:
    return Said(mailboxes=frozenset(mailboxes))


def of_contacts(*contacts: Contact) -> Said:
    return Said(contacts=frozenset(contact.pk for contact in contacts))


@pytest.fixture
def ann(chamber: Association, follower: Follower) -> Contact:
    contact = a_contact(chamber, address="ann@members.example")
    take_marks(follower)
    return contact


# Contacts


def test_a_contact_without_address_concerns_nobody(
    chamber: Association, follower: Follower
) -> None:
    contact = a_contact(chamber, address=None)
    assert take_marks(follower) == NOTHING
    contact.delete()
    assert take_marks(follower) == NOTHING


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("first_name", "Bea"),
        ("last_name", "Bell"),
        ("company", "Bells & Sons"),
        ("active", False),
        ("do_not_contact", True),
        ("speaks_for_member", True),
        ("changed_at", "2001-01-01T00:00:00Z"),
    ],
)
def test_what_a_provider_may_be_told_of_a_contact_is_marked(
    follower: Follower, ann: Contact, column: str, value: object
) -> None:
    sql(f"UPDATE directory_contact SET {column} = %s WHERE id = %s", value, ann.pk)
    assert take_marks(follower) == of_contacts(ann)


@pytest.mark.parametrize(
    "change", ["title = 'Baker'", "first_name = first_name", "phone = '555'"]
)
def test_what_no_provider_is_told_of_a_contact_is_not_marked(
    follower: Follower, ann: Contact, change: str
) -> None:
    before = ann.changed_at
    sql(f"UPDATE directory_contact SET {change} WHERE id = %s", ann.pk)
    ann.refresh_from_db()
    assert (take_marks(follower), ann.changed_at) == (NOTHING, before)


def test_a_contact_that_a_provider_must_hear_of_has_changed_now(ann: Contact) -> None:
    ann.refresh_from_db()
    before = ann.changed_at
    sql("UPDATE directory_contact SET last_name = 'Bell' WHERE id = %s", ann.pk)
    ann.refresh_from_db()
    assert ann.changed_at > before


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_mailbox_of_a_deleted_contact_is_marked(
    chamber: Association, follower: Follower, ann: Contact, by_hand: bool
) -> None:
    a_list(chamber, ann)
    take_marks(follower)
    if by_hand:
        sql("DELETE FROM directory_contact WHERE id = %s", ann.pk)
    else:
        ann.delete()
    assert take_marks(follower).mailboxes == {"ann@members.example"}


# Addresses


@pytest.mark.parametrize(
    ("typed", "primary", "said"),
    [
        (" Bea@Members.Example", True, of_mailboxes("bea@members.example")),
        ("bea@members.example", False, NOTHING),
        ("bea at members", True, NOTHING),
    ],
)
def test_an_address_is_marked_when_it_is_primary_and_valid(
    chamber: Association, follower: Follower, typed: str, primary: bool, said: Said
) -> None:
    address = an_address(a_contact(chamber, address=None), typed, primary=primary)
    assert take_marks(follower) == said
    address.delete()
    assert take_marks(follower) == said


@pytest.mark.parametrize(
    ("change", "mailboxes"),
    [
        ("mailbox = 'bea@new.example'", {"ann@members.example", "bea@new.example"}),
        ("mailbox = NULL", {"ann@members.example"}),
        ('"primary" = false', {"ann@members.example"}),
        ("typed = 'ANN@members.example'", set()),
        ("mailbox = mailbox", set()),
    ],
)
def test_a_changed_address_marks_the_mailboxes_before_and_after(
    follower: Follower, ann: Contact, change: str, mailboxes: set[str]
) -> None:
    sql(f"UPDATE directory_emailaddress SET {change} WHERE contact_id = %s", ann.pk)
    assert take_marks(follower) == of_mailboxes(*mailboxes)


def test_an_address_that_changes_hands_marks_its_mailbox(
    chamber: Association, follower: Follower, ann: Contact
) -> None:
    other = a_contact(chamber, address=None)
    sql("UPDATE directory_emailaddress SET contact_id = %s", other.pk)
    assert take_marks(follower) == of_mailboxes("ann@members.example")


# Lists


def test_a_list_is_marked_when_it_comes_and_when_it_goes(
    chamber: Association, follower: Follower
) -> None:
    made = a_list(chamber)
    number = made.pk
    assert take_marks(follower) == Said(lists=frozenset({number}))
    made.delete()
    assert take_marks(follower) == Said(lists=frozenset({number}))


@pytest.mark.parametrize(
    ("change", "marked"),
    [
        ("name = 'Choir'", True),
        ("sync = false", True),
        ("sync = sync", False),
        ("kind = 'group'", False),
    ],
)
def test_a_list_is_marked_when_it_is_renamed_or_switched(
    chamber: Association, follower: Follower, change: str, marked: bool
) -> None:
    made = a_list(chamber)
    take_marks(follower)
    sql(f"UPDATE directory_contactlist SET {change} WHERE id = %s", made.pk)
    assert take_marks(follower).lists == ({made.pk} if marked else set())


def test_the_people_of_a_deleted_list_are_marked(
    chamber: Association, follower: Follower, ann: Contact
) -> None:
    made = a_list(chamber, ann)
    take_marks(follower)
    sql("DELETE FROM directory_contactlist WHERE id = %s", made.pk)
    assert take_marks(follower).contacts == {ann.pk}


# Memberships


@pytest.fixture
def membership(
    chamber: Association, follower: Follower, ann: Contact
) -> ListMembership:
    made = on_list(ann, a_list(chamber))
    take_marks(follower)
    return made


def test_a_membership_marks_its_contact_when_it_comes_and_when_it_goes(
    chamber: Association, follower: Follower, ann: Contact
) -> None:
    its_list = a_list(chamber)
    take_marks(follower)
    made = on_list(ann, its_list)
    assert take_marks(follower) == of_contacts(ann)
    made.delete()
    assert take_marks(follower) == of_contacts(ann)


@pytest.mark.parametrize(
    ("change", "marked"),
    [
        ("status = 'disabled'", True),
        ("no_mass_email = true", True),
        ("status = 'active'", False),
    ],
)
def test_a_membership_marks_its_contact_when_the_standing_changes(
    follower: Follower, membership: ListMembership, change: str, marked: bool
) -> None:
    sql(f"UPDATE directory_listmembership SET {change}")
    said = of_contacts(membership.contact) if marked else NOTHING
    assert take_marks(follower) == said


def test_a_membership_that_changes_hands_marks_both_contacts(
    chamber: Association, follower: Follower, membership: ListMembership
) -> None:
    other = a_contact(chamber, address=None)
    sql("UPDATE directory_listmembership SET contact_id = %s", other.pk)
    assert take_marks(follower) == of_contacts(membership.contact, other)


# Members, and the lists that follow from them


@pytest.fixture
def member(chamber: Association, follower: Follower, ann: Contact) -> Member:
    made = a_member(chamber, membership_type=a_type(chamber))
    sql("UPDATE directory_contact SET member_id = %s WHERE id = %s", made.pk, ann.pk)
    take_marks(follower)
    return made


@pytest.mark.parametrize(
    ("change", "marked"),
    [
        ("status = 'dropped'", True),
        ("membership_type_id = NULL", True),
        ("status = 'active'", False),
        ("name = 'Bells & Sons'", False),
    ],
)
def test_a_member_is_marked_when_its_contacts_belong_elsewhere(
    follower: Follower, member: Member, change: str, marked: bool
) -> None:
    sql(f"UPDATE directory_member SET {change}")
    assert take_marks(follower).members == ({member.pk} if marked else set())


def test_a_statement_marks_the_members_that_it_really_changes(
    chamber: Association, follower: Follower
) -> None:
    dropped = a_member(chamber, status="dropped")
    others = {a_member(chamber).pk, a_member(chamber).pk}
    sql("UPDATE directory_member SET status = 'dropped'")
    assert take_marks(follower) == Said(members=frozenset(others))
    assert dropped.pk not in others


def test_an_upsert_marks_the_members_that_were_there(
    chamber: Association, follower: Follower, member: Member
) -> None:
    sql(
        "INSERT INTO directory_member"
        " (association_id, external_id, name, status, fields)"
        " SELECT association_id, unnest(ARRAY[external_id, 'new']), name, 'courtesy',"
        " '{}' FROM directory_member ON CONFLICT (association_id, external_id)"
        " DO UPDATE SET status = EXCLUDED.status"
    )
    assert take_marks(follower) == Said(members=frozenset({member.pk}))


def test_a_contact_is_marked_when_it_gets_another_member_or_loses_it(
    chamber: Association, follower: Follower, ann: Contact, member: Member
) -> None:
    other = a_member(chamber)
    sql("UPDATE directory_contact SET member_id = %s WHERE id = %s", other.pk, ann.pk)
    assert take_marks(follower) == of_contacts(ann)
    sql("DELETE FROM directory_member WHERE id = %s", other.pk)
    assert take_marks(follower) == of_contacts(ann)


def test_a_contact_that_gets_another_member_keeps_its_rank(
    ann: Contact, member: Member
) -> None:
    ann.refresh_from_db()
    before = ann.changed_at
    sql("UPDATE directory_contact SET member_id = NULL WHERE id = %s", ann.pk)
    ann.refresh_from_db()
    assert ann.changed_at == before


def test_the_list_of_a_type_is_marked_when_it_comes_is_renamed_and_goes(
    chamber: Association, follower: Follower
) -> None:
    made = a_type(chamber, name="Gold")
    its_list = ContactList.objects.get(membership_type=made)
    said = Said(lists=frozenset({its_list.pk}))
    assert take_marks(follower) == said
    sql("UPDATE directory_membershiptype SET name = 'Platinum'")
    assert take_marks(follower) == said
    sql("DELETE FROM directory_membershiptype")
    assert take_marks(follower) == said


# All tables alike


@pytest.mark.parametrize(
    "table", ["contact", "emailaddress", "contactlist", "listmembership", "member"]
)
def test_truncate_marks_everything_for_every_follower(
    chamber: Association, follower: Follower, ann: Contact, table: str
) -> None:
    connection.check_constraints()
    sql(f"TRUNCATE directory_{table} CASCADE")
    assert take_marks(follower) == Said(everything=True)


def test_copy_leaves_marks_like_any_insert(
    chamber: Association, follower: Follower
) -> None:
    contacts = [a_contact(chamber, address=None) for _ in range(3)]
    columns = 'association_id, contact_id, typed, mailbox, "primary"'
    with connection.cursor() as cursor:
        statement = f"COPY directory_emailaddress ({columns}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for contact in contacts:
                address = f"copied{contact.pk}@members.example"
                copy.write_row((chamber.pk, contact.pk, address, address, True))
    expected = {f"copied{contact.pk}@members.example" for contact in contacts}
    assert take_marks(follower) == of_mailboxes(*expected)


def test_an_update_of_many_marks_those_that_really_change(
    chamber: Association, follower: Follower
) -> None:
    said_before = a_contact(chamber, do_not_contact=True)
    others = [a_contact(chamber), a_contact(chamber)]
    take_marks(follower)
    Contact.objects.update(do_not_contact=True)
    assert take_marks(follower) == of_contacts(*others)
    assert said_before.pk not in {contact.pk for contact in others}


def test_nobody_hears_of_another_association(
    chamber: Association, follower: Follower
) -> None:
    other = an_association()
    a_list(other, a_contact(other))
    assert take_marks(follower) == NOTHING
