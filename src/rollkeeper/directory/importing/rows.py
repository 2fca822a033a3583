"""From the records of a source to rows that are ready for the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from attrs import define, evolve, field
from django.utils.translation import gettext_noop as _

from rollkeeper.directory.importing.addresses import Addresses
from rollkeeper.directory.importing.header import Header, read_header
from rollkeeper.directory.importing.limits import SPLIT, Limits
from rollkeeper.directory.importing.problems import (
    ImportFailed,
    Problem,
    Sentence,
)
from rollkeeper.directory.importing.tables import BadCell, Table

Record = tuple[int, Sequence[str]]
"""Where in the file it begins, and its cells."""

Row = tuple[object, ...]
"""Its line, then what the columns of the staging table take."""


class Source(Protocol):
    """Where the rows of one table come from."""

    @property
    def file(self) -> str:
        """Its name, for people."""

    @property
    def table(self) -> Table: ...

    @property
    def columns(self) -> Mapping[str, str] | None:
        """What it calls columns of the table; None when as the table does."""

    def records(self) -> Iterator[Record]:
        """Yield the header and all rows; raise `ImportFailed` when there is no way."""

    @property
    def size(self) -> int:
        """About how many bytes there are to read."""

    @property
    def position(self) -> int:
        """About how many of them have been read."""


@define
class Reading:
    """One source being read: its rows can be asked for once, the rest is known then."""

    source: Source
    limits: Limits
    read: int = 0
    errors: list[Problem] = field(factory=list)
    warnings: list[Problem] = field(factory=list)
    bad_keys: list[Sequence[str]] = field(factory=list)
    """Which rows of the directory the bad ones name, where that can be read."""
    nameless: int = 0
    """In how many of the bad rows it cannot."""

    @property
    def absent(self) -> Collection[str]:
        """The columns of the table that the source lacks: it says nothing of them."""
        columns = self.source.columns
        if columns is None:
            return ()
        names = [column.name for column in self.source.table.columns]
        return [name for name in names if name not in columns]

    def in_the_words_of_the_file(self, problem: Problem) -> Problem:
        """Call the column as the file does."""
        columns = self.source.columns or {}
        return evolve(problem, column=columns.get(problem.column or "", problem.column))

    def _remedy(self, bad: BadCell, column: str | None) -> str:
        """Likewise, in what is to be done about it."""
        if self.source.columns and column and isinstance(bad.remedy, Sentence):
            return bad.remedy.with_value("column", column)
        return bad.remedy

    def rows(self) -> Iterator[Row]:
        """Yield the good rows. What is bad is added to *errors* and *warnings*."""
        records = self._records()
        header = self._header(records)
        for line, cells in records:
            self.read += 1
            if self.read > self.limits.rows:
                raise self._too_many_rows(line)
            self._refuse_huge_cells(line, cells, header.names)
            if _fits(cells, header):
                values = self._values(header, line, cells)
                if values is None:
                    self._note_key(header, cells)
                else:
                    yield (line, *values)
            else:
                self.nameless += 1
                self._note_misfit(header, line, cells)

    def _records(self) -> Iterator[Record]:
        """Yield the records that say something, without the blanks around cells."""
        for line, cells in self.source.records():
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield line, stripped

    def _header(self, records: Iterator[Record]) -> Header:
        first = next(records, None)
        if first is None:
            raise ImportFailed.at(
                self.source.file,
                reason=_("The file is empty."),
                remedy=_("Write a line with the names of the columns, then the rows."),
            )
        line, cells = first
        self._refuse_huge_cells(line, cells, ())
        header = read_header(
            self.source.file,
            self.source.table,
            line,
            cells,
            self.limits,
            self.source.columns,
        )
        self._warn_of_lost_columns(header)
        return header

    def _values(
        self, header: Header, line: int, cells: Sequence[str]
    ) -> Sequence[object] | None:
        """Return what the staging table takes, or None after saying what is bad."""
        table = self.source.table
        values: list[object] = []
        for column, at in zip(table.columns, header.known, strict=True):
            try:
                values.append(column.parse(_cell(cells, at)))
            except BadCell as bad:
                name = column.name if at is None else header.names[at]
                self._error(line, name, bad)
        if len(values) < len(table.columns):
            return None
        if table.ends_with_addresses:
            values[-2:] = self._addresses(line, str(values[-2]), str(values[-1]))
        if table.keeps_others:
            others = {name: cells[at] or None for at, name in header.others}
            values.append(json.dumps(others))
        return values

    def _note_key(self, header: Header, cells: Sequence[str]) -> None:
        table = self.source.table
        at = dict(zip((one.name for one in table.columns), header.known, strict=True))
        key = [_cell(cells, at[name]) for name in table.key]
        if all(key):
            self.bad_keys.append(key)
        else:
            self.nameless += 1

    def _addresses(self, line: int, primary: str, others: str) -> Sequence[object]:
        addresses = Addresses.parse(primary, others)
        for cell, typed, reason in addresses.invalid:
            problem = Problem(
                file=self.source.file,
                line=line,
                column=self.source.table.columns[cell - 2].name,
                reason=Sentence(
                    _("No mail can be sent to '%(address)s': %(why)s"),
                    {"address": typed, "why": reason},
                ),
                remedy=_("Correct the address; until then no mail goes there."),
                kind="address",
            )
            self.warnings.append(self.in_the_words_of_the_file(problem))
        return addresses.typed, addresses.mailboxes

    def _error(self, line: int, column: str | None, bad: BadCell) -> None:
        self.errors.append(
            Problem(
                file=self.source.file,
                line=line,
                column=column,
                reason=bad.reason,
                remedy=self._remedy(bad, column),
            )
        )

    def _note_misfit(self, header: Header, line: int, cells: Sequence[str]) -> None:
        count, expected = len(cells), len(header.names)
        bad = BadCell(
            Sentence(
                _("The row has %(cells)s cells where %(expected)s are expected."),
                {"cells": str(count), "expected": str(expected)},
            ),
            _("Look for a comma too many or too few; text with commas needs quotes."),
        )
        self._error(line, None, bad)

    def _warn_of_lost_columns(self, header: Header) -> None:
        if self.source.table.keeps_others:
            return
        for name in (name for at, name in header.others):
            self.warnings.append(
                Problem(
                    file=self.source.file,
                    line=header.line,
                    column=name,
                    reason=_("Nothing is known of this column, so it was not read."),
                    remedy=_("Delete it, or correct its name."),
                    kind="column",
                )
            )

    def _refuse_huge_cells(
        self, line: int, cells: Sequence[str], names: Sequence[str]
    ) -> None:
        longest = max(cells, key=len)
        if len(longest) > self.limits.cell_characters:
            name = dict(enumerate(names)).get(cells.index(longest))
            raise cell_too_long(self.source.file, line, name, self.limits)

    def _too_many_rows(self, line: int) -> ImportFailed:
        return ImportFailed.at(
            self.source.file,
            line,
            reason=Sentence(
                _("The file has more than %(most)s rows."), {"most": self.limits.rows}
            ),
            remedy=SPLIT,
        )


def cell_too_long(
    file: str, line: int, column: str | None, limits: Limits
) -> ImportFailed:
    return ImportFailed.at(
        file,
        line,
        column,
        reason=Sentence(
            _("A cell has more than %(most)s characters."),
            {"most": limits.cell_characters},
        ),
        remedy=_("Shorten it. If it looks short, close the quote that it begins with."),
    )


def _cell(cells: Sequence[str], at: int | None) -> str:
    return "" if at is None else cells[at]


def _fits(cells: Sequence[str], header: Header) -> bool:
    """Is there a cell for each column, and nothing but blanks after them?"""
    return len(cells) >= len(header.names) and not any(cells[len(header.names) :])
