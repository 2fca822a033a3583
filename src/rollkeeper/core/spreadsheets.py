"""Tables as files for people's spreadsheet programs: RFC 4180, in UTF-8 with its mark.

Such a program takes some cells for formulas and may do what they say. What comes from
members is text: a cell that begins like a formula begins with an apostrophe instead.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_LIKE_A_FORMULA: Final = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "\0"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),  # the same four in full width
)
_LINES_AT_A_TIME: Final = 500


def as_text(cell: str) -> str:
    """Return the cell so that no program takes it for a formula."""
    return f"'{cell}" if cell.startswith(_LIKE_A_FORMULA) else cell


def as_file(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield the file, some hundred lines at a time."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([as_text(cell) for cell in row])
        if number % _LINES_AT_A_TIME == 0:
            yield _taken_from(buffer)
    yield _taken_from(buffer)


def _taken_from(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written
