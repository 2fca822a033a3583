"""docs/behaviour-tests.md names tests that exist, and leaves no behaviour out."""

from __future__ import annotations

import re

import pytest
from tests.docs.pages import ROOT, text_of

PAGE = text_of("docs/behaviour-tests.md")
NAMED = re.findall(r"`([\w/]+)::(test_\w+)`", PAGE)
ROW = re.compile(r"^\| (.+) \| (.+) \|$", re.MULTILINE)
NUMBERS = [f"S{number}" for number in range(1, 45)]


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_a_named_test_exists(file: str, name: str) -> None:
    text = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
    assert re.search(rf"^ *def {name}\(", text, re.MULTILINE)


def test_every_row_names_a_test() -> None:
    rows = [row for row in ROW.findall(PAGE) if row[1] not in ("Shown by", "---")]
    assert rows
    assert [row for row in rows if "::test_" not in row[1]] == []


def test_no_behaviour_is_left_out() -> None:
    assert re.findall(r"^\| (S\d+) \|", PAGE, re.MULTILINE) == NUMBERS
