"""What a seeded bug is."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

from attrs import frozen
from tests.prove.mutation.installing import install

SOURCES = Path(__file__).parents[3] / "src" / "rollkeeper"

BOTH_STORES = "stores"
"""Where a bug in SQL is found: PostgreSQL and memory do not remember the same."""


class NoSuchText(Exception):
    """The product has changed: the bug must be told anew."""


@frozen(kw_only=True)
class Bug:
    wrong: str
    """What goes wrong, in a sentence."""
    file: str
    text: str
    """What stands there, once."""
    instead: str
    level: str
    """The level that finds it, the cheapest one that can, or `BOTH_STORES`."""

    def changed(self) -> str:
        """Return the file with the bug, or raise `NoSuchText`."""
        source = self._source()
        if source.count(self.text) != 1:
            times = source.count(self.text)
            raise NoSuchText(f"{self.file} has {self.text!r} {times} times, not once")
        return source.replace(self.text, self.instead)

    def put_in(self) -> None:
        """Have this process make the mistake from now on."""
        name = self.file.removesuffix(".py").replace("/", ".")
        module = import_module(f"rollkeeper.{name}")
        install(ast.parse(self.changed()), ast.parse(self._source()), module)

    def _source(self) -> str:
        return (SOURCES / self.file).read_text(encoding="utf-8")
