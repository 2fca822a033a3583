"""A language in which everything that can be translated stands in brackets.

What stands outside of them on a page is either data, or was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any, Final

from django.utils import translation
from django.utils.translation import trans_real

CODE: Final = "xx"
OPEN, CLOSE = "⟦", "⟧"
SHOWN: Final = frozenset({"aria-label", "alt", "placeholder", "title", "data-label"})
"""Attributes that people see or hear."""
SILENT: Final = frozenset({"script", "style", "svg", "code", "pre", "template"})


class Pseudo:
    """As much of a catalogue as Django asks for."""

    def gettext(self, message: str) -> str:
        plain = message.rpartition("\4")[2]
        return f"{OPEN}{plain}{CLOSE}" if plain.strip() else plain

    def ngettext(self, one: str, many: str, number: float) -> str:
        return self.gettext(one if number == 1 else many)

    def to_language(self) -> str:
        return CODE


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Let people choose the language; English again afterwards."""
    catalogues: Any = trans_real._translations  # type: ignore[attr-defined]
    catalogues[CODE] = Pseudo()
    try:
        yield
    finally:
        del catalogues[CODE]
        translation.activate("en")


class Reader(HTMLParser):
    """Collects the words of a page that stand outside of brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.silent = 0
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for name, value in attrs:
            if value and name in SHOWN:
                self._hear(value)
        if dict(attrs).get("type") == "submit" and tag == "input":
            self._hear(dict(attrs).get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.depth = self._read(data, self.depth)

    def _hear(self, value: str) -> None:
        self._read(value, 0)

    def _read(self, text: str, depth: int) -> int:
        kept = ""
        for one in text:
            depth += (one == OPEN) - (one == CLOSE)
            if depth == 0 and one != CLOSE:
                kept += one
        kept = " ".join(kept.split())
        if re.search(r"[^\W\d_]{2}", kept):
            self.outside.append(kept)
        return depth


def outside_of_brackets(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    assert reader.depth == 0, "brackets that are not closed"
    return reader.outside
