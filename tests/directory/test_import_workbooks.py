"""Workbooks: the same tables, one on each sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]
from tests.directory.files import HEADERS, a_file, counts, import_, places

from rollkeeper.directory.importing import ImportFailed, Limits
from rollkeeper.directory.models import Association, Contact, ContactList, Member


def a_workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    """Write a workbook; each sheet has the usual header and these rows."""
    workbook = Workbook()
    del workbook["Sheet"]
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in [HEADERS.get(name.lower(), "").split(","), *rows]:
            sheet.append(row)
    path = folder / "roll.xlsx"
    workbook.save(path)
    return path


def test_sheets_are_read_like_files(chamber: Association, tmp_path: Path) -> None:
    path = a_workbook(
        tmp_path,
        Lists=[["L1", "Choir", "group", True]],
        members=[["M1", "Bakery", None, "active"]],
        contacts=[["C1", "M1", "Ann", "Bell", *[None] * 3, "a@b.example"]],
        list_memberships=[["L1", "C1", "active", False]],
        notes=[["something else"]],
    )
    report = import_(chamber, path)
    assert report.errors == ()
    assert counts(report)["roll.xlsx, sheet list_memberships"] == (1, 0, 0, 0)
    assert ContactList.objects.get(external_id="L1").sync
    assert Contact.objects.get().addresses.get().mailbox == "a@b.example"


def test_numbers_and_dates_are_read_as_people_write_them(
    chamber: Association, tmp_path: Path
) -> None:
    path = a_workbook(tmp_path, members=[[101, 3.5, date(2024, 2, 29), "active"]])
    import_(chamber, path)
    member = Member.objects.get()
    assert (member.external_id, member.name) == ("101", "3.5")
    assert member.membership_type is not None
    assert member.membership_type.name == "2024-02-29"


def test_rows_are_counted_as_the_spreadsheet_does(
    chamber: Association, tmp_path: Path
) -> None:
    rows: list[list[object]] = [[None], ["L1", "Choir", "list", "ja"]]
    report = import_(chamber, a_workbook(tmp_path, lists=rows))
    assert places(report) == [("roll.xlsx, sheet lists", 3, "sync")]


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"list_id,name,kind,sync\n", "not an Excel workbook"),
        (b"", "not an Excel workbook"),
    ],
)
def test_another_file_by_that_name_is_told(
    chamber: Association, tmp_path: Path, contents: bytes, reason: str
) -> None:
    path = tmp_path / "roll.xlsx"
    path.write_bytes(contents)
    with pytest.raises(ImportFailed, match=reason):
        import_(chamber, path)


def test_an_archive_that_is_no_workbook_is_told(
    chamber: Association, tmp_path: Path
) -> None:
    with ZipFile(tmp_path / "roll.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no sheets here")
    with pytest.raises(ImportFailed, match="not an Excel workbook"):
        import_(chamber, tmp_path / "roll.xlsx")


def test_a_workbook_without_our_sheets_is_told(
    chamber: Association, tmp_path: Path
) -> None:
    path = a_workbook(tmp_path, people=[["Ann"]])
    with pytest.raises(ImportFailed, match="None of its sheets"):
        import_(chamber, path)


@pytest.mark.parametrize("name", ["bomb.xml", "inner.zip"])
def test_an_archive_that_hides_more_is_refused(
    chamber: Association, tmp_path: Path, name: str
) -> None:
    path = a_workbook(tmp_path, members=[["M1", "Bakery", "", "active"]])
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * (2_000_000 if name == "bomb.xml" else 1))
    with pytest.raises(ImportFailed, match="unpacks to"):
        import_(chamber, path, limits=Limits(unpacked_bytes=1_000_000))


def test_a_sheet_and_a_file_cannot_both_be_the_members(
    chamber: Association, tmp_path: Path
) -> None:
    path = a_workbook(tmp_path, members=[["M1", "Bakery", "", "active"]])
    with pytest.raises(ImportFailed, match="and so does roll"):
        import_(chamber, path, a_file(tmp_path, "members"))
