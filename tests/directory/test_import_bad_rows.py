"""A bad row is told with its place and remedy, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.directory.files import a_file, contact_row, counts, import_, places

from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    ListMembership,
    Member,
)


@pytest.mark.parametrize(
    ("table", "row", "column", "reason"),
    [
        ("members", "M1,Bakery,,lively", "status", "'lively' is not a status we know."),
        ("members", ",Bakery,,active", "member_id", "The cell is empty."),
        ("members", "M1, ,,active", "name", "The cell is empty."),
        (
            "members",
            f"M1,{'x' * 301},,active",
            "name",
            "301 characters long; at most",
        ),
        ("lists", "L1,Choir,band,yes", "kind", "'band' is not a kind we know."),
        ("lists", "L1,Choir,list,ja", "sync", "'ja' is neither yes nor no."),
        ("lists", "L1,Choir,list,yes,extra", None, "has 5 cells where 4 are expected."),
        ("lists", "L1,Choir,list", None, "has 3 cells where 4 are expected."),
        ("contacts", contact_row(active="1"), "active", "'1' is neither yes nor no."),
        (
            "contacts",
            contact_row(other_emails=f"a@b.example;{'x' * 321}"),
            "other_emails",
            "321 characters long; at most 320",
        ),
        (
            "contacts",
            contact_row(member_id="M9"),
            "member_id",
            "the id 'M9'.",
        ),
    ],
)
def test_a_bad_row_is_left_out(
    chamber: Association,
    tmp_path: Path,
    table: str,
    row: str,
    column: str | None,
    reason: str,
) -> None:
    report = import_(chamber, a_file(tmp_path, table, row))
    (error,) = report.errors
    assert (error.file, error.line, error.column) == (f"{table}.csv", 2, column)
    assert reason in error.reason
    assert error.remedy
    assert counts(report) == {f"{table}.csv": (0, 0, 0, 1)}


def test_the_rows_around_a_bad_one_arrive(chamber: Association, tmp_path: Path) -> None:
    rows = ("M1,Bakery,,active", "M2,Brewery,,lively", "M3,Butchery,,active")
    report = import_(chamber, a_file(tmp_path, "members", *rows))
    assert counts(report) == {"members.csv": (2, 0, 0, 1)}
    assert set(Member.objects.values_list("external_id", flat=True)) == {"M1", "M3"}


def test_each_bad_cell_of_a_row_is_told(chamber: Association, tmp_path: Path) -> None:
    report = import_(chamber, a_file(tmp_path, "lists", "L1,Choir,band,ja"))
    assert [column for *_, column in places(report)] == ["kind", "sync"]
    assert counts(report) == {"lists.csv": (0, 0, 0, 1)}


def test_the_first_of_several_rows_with_one_id_wins(
    chamber: Association, tmp_path: Path
) -> None:
    rows = (
        "L1,Choir,list,yes",
        "L2,Band,list,yes",
        "L1,Chorus,list,no",
        "L1,C,list,no",
    )
    report = import_(chamber, a_file(tmp_path, "lists", *rows))
    assert places(report) == [("lists.csv", 4, "list_id"), ("lists.csv", 5, "list_id")]
    assert "L1 stood in line 2 already" in report.errors[0].reason
    assert counts(report) == {"lists.csv": (2, 0, 0, 2)}
    assert ContactList.objects.get(external_id="L1").name == "Choir"


def test_a_membership_that_is_there_twice_is_taken_once(
    chamber: Association, tmp_path: Path
) -> None:
    a_file(tmp_path, "lists", "L1,Choir,list,yes")
    a_file(tmp_path, "contacts", contact_row("C1"), contact_row("C2"))
    rows = ("L1,C1,active,no", "L1,C2,active,no", "L1,C1,disabled,no")
    a_file(tmp_path, "list_memberships", *rows)
    report = import_(chamber, tmp_path)
    assert places(report) == [("list_memberships.csv", 4, "contact_id")]
    assert "L1 and C1 stood in line 2" in report.errors[0].reason
    assert not ListMembership.objects.filter(status="disabled").exists()


def test_memberships_of_unknown_lists_and_contacts_are_told(
    chamber: Association, tmp_path: Path
) -> None:
    a_file(tmp_path, "lists", "L1,Choir,list,yes")
    a_file(tmp_path, "contacts", contact_row("C1"))
    rows = ("L9,C1,active,no", "L1,C9,active,no", "L1,C1,active,no")
    a_file(tmp_path, "list_memberships", *rows)
    report = import_(chamber, tmp_path)
    assert places(report) == [
        ("list_memberships.csv", 2, "list_id"),
        ("list_memberships.csv", 3, "contact_id"),
    ]
    assert ListMembership.objects.count() == 1


def test_who_refers_to_a_bad_row_is_bad_too(
    chamber: Association, tmp_path: Path
) -> None:
    a_file(tmp_path, "members", "M1,Bakery,,lively")
    a_file(tmp_path, "contacts", contact_row("C1", member_id="M1"), contact_row("C2"))
    report = import_(chamber, tmp_path)
    assert places(report) == [
        ("members.csv", 2, "status"),
        ("contacts.csv", 2, "member_id"),
    ]
    assert Contact.objects.get().external_id == "C2"


def test_the_ids_of_other_files_may_have_come_before(
    chamber: Association, tmp_path: Path
) -> None:
    import_(chamber, a_file(tmp_path, "members", "M1,Bakery,,active"))
    import_(chamber, a_file(tmp_path, "contacts", contact_row("C1", member_id="M1")))
    import_(chamber, a_file(tmp_path, "lists", "L1,Choir,list,yes"))
    path = a_file(tmp_path, "list_memberships", "L1,C1,active,no")
    assert counts(import_(chamber, path)) == {"list_memberships.csv": (1, 0, 0, 0)}


def test_lines_are_counted_as_they_are_in_the_file(
    chamber: Association, tmp_path: Path
) -> None:
    rows = (
        'M1,"Bell\n\n& Sons",,active',
        "",
        ",,,",
        'M2,"Two\nlines",,lively',
        "M3,B,,x",
    )
    report = import_(chamber, a_file(tmp_path, "members", *rows))
    assert [line for _, line, _ in places(report)] == [7, 9]


def test_problems_are_sorted_by_file_and_line(
    chamber: Association, tmp_path: Path
) -> None:
    a_file(tmp_path, "members", "M1,A,,active", "M1,B,,active", "M2,C,,lively")
    a_file(tmp_path, "lists", "L1,Choir,band,yes")
    report = import_(chamber, tmp_path)
    assert places(report) == [
        ("members.csv", 3, "member_id"),
        ("members.csv", 4, "status"),
        ("lists.csv", 2, "kind"),
    ]


def test_a_column_that_is_not_kept_is_told(
    chamber: Association, tmp_path: Path
) -> None:
    header = "list_id,contact_id,status,no_mass_email,since"
    path = a_file(tmp_path, "list_memberships", header=header)
    (warning,) = import_(chamber, path).warnings
    assert (warning.kind, warning.line, warning.column) == ("column", 1, "since")


def test_a_report_can_be_written_as_json(chamber: Association, tmp_path: Path) -> None:
    report = import_(chamber, a_file(tmp_path, "lists", "L1,Choir,list,ja"))
    assert report.to_json() == {
        "files": [
            {
                "file": "lists.csv",
                "read": 1,
                "created": 0,
                "changed": 0,
                "unchanged": 0,
                "bad": 1,
            }
        ],
        "errors": [
            {
                "file": "lists.csv",
                "line": 2,
                "column": "sync",
                "reason": "'ja' is neither yes nor no.",
                "remedy": "Write yes or no.",
                "kind": "row",
            }
        ],
        "warnings": [],
        "marks": 0,
    }
