"""What stands in exported files cell by cell: mess from members, limits, formulas."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from attrs import evolve
from openpyxl import load_workbook  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook
from tests.builders import a_contact, a_list, an_association
from tests.engine.exporting import exported, rows_of

from rollkeeper.engine.exporting import SHAPES, Format, Shape, of_list
from rollkeeper.engine.exporting.files import CsvForPeople, CsvParts
from rollkeeper.engine.exporting.workbook import Xlsx

IMPORTED = SHAPES[Format.CONSTANT_CONTACT]

MESS = [
    ("plain@x.example", "Ann", "Aster", "Aster & Co."),
    ("o'hara@x.example", 'Pat "Patsy"', "O'Hara, Jr.", "Bakery; Café"),
    ("formula@x.example", "=1+1", "@SUM(A1)", '=cmd|" /C calc"!A0'),
    ("signs@x.example", "-2", "+3", "\uff1dfull width"),
    ("rtl@x.example", "‏שרה", "كوهين", "חברה בע״מ"),
    ("emoji@x.example", "Zoë", "🎣 Lark", "漁業"),
    ("#tag+filter@x.example", "", "", ""),
]


def parts_of(
    folder: Path, lines: Sequence[tuple[str, ...]], shape: Shape = IMPORTED
) -> list[Path]:
    table = CsvParts(folder=folder, name="news", shape=shape)
    for row in lines:
        table.add(row)
    return list(table.end())


def cells(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)]


def test_the_providers_file_says_every_name_exactly(tmp_path: Path) -> None:
    (path,) = parts_of(tmp_path, MESS)

    header, *rows = cells(path)

    assert header == ("email", "first_name", "last_name", "company_name")
    assert rows == MESS


def test_the_providers_file_has_no_mark_before_its_first_column(
    tmp_path: Path,
) -> None:
    (path,) = parts_of(tmp_path, [])
    assert path.read_bytes().startswith(b"email,")


def test_what_is_too_much_for_one_file_goes_on_in_the_next(tmp_path: Path) -> None:
    rows = [(f"p{number}@x.example", "Ann", "", "") for number in range(7)]

    paths = parts_of(tmp_path, rows, evolve(IMPORTED, rows=3))

    assert [one.name for one in paths] == [
        "news-1-of-3.csv",
        "news-2-of-3.csv",
        "news-3-of-3.csv",
    ]
    assert [len(cells(one)) for one in paths] == [4, 4, 2]
    assert [row for one in paths for row in cells(one)[1:]] == rows


def test_no_file_is_larger_than_the_provider_takes(tmp_path: Path) -> None:
    rows = [(f"p{number}@x.example", "Zoë" * 10, "", "") for number in range(50)]

    paths = parts_of(tmp_path, rows, evolve(IMPORTED, size=1000))

    assert len(paths) > 3
    assert max(one.stat().st_size for one in paths) <= 1000
    assert [row for one in paths for row in cells(one)[1:]] == rows


def test_the_providers_own_limits_are_kept_with_room_to_spare() -> None:
    assert IMPORTED.rows is not None
    assert IMPORTED.rows + 1 < 40_000
    assert IMPORTED.size is not None
    assert IMPORTED.size < 4_000_000


def test_a_file_for_people_holds_no_formula(tmp_path: Path) -> None:
    table = CsvForPeople(path=tmp_path / "left-out.csv", columns=("a", "b", "c", "d"))
    for row in [*MESS, ("\tx", "\rx", "fine", "=")]:
        table.add(row)

    found = [cell for row in rows_of(*table.end()) for cell in row.values()]

    assert not [one for one in found if one.startswith(tuple("=+-@\t\r\uff1d"))]
    assert "'=1+1" in found
    assert "O'Hara, Jr." in found


def test_a_workbook_holds_no_formula_and_every_name(tmp_path: Path) -> None:
    table = Xlsx(path=tmp_path / "news.xlsx", columns=("a", "b", "c", "d"))
    for row in [*MESS, ("\tx", "bell\x07", "\ufffe", "#REF!")]:
        table.add(row)
    (path,) = table.end()

    book = load_workbook(path)
    found = [cell for row in book.active.iter_rows() for cell in row]

    assert not [one for one in found if one.data_type == "f"]
    values = {str(one.value) for one in found if one.value is not None}
    assert not [one for one in values if one.startswith(tuple("=+-@\t\uff1d"))]
    assert {"'=1+1", "🎣 Lark", MESS[4][1], "bell", "'\tx"} <= values


def test_another_reader_of_workbooks_reads_the_same(tmp_path: Path) -> None:
    table = Xlsx(path=tmp_path / "news.xlsx", columns=("a", "b", "c", "d"))
    for row in MESS[:2]:
        table.add(row)
    (path,) = table.end()

    (sheet,) = CalamineWorkbook.from_path(str(path)).sheet_names
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()

    assert [tuple(row) for row in rows[1:]] == MESS[:2]


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    table = Xlsx(path=tmp_path / "news.xlsx", columns=("a",), rows_of_a_sheet=2)
    for number in range(5):
        table.add((f"p{number}",))
    (path,) = table.end()

    book = load_workbook(path)
    assert book.sheetnames == ["Contacts 1", "Contacts 2", "Contacts 3"]
    assert [sheet.max_row for sheet in book] == [3, 3, 2]


@pytest.mark.django_db
def test_what_people_typed_over_several_lines_is_one_line(tmp_path: Path) -> None:
    chamber = an_association()
    ann = a_contact(chamber, first_name="Ann\r\n  Marie", company="A\tB\nC")
    news = a_list(chamber, ann)

    files = exported(chamber, lambda: of_list(news), tmp_path)

    (row,) = files.rows
    assert (row["first_name"], row["company_name"]) == ("Ann Marie", "A B C")


@pytest.mark.django_db
def test_a_workbook_of_a_list_is_whole(tmp_path: Path) -> None:
    chamber = an_association()
    news = a_list(chamber, *(a_contact(chamber) for _ in range(3)), name="Ночь")

    files = exported(chamber, lambda: of_list(news), tmp_path, Format.XLSX)

    (path,) = files.exported.parts
    assert path.name == f"list-{news.pk}-xlsx.xlsx"
    assert ZipFile(path).testzip() is None
    assert load_workbook(path).active.max_row == 4
