"""CSV files: commas, or what somebody has between cells instead; quotes, UTF-8."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from attrs import define, field
from django.utils.translation import gettext_noop as _

from rollkeeper.directory.importing.limits import Limits
from rollkeeper.directory.importing.problems import ImportFailed, Sentence
from rollkeeper.directory.importing.rows import Record, cell_too_long
from rollkeeper.directory.importing.tables import Table

QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
UNQUOTED = {
    delimiter: re.compile(rf'(?!")[^{delimiter}\r\n]*+') for delimiter in ",;\t"
}
LONGEST_HEADER = 100_000
LINE_END = re.compile(r"\r\n|\r|\n")

SAVE_AS_UTF8 = _(
    "Save it as CSV UTF-8 (in Excel: Save As, CSV UTF-8) and import again."
)


@define
class Lines:
    """The lines of a text, and those since the record that is being read began."""

    text: Iterator[str]
    read: int = 0
    record: list[str] = field(factory=list)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.text)
        self.read += 1
        self.record.append(line)
        return line

    @property
    def first(self) -> int:
        return self.read - len(self.record) + 1


@define
class DelimitedFile:
    """A CSV file; its records can be read once."""

    path: Path
    table: Table
    limits: Limits
    columns: Mapping[str, str] | None = None
    delimiter: str = ","
    position: int = field(default=0, init=False)
    _names: Sequence[str] = field(default=(), init=False)

    @property
    def file(self) -> str:
        return self.path.name

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def records(self) -> Iterator[Record]:
        with self.path.open("rb") as binary:
            self._refuse_other_contents(binary)
            text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
            for record in self._parsed(Lines(text)):
                self.position = binary.tell()
                yield record

    def _parsed(self, lines: Lines) -> Iterator[Record]:
        reader = csv.reader(lines, strict=True, delimiter=self.delimiter)
        while True:
            lines.record.clear()
            try:
                cells = next(reader, None)
            except csv.Error:
                raise self._broken(lines) from None
            except UnicodeDecodeError:
                raise self._not_utf8() from None
            if cells is None:
                return
            if any("\0" in line for line in lines.record):
                raise self._not_text(lines.first)
            self._names = self._names or cells
            yield lines.first, cells

    def _refuse_other_contents(self, binary: BinaryIO) -> None:
        head = binary.read(4)
        binary.seek(0)
        if head == b"PK\x03\x04":
            raise ImportFailed.at(
                self.file,
                reason=_("The file is a workbook or another archive, not CSV."),
                remedy=_("Save it as CSV, or give it a name that ends in .xlsx."),
            )
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ImportFailed.at(
                self.file, 1, reason=_("The file is UTF-16 text."), remedy=SAVE_AS_UTF8
            )

    def _not_utf8(self) -> ImportFailed:
        """Look for the line that the decoder, which reads far ahead, stumbled on."""
        with self.path.open("rb") as binary:
            for number, line in enumerate(binary, start=1):
                try:
                    line.decode()
                except UnicodeDecodeError as error:
                    byte = line[error.start]
                    return ImportFailed.at(
                        self.file,
                        number,
                        reason=Sentence(
                            _("The byte %(byte)s there is not UTF-8 text."),
                            {"byte": f"{byte:#04x}"},
                        ),
                        remedy=SAVE_AS_UTF8,
                    )
        raise AssertionError("what could not be decoded can be decoded now")

    def _not_text(self, line: int) -> ImportFailed:
        return ImportFailed.at(
            self.file,
            line,
            reason=_("There is a NUL character, which no text has."),
            remedy=SAVE_AS_UTF8,
        )

    def _broken(self, lines: Lines) -> ImportFailed:
        """Say where the cell begins that the reader could not make sense of."""
        text = "".join(lines.record)
        number, begin, end = last_cell(
            text, self.limits.cell_characters, self.delimiter
        )
        line = lines.first + len(LINE_END.findall(text, 0, begin))
        column = dict(enumerate(self._names)).get(number)
        if end - begin > self.limits.cell_characters:
            return cell_too_long(self.file, line, column, self.limits)
        if end == len(text):
            reason = _("The quote that is opened here is never closed.")
        else:
            reason = _("The quote that is opened here is closed before the cell ends.")
        return ImportFailed.at(
            self.file,
            line,
            column,
            reason=reason,
            remedy=_('Close it at the end; a quote inside the text is doubled: "".'),
        )


def delimiter_of(path: Path) -> str:
    """Return what the first line has most of between its cells; commas at a draw."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        plain = QUOTED.sub("", file.readline(LONGEST_HEADER))
    return max(UNQUOTED, key=plain.count)


def last_cell(text: str, longest: int, delimiter: str = ",") -> tuple[int, int, int]:
    """Return number, begin and end of the cell at which *text* cannot be read on.

    It is too long, or what follows is no delimiter, or nothing follows: then it ends
    where the text does.
    """
    number = begin = 0
    while True:
        cell = QUOTED.match(text, begin) or UNQUOTED[delimiter].match(text, begin)
        end = cell.end() if cell else len(text)
        if end - begin > longest or text[end : end + 1] != delimiter:
            return number, begin, end
        number, begin = number + 1, end + 1
