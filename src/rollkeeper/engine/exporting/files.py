"""The files themselves, written a row at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from attrs import define, field

from rollkeeper.core.spreadsheets import as_text
from rollkeeper.engine.exporting.formats import Shape

_MARK: Final = "\ufeff".encode()
"""By it a spreadsheet program knows that a file is UTF-8."""

Row = Sequence[str]


class Table(Protocol):
    """Takes rows, and has nothing but a row in memory."""

    def add(self, row: Row) -> None: ...

    def end(self) -> Sequence[Path]:
        """Complete the files and return them, in order. Must be called, once."""
        ...


@define(kw_only=True)
class CsvParts:
    """CSV, plain as programs want it; a new file wherever one would get too large."""

    folder: Path
    name: str
    shape: Shape
    _written: list[Path] = field(factory=list, init=False)
    _file: BinaryIO = field(init=False)
    _rows: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._begin()

    def add(self, row: Row) -> None:
        line = _line(row)
        if self._full(line):
            self._file.close()
            self._begin()
        self._file.write(line)
        self._rows += 1

    def end(self) -> Sequence[Path]:
        self._file.close()
        if len(self._written) == 1:
            return [self._written[0].rename(self._path(self.name))]
        of = len(self._written)
        return [
            one.rename(self._path(f"{self.name}-{number}-of-{of}"))
            for number, one in enumerate(self._written, 1)
        ]

    def _begin(self) -> None:
        path = self._path(f"part-{len(self._written) + 1}")
        self._file = path.open("wb")
        self._written.append(path)
        self._rows = 0
        self._file.write(_line(self.shape.columns))

    def _full(self, line: bytes) -> bool:
        rows, size = self.shape.rows, self.shape.size
        return (rows is not None and self._rows >= rows) or (
            size is not None and self._file.tell() + len(line) > size
        )

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{self.shape.suffix}"


@define(kw_only=True)
class CsvForPeople:
    """One CSV file that no spreadsheet program takes for formulas."""

    path: Path
    columns: Row
    _file: BinaryIO = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._file = self.path.open("wb")
        self._file.write(_MARK + _line(self.columns))

    def add(self, row: Row) -> None:
        self._file.write(_line([as_text(cell) for cell in row]))

    def end(self) -> Sequence[Path]:
        self._file.close()
        return [self.path]


def _line(row: Row) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(row)
    return buffer.getvalue().encode()
