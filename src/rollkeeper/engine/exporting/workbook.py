"""Workbooks for people, written a row at a time.

Stands alone because loading what writes them takes longer than most exports.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from attrs import define, field
from openpyxl import Workbook  # type: ignore[import-untyped]

from rollkeeper.core.spreadsheets import as_text
from rollkeeper.engine.exporting.files import Row

ROWS_OF_A_SHEET: Final = 1_000_000
"""A sheet can have some 48,000 more."""

_NOT_IN_XML: Final = re.compile("[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")


@define(kw_only=True)
class Xlsx:
    """One workbook without formulas; a new sheet wherever one is full."""

    path: Path
    columns: Row
    rows_of_a_sheet: int = ROWS_OF_A_SHEET
    _book: Workbook = field(factory=lambda: Workbook(write_only=True), init=False)
    _sheet: Any = field(init=False)
    _rows: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._begin()

    def add(self, row: Row) -> None:
        if self._rows == self.rows_of_a_sheet:
            self._begin()
        self._sheet.append([as_text(_NOT_IN_XML.sub("", cell)) for cell in row])
        self._rows += 1

    def end(self) -> Sequence[Path]:
        self._book.save(self.path)
        return [self.path]

    def _begin(self) -> None:
        number = len(self._book.worksheets) + 1
        self._sheet = self._book.create_sheet(f"Contacts {number}")
        self._sheet.append(list(self.columns))
        self._rows = 0
