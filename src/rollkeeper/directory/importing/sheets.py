"""Files whose names and columns say nothing to us: what is in them, and what is chosen.

A sheet is a CSV file, or one of a workbook's. Somebody says which table it holds, and
what it calls the columns of that table; then it is a source like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from attrs import frozen
from django.utils.translation import gettext_noop as _

from rollkeeper.directory.importing.delimited import DelimitedFile, delimiter_of
from rollkeeper.directory.importing.limits import Limits
from rollkeeper.directory.importing.problems import ImportFailed
from rollkeeper.directory.importing.rows import Reading, Record, Source
from rollkeeper.directory.importing.sources import refuse_big, refuse_twice
from rollkeeper.directory.importing.tables import TABLES, Table
from rollkeeper.directory.importing.workbooks import WorkbookSheet, open_sheets

SAMPLES: Final = 3

WORKBOOKS: Final = (".xlsx", ".xlsm")


@frozen(kw_only=True)
class Sheet:
    """The names of its columns, and what stands in the first rows."""

    path: Path
    sheet: str
    """Its name in the workbook; empty for a CSV file."""
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def samples(self, name: str) -> Sequence[str]:
        """Return what stands in the column of that name, where there is something."""
        at = self.names.index(name)
        return [row[at] for row in self.rows if row[at : at + 1] not in ((), ("",))]


@frozen(kw_only=True)
class Choice:
    """What somebody says of a sheet."""

    path: Path
    sheet: str
    table: Table
    columns: Mapping[str, str]
    """What the sheet calls columns of the table; those it lacks stand not here."""


def sheets_in(path: Path, limits: Limits) -> Sequence[Sheet]:
    """Return what the file holds; raises `ImportFailed` where that cannot be read."""
    refuse_big(path, limits)
    if path.suffix.lower() in WORKBOOKS:
        sheets = [
            _sheet(path, name, WorkbookSheet(path.name, TABLES[0], sheet).records())
            for name, sheet in open_sheets(path, limits).items()
        ]
    else:
        file = DelimitedFile(path, TABLES[0], limits, delimiter=delimiter_of(path))
        sheets = [_sheet(path, "", file.records())]
    if not any(one.names for one in sheets):
        raise ImportFailed.at(
            path.name,
            reason=_("The file is empty."),
            remedy=_("Write a line with the names of the columns, then the rows."),
        )
    return [one for one in sheets if one.names]


def chosen_sources(choices: Sequence[Choice], limits: Limits) -> Sequence[Source]:
    """Return what is to be read, members first; each table once."""
    sources: list[Source] = []
    for choice in choices:
        source = _source(choice, limits)
        refuse_twice(source, sources)
        sources.append(source)
    return sorted(sources, key=lambda source: TABLES.index(source.table))


def first_rows(
    choice: Choice, limits: Limits, most: int
) -> Sequence[Mapping[str, object]]:
    """Return the first good rows as they will be read, by column."""
    reading = Reading(_source(choice, limits), limits)
    names = ["line", *(column.name for column in choice.table.columns)]
    if choice.table.ends_with_addresses:
        names[-2:] = ["addresses", "mailboxes"]
    return [dict(zip(names, row, strict=False)) for row in islice(reading.rows(), most)]


def _source(choice: Choice, limits: Limits) -> DelimitedFile | WorkbookSheet:
    refuse_big(choice.path, limits)
    if not choice.sheet:
        delimiter = delimiter_of(choice.path)
        return DelimitedFile(
            choice.path, choice.table, limits, choice.columns, delimiter
        )
    return WorkbookSheet(
        f"{choice.path.name}, sheet {choice.sheet}",
        choice.table,
        open_sheets(choice.path, limits)[choice.sheet],
        choice.columns,
    )


def _sheet(path: Path, name: str, records: Iterator[Record]) -> Sheet:
    told = ([cell.strip() for cell in cells] for line, cells in records)
    first, *rows = [*islice(filter(any, told), SAMPLES + 1)] or [[]]
    while first and not first[-1]:
        first.pop()
    return Sheet(
        path=path, sheet=name, names=tuple(first), rows=tuple(map(tuple, rows))
    )
