"""What a level of the proof is, and what a history on it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeAlias

from attrs import asdict, field, frozen, has

Cell: TypeAlias = tuple[str, ...]
"""One thing a history can reach, such as `("add", "answer lost", "unknown there")`."""


class Promise(StrEnum):
    """What no history may break. The values are what is printed after a zero."""

    LOST = "lost changes"
    MAILABLE = "suppressed made mailable"
    LIMITS = "removals over a limit"
    QUOTA = "requests over quota"
    TWICE = "duplicate effects"
    TENANTS = "cross-tenant rows"
    SECRETS = "secrets seen"
    PASSES = "histories of more than 3 passes"
    LAWS = "other laws broken"
    CRASHES = "histories that crashed"
    REPEATS = "seeds that did not repeat"


@frozen(kw_only=True)
class Violation:
    promise: Promise
    law: str
    """Which one, in a word or a number: "I5", "commutation"."""
    what: str
    """What was found, for the person who has to mend it."""


@frozen(kw_only=True)
class Trace:
    """What came of one history."""

    histories: int = 1
    """More on a level whose seed stands for many that are lived at the same time."""
    counts: Mapping[str, int] = field(factory=dict)
    most: Mapping[str, int] = field(factory=dict)
    cells: frozenset[Cell] = frozenset()
    violations: tuple[Violation, ...] = ()
    record: object = ()
    """All that happened, in order; only its text is looked at, and only sometimes."""

    def digest(self) -> str:
        return sha256(_text(self.record).encode()).hexdigest()


def _text(value: object) -> str:
    """Return it as text that does not depend on the order of sets."""
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(_text, value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{_text(key)}: {_text(inside)}" for key, inside in value.items())
        return f"({', '.join(pairs)})"
    if has(type(value)):
        inside = asdict(value, recurse=False)  # type: ignore[arg-type]
        return f"{type(value).__name__}{_text(inside)}"
    return repr(value)


@frozen(kw_only=True)
class Level:
    name: str
    what: str
    run: Callable[[int], Trace]
    full: int
    """How many histories a full run lives through."""
    everyday: int
    """How many of them fit beside the other tests."""
    cells: frozenset[Cell] = frozenset()
    exhaustive: bool = False
    repeatable: bool = True
    processes: int | None = None
    """At most so many at a time; None for as many as the machine has processors."""
    prepare: Callable[[], AbstractContextManager[object]] = nullcontext
    minimise: Callable[[int], Any] | None = None
    replay: Callable[[Any], Trace] | None = None
    explain: Callable[[Mapping[str, int]], str] | None = None
    """More to print of the counts of a run, such as a matrix."""
