"""A file that cannot be read as a whole changes nothing at all, and says why (C9)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.directory.files import HEADERS, a_file, contact_row, import_

from rollkeeper.directory.importing import ImportFailed, Limits, Problem
from rollkeeper.directory.models import Association, Contact, Member


def failure(
    chamber: Association, *paths: Path, limits: Limits | None = None
) -> Problem:
    with pytest.raises(ImportFailed) as failed:
        import_(chamber, *paths, limits=limits)
    assert failed.value.problem.remedy
    return failed.value.problem


@pytest.mark.parametrize(
    ("contents", "line", "column", "reason"),
    [
        (b"", None, None, "The file is empty."),
        (b"\n \n,,\n", None, None, "The file is empty."),
        (b"PK\x03\x04 and so on", None, None, "is a workbook or another archive"),
        ("list_id,name,kind,sync\n".encode("utf-16"), 1, None, "UTF-16"),
        ("list_id,name,kind,sync\n".encode("utf-16-le"), 1, None, "NUL"),
        (b"list_id,name,kind,sync\nL1,\xc9cole,list,yes\n", 2, None, "0xc9 there"),
        (b"list_id,name,kind\nL1,Choir,list\n", 1, "sync", "The column sync is not"),
        (b"list_id,sync\n", 1, "name", "The column name and the column kind is not"),
        (b"list_id;name;kind;sync\n", 1, None, "separated by semicolons"),
        (b"list_id\tname\tkind\tsync\n", 1, None, "separated by tabs"),
        (b"\n\nlist_id,Name,name,kind,sync\n", 3, "name", "2 columns are called name"),
        (b"list_id,name,,kind,sync\n", 1, None, "Column number 3 has no name"),
    ],
)
def test_contents_that_are_no_such_file_are_told(
    chamber: Association,
    tmp_path: Path,
    contents: bytes,
    line: int | None,
    column: str | None,
    reason: str,
) -> None:
    path = tmp_path / "lists.csv"
    path.write_bytes(contents)
    problem = failure(chamber, path)
    assert (problem.file, problem.line, problem.column) == ("lists.csv", line, column)
    assert reason in problem.reason


QUOTES = [
    (['M1,"Bakery,Gold,active', "M2,Brewery,,active"], 2, "name", "never closed"),
    (['M1,"A\nB",,active', 'M2,B,"Gold,active'], 4, "membership_type", "never closed"),
    (['M1,"A\nB","Gold', "", "x,active"], 3, "membership_type", "never closed"),
    (['M1,"Bakery,Gold', 'M2,"Brewery",,active'], 2, "name", "closed before the cell"),
    (['M1,"Bell" & Sons,,active'], 2, "name", "closed before the cell"),
]


@pytest.mark.parametrize(("rows", "line", "column", "reason"), QUOTES)
def test_a_quote_is_told_where_it_was_opened(
    chamber: Association,
    tmp_path: Path,
    rows: list[str],
    line: int,
    column: str,
    reason: str,
) -> None:
    problem = failure(chamber, a_file(tmp_path, "members", *rows))
    assert (problem.line, problem.column) == (line, column)
    assert reason in problem.reason


@pytest.mark.parametrize("size", [10_001, 200_000, 1_000_000])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_huge_cell_is_told(
    chamber: Association, tmp_path: Path, size: int, quote: str
) -> None:
    rows = ("M1,Bakery,,active", f"M2,{quote}{'x' * size}{quote},,active")
    problem = failure(chamber, a_file(tmp_path, "members", *rows))
    assert (problem.line, problem.column) == (3, "name")
    assert "more than 10,000 characters" in problem.reason


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(rows=2), "more than 2 rows"),
        (Limits(columns=3), "has 4 columns; 3 can be read"),
        (Limits(file_bytes=60), "60 can be read"),
        (Limits(cell_characters=11), "more than 11 characters"),
    ],
)
def test_a_file_beyond_the_limits_is_told(
    chamber: Association, tmp_path: Path, limits: Limits, reason: str
) -> None:
    rows = (f"M{number},Bakery,,active" for number in range(3))
    path = a_file(tmp_path, "members", *rows)
    assert reason in failure(chamber, path, limits=limits).reason


def test_a_file_of_the_very_size_is_read(chamber: Association, tmp_path: Path) -> None:
    path = a_file(tmp_path, "members", "M1,Bakery,,active", "M2,Bakery,,active")
    size = path.stat().st_size
    limits = Limits(rows=2, columns=4, file_bytes=size, cell_characters=15)
    assert import_(chamber, path, limits=limits).errors == ()


def test_a_path_that_leads_nowhere_is_told(
    chamber: Association, tmp_path: Path
) -> None:
    problem = failure(chamber, tmp_path / "members.csv")
    assert "no such file" in problem.reason


def test_a_folder_without_our_files_is_told(
    chamber: Association, tmp_path: Path
) -> None:
    (tmp_path / "notes.csv").write_text("something else")
    problem = failure(chamber, tmp_path)
    assert "None of our files" in problem.reason
    assert "list_memberships.csv" in problem.remedy


def test_a_file_whose_name_says_nothing_is_told(
    chamber: Association, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEADERS["members"])
    assert "does not say what is in it" in failure(chamber, path).reason


def test_one_table_cannot_come_twice(chamber: Association, tmp_path: Path) -> None:
    path = a_file(tmp_path, "members", "M1,Bakery,,active")
    assert "and so does members.csv" in failure(chamber, tmp_path, path).reason


def test_nothing_is_imported_when_a_later_file_is_broken(
    chamber: Association, tmp_path: Path
) -> None:
    a_file(tmp_path, "members", "M1,Bakery,,active")
    a_file(tmp_path, "contacts", contact_row())
    (tmp_path / "list_memberships.csv").write_text('list_id,"contact_id\n')
    assert failure(chamber, tmp_path).file == "list_memberships.csv"
    assert not Member.objects.exists()
    assert not Contact.objects.exists()
    assert import_(chamber, tmp_path / "members.csv").errors == ()
