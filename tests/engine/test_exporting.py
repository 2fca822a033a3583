"""Who stands in an exported file, under which name, and who stands in the other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve
from django_scopes import scope
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    a_member,
    an_association,
    on_list,
)
from tests.engine.exporting import Files, exported

from rollkeeper.audit.models import Entry
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    MembershipType,
)
from rollkeeper.engine.explain import explain
from rollkeeper.engine.exporting import Chosen, Format, by_hand, of_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber() -> Association:
    return an_association()


def of(row: ContactList, folder: Path, *among: Contact) -> Files:
    def choice() -> Chosen:
        some = Contact.objects.filter(pk__in=[one.pk for one in among])
        return of_list(row, some if among else None)

    return exported(row.association, choice, folder)


def picked(folder: Path, *contacts: Contact) -> Files:
    association = contacts[0].association
    ids = [one.pk for one in contacts]
    return exported(
        association,
        lambda: by_hand(association.pk, Contact.objects.filter(pk__in=ids)),
        folder,
    )


def refused(contact: Contact, mailbox: str, **fact: object) -> None:
    with scope(association=contact.association):
        Suppression.objects.create(
            association=contact.association,
            mailbox=mailbox,
            provider="constant_contact",
            happened_at=datetime(2026, 3, 4, 18, tzinfo=UTC),
            source="opt-out pull",
            actor="rule:pull",
            **{"kind": Kind.UNSUBSCRIBED, **fact},
        )


def test_a_row_has_the_columns_that_the_provider_asks_for(
    chamber: Association, tmp_path: Path
) -> None:
    ann = a_contact(
        chamber,
        first_name="Ann",
        last_name="Aster",
        company="Aster & Co.",
        address="Ann@A.example",
    )
    files = of(a_list(chamber, ann, name="Café News"), tmp_path)

    assert files.rows == [
        {
            "email": "ann@a.example",
            "first_name": "Ann",
            "last_name": "Aster",
            "company_name": "Aster & Co.",
        }
    ]
    assert [one.name for one in files.exported.parts] == [
        "cafe-news-constant-contact.csv"
    ]


def test_who_may_not_be_mailed_is_in_the_second_file_with_the_reason(
    chamber: Association, tmp_path: Path
) -> None:
    news = a_list(chamber, a_contact(chamber, address="ok@x.example"))
    on_list(a_contact(chamber, address="dnc@x.example", do_not_contact=True), news)
    on_list(a_contact(chamber, address="off@x.example"), news, status="disabled")
    on_list(a_contact(chamber, address="mute@x.example"), news, no_mass_email=True)
    on_list(a_contact(chamber, address="not an address"), news)
    on_list(a_contact(chamber, address=None), news)
    for mailbox, fact in {
        "gone@x.example": {},
        "left@x.example": {"kind": Kind.LEFT_LIST, "list_id": news.pk},
    }.items():
        contact = a_contact(chamber, address=mailbox)
        on_list(contact, news)
        refused(contact, mailbox, **fact)

    files = of(news, tmp_path)

    assert files.mailboxes == ["ok@x.example"]
    assert files.reasons == {
        "dnc@x.example": "do_not_contact",
        "off@x.example": "disabled_in_list",
        "mute@x.example": "no_mass_emails",
        "gone@x.example": "no_mass_emails",
        "left@x.example": "left_list",
        "not an address": "address_invalid",
        "": "no_primary_address",
    }
    assert files.exported.contacts == 8
    assert sum(files.exported.left_out.values()) == 7


def test_the_second_file_says_what_explain_says(
    chamber: Association, tmp_path: Path
) -> None:
    connection = a_connection(chamber)
    news = a_list(chamber)
    stopped = a_contact(chamber, do_not_contact=True)
    paused, nowhere = a_contact(chamber), a_contact(chamber, address=None)
    gone = a_contact(chamber, address="gone@x.example")
    refused(gone, "gone@x.example")
    for contact in (stopped, nowhere, gone):
        on_list(contact, news)
    on_list(paused, news, status="disabled")

    told = {(row["Why"], row["Next step"]) for row in of(news, tmp_path).left_out}

    with scope(association=chamber):
        explained = explain(
            connection=connection, contacts=[stopped, paused, nowhere, gone]
        )
    assert told == {(one.sentence, one.next_step) for one in explained}
    assert len(told) == 4


def test_a_shared_mailbox_is_one_row_under_the_name_that_the_sync_sends(
    chamber: Association, tmp_path: Path
) -> None:
    office = "office@x.example"
    clerk = a_contact(chamber, first_name="Carl", address=office)
    head = a_contact(chamber, first_name="Hedy", address=office, speaks_for_member=True)
    news = a_list(chamber, clerk, head)
    golf = a_list(chamber, clerk)
    board = a_list(chamber, clerk, sync=False)

    rows = [row for one in (news, golf, board) for row in of(one, tmp_path).rows]

    assert [row["first_name"] for row in rows] == ["Hedy", "Hedy", "Hedy"]
    left_out = of(news, tmp_path).left_out
    assert [row["Reason"] for row in left_out] == ["carried_by_another"]


def test_on_lists_that_nothing_synchronizes_the_name_is_that_of_the_list(
    chamber: Association, tmp_path: Path
) -> None:
    office = "office@x.example"
    clerk = a_contact(chamber, first_name="Carl", address=office)
    head = a_contact(chamber, first_name="Hedy", address=office, speaks_for_member=True)
    a_list(chamber, head, sync=False)

    (row,) = of(a_list(chamber, clerk, sync=False), tmp_path).rows

    assert row["first_name"] == "Carl"


def test_an_automatic_list_is_exported_like_any_other(
    chamber: Association, tmp_path: Path
) -> None:
    with scope(association=chamber):
        gold = MembershipType.objects.create(association=chamber, name="Gold")
        of_gold = ContactList.objects.get(membership_type=gold)
    mill = a_member(chamber, membership_type=gold)
    a_contact(chamber, member=mill, address="ann@x.example")
    a_contact(chamber, member=mill, address="off@x.example", active=False)
    a_contact(chamber, member=mill, address="dnc@x.example", do_not_contact=True)
    a_contact(chamber, member=a_member(chamber), address="other@x.example")

    files = of(of_gold, tmp_path)

    assert files.mailboxes == ["ann@x.example"]
    assert files.reasons == {"dnc@x.example": "do_not_contact"}


def test_of_a_list_some_can_be_picked(chamber: Association, tmp_path: Path) -> None:
    ann, bob = a_contact(chamber), a_contact(chamber, address="bob@x.example")
    elsewhere = a_contact(chamber)
    paused = a_contact(chamber, address="off@x.example")
    news = a_list(chamber, ann, bob)
    on_list(paused, news, status="disabled")

    files = of(news, tmp_path, bob, paused, elsewhere)

    assert files.mailboxes == ["bob@x.example"]
    assert files.reasons == {"off@x.example": "disabled_in_list"}


def test_who_was_not_picked_brings_no_mailbox_and_still_can_stop_it(
    chamber: Association, tmp_path: Path
) -> None:
    one, other = (a_contact(chamber, address="a@x.example") for _ in "ab")
    muted = a_contact(chamber, address="b@x.example")
    housemate = a_contact(chamber, address="b@x.example")
    news = a_list(chamber, one, other, housemate)
    on_list(muted, news, no_mass_email=True)

    files = of(news, tmp_path, other, housemate)

    assert files.mailboxes == ["a@x.example"]
    assert files.reasons == {"b@x.example": "no_mass_emails"}


def test_people_picked_by_hand_need_no_list(
    chamber: Association, tmp_path: Path
) -> None:
    ann = a_contact(chamber, address="ann@x.example")
    paused = a_contact(chamber, address="off@x.example")
    on_list(paused, a_list(chamber), status="disabled")
    stopped = a_contact(chamber, address="dnc@x.example", do_not_contact=True)
    a_contact(chamber, address="unpicked@x.example")

    files = picked(tmp_path, ann, paused, stopped)

    assert files.mailboxes == ["ann@x.example", "off@x.example"]
    assert files.reasons == {"dnc@x.example": "do_not_contact"}


def test_a_housemate_who_was_not_picked_stops_a_mailbox_of_those_picked(
    chamber: Association, tmp_path: Path
) -> None:
    ann = a_contact(chamber, address="home@x.example")
    a_contact(chamber, address="HOME@x.example", do_not_contact=True)

    files = picked(tmp_path, ann)

    assert files.rows == []
    assert files.reasons == {"home@x.example": "do_not_contact"}


@pytest.mark.parametrize(("length", "taken"), [(50, True), (51, False), (80, False)])
def test_an_address_too_long_for_the_file_import_is_left_out_and_said(
    chamber: Association, tmp_path: Path, length: int, taken: bool
) -> None:
    address = "a" * (length - len("@x.example")) + "@x.example"
    files = of(a_list(chamber, a_contact(chamber, address=address)), tmp_path)

    assert files.mailboxes == ([address] if taken else [])
    if not taken:
        (row,) = files.left_out
        assert row["Reason"] == "address_too_long"
        assert f"an address of {length} characters" in row["Why"]
        assert "takes at most 50 from a file" in row["Why"]


def test_a_long_address_is_fine_for_people(
    chamber: Association, tmp_path: Path
) -> None:
    address = "a" * 60 + "@x.example"
    news = a_list(chamber, a_contact(chamber, address=address))

    files = exported(chamber, lambda: of_list(news), tmp_path, Format.MAILCHIMP)

    assert [row["Email Address"] for row in files.rows] == [address]


def test_names_are_cut_as_the_sync_cuts_them(
    chamber: Association, tmp_path: Path
) -> None:
    news = a_list(chamber, a_contact(chamber, company="c" * 60))

    (row,) = of(news, tmp_path).rows

    assert row["company_name"] == "c" * 50


def test_an_export_of_nobody_is_a_header_alone(
    chamber: Association, tmp_path: Path
) -> None:
    news = a_list(chamber, a_contact(chamber, do_not_contact=True))

    files = of(news, tmp_path)

    (part,) = files.exported.parts
    assert part.read_bytes() == b"email,first_name,last_name,company_name\r\n"
    assert len(files.left_out) == 1


def test_nobody_of_another_association_is_written(
    chamber: Association, tmp_path: Path
) -> None:
    stranger = a_contact(an_association())
    ann = a_contact(chamber, address="ann@x.example")

    assert picked(tmp_path, ann, stranger).mailboxes == ["ann@x.example"]


def test_an_export_is_on_record(chamber: Association, tmp_path: Path) -> None:
    news = a_list(chamber, a_contact(chamber), a_contact(chamber, address=None))

    of(news, tmp_path)

    with scope(association=chamber):
        entry = Entry.objects.get()
    assert (entry.actor, entry.action) == ("staff:ann", "contacts_exported")
    assert entry.subject == f"list:{news.pk}"
    assert entry.details == {
        "format": "constant_contact",
        "contacts": 2,
        "recipients": 1,
    }


def test_everybody_is_written_whatever_the_size_of_a_portion(
    chamber: Association, tmp_path: Path
) -> None:
    news = a_list(chamber, *(a_contact(chamber) for _ in range(5)))
    for _ in range(3):
        on_list(a_contact(chamber, address=None), news)

    files = exported(chamber, lambda: evolve(of_list(news), at_a_time=2), tmp_path)

    assert len(files.rows) == 5
    assert files.mailboxes == sorted(files.mailboxes)
    assert files.exported.left_out == {"no_primary_address": 3}
