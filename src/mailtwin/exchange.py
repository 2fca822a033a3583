"""What comes in and what goes out, without any web framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen

Json = Any  # what json.loads gives: the shape is checked where it is read


@frozen(kw_only=True)
class Call:
    """One request as it arrived, its body complete."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float


@frozen(kw_only=True)
class Answer:
    """One response. A body that is neither bytes nor None goes out as JSON."""

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(factory=dict)
    media_type: str = "application/json"


@frozen(kw_only=True)
class Violation:
    """Something the contract forbids, or a careful client must never do."""

    kind: str
    detail: str


@define(kw_only=True)
class Remarks:
    """What a handler learns about a call for the record, besides its answer."""

    api_key: str | None = None
    account: str | None = None
    rows: int | None = None
    violations: list[Violation] = field(factory=list)

    def violation(self, kind: str, detail: str) -> None:
        self.violations.append(Violation(kind=kind, detail=detail))
