"""What an import does with good files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders import a_contact, a_list, an_association, the_list_of
from tests.directory.files import BY, a_file, contact_row, counts, import_
from tests.directory.marking import NOTHING, Said, take_marks

from rollkeeper.audit.models import Entry
from rollkeeper.directory.importing import import_files
from rollkeeper.directory.models import (
    AUTOMATIC,
    Association,
    Contact,
    ContactList,
    EmailAddress,
    Follower,
    ListMembership,
    Mark,
    Member,
    PlaceOnList,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A chamber with one of everything."""
    a_file(tmp_path, "members", "M1,Bakery,Gold,courtesy")
    a_file(tmp_path, "contacts", contact_row("C1", member_id="M1"))
    a_file(tmp_path, "lists", "L1,Choir & Band,group,yes")
    a_file(tmp_path, "list_memberships", "L1,C1,disabled,yes")
    return tmp_path


def test_everything_arrives(chamber: Association, folder: Path) -> None:
    report = import_(chamber, folder)
    assert set(counts(report).values()) == {(1, 0, 0, 0)}
    contact = Contact.objects.get()
    assert (str(contact), contact.active, contact.do_not_contact) == (
        "Ann Bell",
        True,
        False,
    )
    assert contact.member is not None
    assert contact.member.membership_type is not None
    assert (contact.member.name, contact.member.status) == ("Bakery", "courtesy")
    assert contact.member.membership_type.name == "Gold"


@pytest.mark.parametrize("switched_on", [True, False])
def test_a_new_list_is_switched_as_the_setting_says_and_an_old_one_stays_as_it_is(
    chamber: Association, tmp_path: Path, switched_on: bool
) -> None:
    a_list(chamber, name="Old", external_id="L1", sync=not switched_on)
    a_file(tmp_path, "lists", "L1,Old,list,", "L2,New,list,")
    import_files(association=chamber, paths=[tmp_path], by=BY, switched_on=switched_on)
    switches = dict(
        ContactList.objects.filter(name__in=["Old", "New"]).values_list("name", "sync")
    )
    assert switches == {"Old": not switched_on, "New": switched_on}


def test_lists_and_places_on_them_arrive(chamber: Association, folder: Path) -> None:
    import_(chamber, folder)
    membership = ListMembership.objects.get()
    its_list = membership.list
    assert (its_list.name, its_list.kind, its_list.sync) == (
        "Choir & Band",
        "group",
        True,
    )
    assert (membership.status, membership.no_mass_email) == ("disabled", True)
    assert membership.contact == Contact.objects.get()


def test_importing_again_writes_nothing(
    chamber: Association, follower: Follower, folder: Path
) -> None:
    first = import_(chamber, folder)
    assert first.marks == Mark.objects.count() > 0
    take_marks(follower)
    before = list(Contact.objects.values())
    again = import_(chamber, folder)
    assert set(counts(again).values()) == {(0, 0, 1, 0)}
    assert (again.marks, take_marks(follower)) == (0, NOTHING)
    assert list(Contact.objects.values()) == before


def test_a_changed_row_is_written_and_marked_alone(
    chamber: Association, follower: Follower, tmp_path: Path
) -> None:
    a_file(tmp_path, "contacts", *map(contact_row, ("C1", "C2", "C3")))
    import_(chamber, tmp_path)
    take_marks(follower)
    changed = contact_row("C2", do_not_contact="yes")
    a_file(tmp_path, "contacts", contact_row("C1"), changed, contact_row("C3"))
    report = import_(chamber, tmp_path)
    assert counts(report) == {"contacts.csv": (0, 1, 2, 0)}
    assert report.marks == 1
    contact = Contact.objects.get(external_id="C2")
    assert take_marks(follower) == Said(contacts=frozenset({contact.pk}))


def test_types_arrive_with_their_lists_and_representatives(
    chamber: Association, folder: Path
) -> None:
    import_(chamber, folder)
    rows = PlaceOnList.objects.filter(list__kind__in=AUTOMATIC)
    assert set(rows.values_list("list__name", "contact__external_id")) == {
        ("All active representatives", "C1"),
        ("Gold", "C1"),
    }


def test_no_file_writes_an_automatic_list_or_who_is_on_it(
    chamber: Association, folder: Path
) -> None:
    number = the_list_of(chamber).external_id
    a_file(folder, "lists", f"{number},Mine,list,no")
    a_file(folder, "list_memberships", f"{number},C1,,")
    report = import_(chamber, folder)
    assert {(one.file, one.reason) for one in report.errors} == {
        (
            f"{table}.csv",
            f"'{number}' is an automatic list: no file says who is on it.",
        )
        for table in ("lists", "list_memberships")
    }
    assert the_list_of(chamber).name == "All active representatives"
    assert not ListMembership.objects.exists()


def test_what_the_files_do_not_mention_stays(
    chamber: Association, folder: Path
) -> None:
    a_list(chamber, a_contact(chamber), external_id="L9")
    import_(chamber, folder)
    assert ContactList.objects.filter(external_id="L9").exists()
    assert (Contact.objects.count(), ListMembership.objects.count()) == (2, 2)


def test_another_association_with_the_same_ids_is_left_alone(
    chamber: Association, folder: Path
) -> None:
    import_(an_association(), folder)
    assert not Contact.objects.exists()
    import_(chamber, folder)
    assert Contact.objects.count() == Member.objects.count() == 1


def test_other_columns_are_kept_as_fields(chamber: Association, tmp_path: Path) -> None:
    header = "Member_ID,name,membership_type,status, Web Site ,city"
    a_file(tmp_path, "members", "M1,Bakery,,active,bakery.example,", header=header)
    import_(chamber, tmp_path)
    assert Member.objects.get().fields == {"Web Site": "bakery.example"}
    header = "city,status,membership_type,name,member_id"
    a_file(tmp_path, "members", "Springfield,active,,Bakery,M1", header=header)
    import_(chamber, tmp_path)
    assert Member.objects.get().fields == {
        "Web Site": "bakery.example",
        "city": "Springfield",
    }


def test_a_field_that_is_blank_now_is_gone(
    chamber: Association, tmp_path: Path
) -> None:
    header = "list_id,name,kind,sync,room"
    a_file(tmp_path, "lists", "L1,Choir,list,yes,12", header=header)
    import_(chamber, tmp_path)
    a_file(tmp_path, "lists", "L1,Choir,list,yes,", header=header)
    assert counts(import_(chamber, tmp_path)) == {"lists.csv": (0, 1, 0, 0)}
    assert ContactList.objects.get(external_id="L1").fields == {}


def test_blank_cells_have_a_meaning(chamber: Association, tmp_path: Path) -> None:
    a_file(tmp_path, "members", "M1,Bakery,,")
    a_file(tmp_path, "contacts", contact_row(active="", do_not_contact=""))
    a_file(tmp_path, "lists", "L1,Choir,,")
    a_file(tmp_path, "list_memberships", "L1,C1,,")
    assert import_(chamber, tmp_path).errors == ()
    assert Member.objects.get().status == "active"
    contact, its_list = Contact.objects.get(), ContactList.objects.get(external_id="L1")
    assert (contact.active, contact.do_not_contact) == (True, False)
    assert (its_list.kind, its_list.sync) == ("list", False)


def test_blanks_around_cells_and_case_of_words_do_not_matter(
    chamber: Association, tmp_path: Path
) -> None:
    row = contact_row(first_name="  Zoë ", active=" NO", do_not_contact="Yes ")
    a_file(tmp_path, "contacts", row)
    import_(chamber, tmp_path)
    contact = Contact.objects.get()
    assert (contact.first_name, contact.active, contact.do_not_contact) == (
        "Zoë",
        False,
        True,
    )


def test_bytes_that_spreadsheets_add_do_not_matter(
    chamber: Association, tmp_path: Path
) -> None:
    path = a_file(tmp_path, "lists", "L1,Événements,list,yes", ",,,", "")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b",\r\n"))
    assert counts(import_(chamber, path)) == {"lists.csv": (1, 0, 0, 0)}
    assert ContactList.objects.get(external_id="L1").name == "Événements"


def test_quotes_may_hold_commas_quotes_and_lines(
    chamber: Association, tmp_path: Path
) -> None:
    a_file(tmp_path, "members", 'M1,"Bell, ""The Bakers""\nof Springfield",,active')
    import_(chamber, tmp_path)
    assert Member.objects.get().name == 'Bell, "The Bakers"\nof Springfield'


def test_progress_is_told_and_ends_at_the_whole(
    chamber: Association, folder: Path
) -> None:
    told: list[tuple[int, int]] = []
    a_file(folder, "contacts", *(contact_row(f"C{one}") for one in range(2500)))
    import_files(
        association=chamber,
        paths=[folder],
        by=BY,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (2503, 2503)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert all(done <= total for done, total in told)
    assert len(told) > 4


def test_the_record_says_who_imported_what(chamber: Association, folder: Path) -> None:
    import_(chamber, folder)
    entry = Entry.objects.get()
    assert (entry.actor, entry.action) == (BY, "directory_imported")
    assert "members.example" not in str(entry.details)


# Addresses

Cells = tuple[str, str]


def addresses() -> dict[str, tuple[str | None, bool]]:
    rows = EmailAddress.objects.values_list("typed", "mailbox", "primary")
    return {typed: (mailbox, primary) for typed, mailbox, primary in rows}


def import_addresses(
    chamber: Association, folder: Path, primary: str, others: str = ""
) -> None:
    row = contact_row(primary_email=primary, other_emails=others)
    report = import_(chamber, a_file(folder, "contacts", row))
    assert report.errors == ()


def test_addresses_are_kept_as_typed_and_normalised(
    chamber: Association, tmp_path: Path
) -> None:
    import_addresses(
        chamber, tmp_path, "  Ann@Members.Example ", "a@b.example; C@d.example;;"
    )
    assert addresses() == {
        "Ann@Members.Example": ("ann@members.example", True),
        "a@b.example": ("a@b.example", False),
        "C@d.example": ("c@d.example", False),
    }


def test_an_address_is_kept_once(chamber: Association, tmp_path: Path) -> None:
    import_addresses(
        chamber, tmp_path, "ann@b.example", "ANN@b.example;x;x;c@d.example"
    )
    assert set(addresses()) == {"ann@b.example", "x", "c@d.example"}


def test_a_contact_may_have_no_address(chamber: Association, tmp_path: Path) -> None:
    import_addresses(chamber, tmp_path, "", "a@b.example")
    assert addresses() == {"a@b.example": ("a@b.example", False)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("ann@old.example", "x@y.example"), ("ann@new.example", "x@y.example")),
        (
            ("ann@old.example", "ann@new.example"),
            ("ann@new.example", "ann@old.example"),
        ),
        (("ann@old.example", "x@y.example"), ("ann@old.example", "z@y.example")),
        (("ann@old.example", "x@y.example"), ("ann@old.example", "")),
        (("ann@old.example", ""), ("", "")),
        (("ann@old.example", ""), ("ANN@old.example", "")),
        (("not yet", ""), ("ann@old.example", "not yet")),
    ],
)
def test_addresses_become_what_the_row_says(
    chamber: Association,
    tmp_path: Path,
    before: Cells,
    after: Cells,
) -> None:
    import_addresses(chamber, tmp_path, *before)
    import_addresses(chamber, tmp_path, *after)
    assert set(addresses()) == set(filter(None, after))
    primary = [typed for typed, (_, primary) in addresses().items() if primary]
    assert primary == list(filter(None, after[:1]))


def test_a_changed_address_counts_as_a_changed_contact(
    chamber: Association, follower: Follower, tmp_path: Path
) -> None:
    a_file(tmp_path, "contacts", contact_row("C1"), contact_row("C2"))
    import_(chamber, tmp_path)
    take_marks(follower)
    moved = contact_row("C2", primary_email="c2@new.example")
    a_file(tmp_path, "contacts", contact_row("C1"), moved)
    assert counts(import_(chamber, tmp_path)) == {"contacts.csv": (0, 1, 1, 0)}
    assert take_marks(follower) == Said(
        mailboxes=frozenset({"c2@members.example", "c2@new.example"})
    )


def test_an_invalid_address_is_kept_without_mailbox_and_told(
    chamber: Association, tmp_path: Path
) -> None:
    row = contact_row(primary_email="ann at members", other_emails="a@b.example;bea@")
    report = import_(chamber, a_file(tmp_path, "contacts", row))
    assert addresses()["ann at members"] == (None, True)
    assert addresses()["bea@"] == (None, False)
    assert report.errors == ()
    assert [(one.kind, one.line, one.column) for one in report.warnings] == [
        ("address", 2, "primary_email"),
        ("address", 2, "other_emails"),
    ]
    assert "'ann at members'" in report.warnings[0].reason
