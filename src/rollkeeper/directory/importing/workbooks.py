"""Excel workbooks, one sheet a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from attrs import define, field
from django.utils.translation import gettext_noop as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from rollkeeper.directory.importing.limits import Limits
from rollkeeper.directory.importing.problems import ImportFailed, Sentence
from rollkeeper.directory.importing.rows import Record
from rollkeeper.directory.importing.tables import TABLES, Table

Value = int | float | str | bool | time | date | datetime | timedelta

USUAL_ROW = 100
"""Bytes that a row would have in a CSV file, more or less."""

ARCHIVES = (".zip", ".xlsx", ".xlsm", ".docx", ".7z", ".gz", ".rar")


@define
class WorkbookSheet:
    """One sheet of a workbook. Its lines are the rows as a spreadsheet numbers them."""

    file: str
    table: Table
    _sheet: CalamineSheet
    columns: Mapping[str, str] | None = None
    position: int = field(default=0, init=False)

    @property
    def size(self) -> int:
        return self._sheet.total_height * USUAL_ROW

    def records(self) -> Iterator[Record]:
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            self.position = number * USUAL_ROW
            yield number, [written(value) for value in row]


def open_workbook(path: Path, limits: Limits) -> Sequence[WorkbookSheet]:
    """Return the sheets that are called like a table of ours, at least one."""
    workbook = _opened(path, limits)
    named = {name.strip().casefold(): name for name in workbook.sheet_names}
    sheets = [
        WorkbookSheet(
            file=f"{path.name}, sheet {table.name}",
            table=table,
            sheet=workbook.get_sheet_by_name(named[table.name]),
        )
        for table in TABLES
        if table.name in named
    ]
    if not sheets:
        names = ", ".join(table.name for table in TABLES)
        raise ImportFailed.at(
            path.name,
            reason="None of its sheets has a name that we know.",
            remedy=f"Call the sheets {names}; other sheets are not read.",
        )
    return sheets


def open_sheets(path: Path, limits: Limits) -> Mapping[str, CalamineSheet]:
    """Return all sheets that have something in them, by their names."""
    workbook = _opened(path, limits)
    sheets = {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}
    return {name: sheet for name, sheet in sheets.items() if sheet.total_height}


def _opened(path: Path, limits: Limits) -> CalamineWorkbook:
    _refuse_bombs(path, limits)
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise _not_a_workbook(path) from error


def written(value: Value) -> str:
    """Return a cell's value as a person would write it into a CSV file."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _refuse_bombs(path: Path, limits: Limits) -> None:
    """Refuse an archive that unpacks to far more than it seems, or to archives."""
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except BadZipFile as error:
        raise _not_a_workbook(path) from error
    unpacked = sum(part.file_size for part in parts)
    allowed = min(limits.unpacked_bytes, limits.unpacked_ratio * path.stat().st_size)
    if unpacked > allowed or any(
        part.filename.lower().endswith(ARCHIVES) for part in parts
    ):
        raise ImportFailed.at(
            path.name,
            reason=Sentence(
                _("The workbook unpacks to %(bytes)s bytes or holds archives."),
                {"bytes": unpacked},
            ),
            remedy=_("Save the sheets as CSV and import those."),
        )


def _not_a_workbook(path: Path) -> ImportFailed:
    return ImportFailed.at(
        path.name,
        reason=_("The file is not an Excel workbook, or is protected by a password."),
        remedy=_("Open it in a spreadsheet and save it as .xlsx, without a password."),
    )
