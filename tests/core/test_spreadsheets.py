from __future__ import annotations

import csv
import io

import pytest

from rollkeeper.core.spreadsheets import as_file, as_text


@pytest.mark.parametrize("begin", [*"=+-@\t\r\n\0", *"\uff1d\uff0b\uff0d\uff20"])
def test_a_cell_that_begins_like_a_formula_becomes_text(begin: str) -> None:
    assert as_text(f'{begin}HYPERLINK("http://x.example")').startswith(f"'{begin}")


@pytest.mark.parametrize("cell", ["", "Zoë", "o'neill@x.example", "a=b", " 1-2"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert as_text(cell) == cell


def test_a_file_reads_back_as_the_rows_that_it_was_made_of() -> None:
    rows = [("a, b", 'says "so"'), ("two\nlines", ""), ("é", "x")] * 700

    written = b"".join(as_file(("one", "two"), rows)).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(written, newline=""))) == [
        ["one", "two"],
        *(list(row) for row in rows),
    ]


def test_a_long_file_comes_in_portions() -> None:
    assert len(list(as_file(("one",), (("x",) for _ in range(1200))))) == 3


def test_nobody_makes_a_file_with_a_head_alone() -> None:
    assert b"".join(as_file(("one", "two"), [])) == b"\xef\xbb\xbfone,two\r\n"
