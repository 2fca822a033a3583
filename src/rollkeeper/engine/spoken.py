"""Tables of words: what is read from one is in the language that is active then.

Nobody activates a language but the pages, and who writes to somebody on the staff; the
command line, logs and workers read English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from attrs import evolve, fields, has
from django.utils.formats import number_format
from django.utils.translation import gettext

K = TypeVar("K")
V = TypeVar("V")


class Spoken(Mapping[K, V]):
    """A table whose values are marked sentences, pairs of such, or values of them."""

    def __init__(self, marked: Mapping[K, V]) -> None:
        self._marked = marked

    def __getitem__(self, key: K) -> V:
        return spoken(self._marked[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._marked)

    def __len__(self) -> int:
        return len(self._marked)


def spoken(marked: V) -> V:
    """Return *marked* in the language that is active."""
    said: object = marked
    if isinstance(marked, str):
        said = gettext(marked)
    elif isinstance(marked, tuple):
        said = tuple(spoken(one) for one in marked)
    elif has(type(marked)):
        said = _value_spoken(marked)
    return said  # type: ignore[return-value]  # of the type that came


def _value_spoken(value: Any) -> Any:
    parts = {one.name: spoken(getattr(value, one.name)) for one in fields(type(value))}
    return evolve(value, **parts)


def figure(number: int) -> str:
    """Return the number as one reads it, with its thousands marked."""
    return number_format(number, force_grouping=True)
