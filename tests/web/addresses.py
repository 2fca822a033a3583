"""Every address there is, as the resolver has it, and what its view needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rollkeeper.web.permissions import DOORS, Door
from rollkeeper.web.staff import Needs, asks_again, needs_of


@frozen(kw_only=True)
class Address:
    name: str
    pattern: str
    needs: Needs | None
    door: Door | None
    again: bool
    """Does it ask for the password again?"""
    wants: tuple[str, ...]
    """Names of the parts that stand for a row or a word."""

    def path(self, words: Mapping[str, Any]) -> str:
        return reverse(self.name, kwargs={one: words[one] for one in self.wants})


def every_address() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(
    patterns: Iterable[URLPattern | URLResolver], before: str
) -> Iterator[Address]:
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, here)
            continue
        name = str(one.name)
        by_regex = getattr(one.pattern, "regex", None)
        wants = one.pattern.converters or (by_regex.groupindex if by_regex else ())
        yield Address(
            name=name,
            pattern="/" + here.replace("^", "").replace("$", ""),
            needs=needs_of(one.callback),
            door=DOORS.get(name),
            again=asks_again(one.callback),
            wants=tuple(wants),
        )
