"""Faults by rule: which call goes wrong, and how."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import count
from random import Random
from typing import Literal, get_args

from attrs import define, field, frozen

from mailtwin.exchange import Call, Json

Kind = Literal[
    "timeout",
    "lost_answer",
    "status",
    "500",
    "503",
    "html_502",
    "slow",
    "job_failed",
    "job_partial",
    "token_revoked",
]


class BadRule(ValueError):
    """The rule names no known fault, or a number makes no sense."""


@frozen(kw_only=True)
class Rule:
    """Hit calls of *method* on *path* (a shell pattern), by number or by chance.

    ``nth`` counts the matching calls from 1. Without ``nth`` and ``probability``
    every matching call is hit, at most ``times`` times.
    """

    kind: Kind
    method: str | None = None
    path: str = "*"
    nth: int | None = None
    probability: float | None = None
    times: int | None = None
    seconds: float | None = None
    status: int = 500
    body: Json = None


@define
class _Armed:
    number: int
    rule: Rule
    seen: int = 0
    hits: int = 0


def read_rule(document: Json) -> Rule:
    """Return the rule a JSON document describes. Raises BadRule."""
    if not isinstance(document, dict):
        raise BadRule('a fault is an object such as {"kind": "500"}')
    names = {a.name for a in Rule.__attrs_attrs__}
    if unknown := sorted(set(document) - names):
        raise BadRule(f"a fault has no {', '.join(unknown)}")
    if document.get("kind") not in get_args(Kind):
        raise BadRule(f"kind must be one of {', '.join(get_args(Kind))}")
    for name in ("nth", "times", "status"):
        if not isinstance(document.get(name, 1), int) or document.get(name, 1) < 1:
            raise BadRule(f"{name} must be a whole number from 1")
    for name in ("probability", "seconds"):
        value = document.get(name, 0)
        if not isinstance(value, int | float) or value < 0:
            raise BadRule(f"{name} must be a number, not below 0")
    return Rule(**document)


@define
class Faults:
    """The armed rules, in the order they were given; the first that hits wins."""

    chance: Random
    _armed: list[_Armed] = field(factory=list)
    _numbers: count[int] = field(factory=lambda: count(1))

    def arm(self, rule: Rule) -> int:
        armed = _Armed(next(self._numbers), rule)
        self._armed.append(armed)
        return armed.number

    def clear(self) -> None:
        self._armed.clear()

    def strike(self, call: Call) -> Rule | None:
        """Return the rule that hits *call*, having counted it for every rule."""
        hit = None
        for armed in self._armed:
            if self._hits(armed, call) and hit is None:
                armed.hits += 1
                hit = armed.rule
        return hit

    def _hits(self, armed: _Armed, call: Call) -> bool:
        rule = armed.rule
        if rule.method not in (None, call.method):
            return False
        if not fnmatchcase(call.path, rule.path):
            return False
        armed.seen += 1
        if rule.times is not None and armed.hits >= rule.times:
            return False
        if rule.nth is not None:
            return armed.seen == rule.nth
        if rule.probability is not None:
            return self.chance.random() < rule.probability
        return True

    def document(self) -> list[dict[str, Json]]:
        return [
            {
                "id": armed.number,
                "kind": armed.rule.kind,
                "method": armed.rule.method,
                "path": armed.rule.path,
                "seen": armed.seen,
                "hits": armed.hits,
            }
            for armed in self._armed
        ]
