from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    message: str
    remedy: str = ""
    """What to do; empty when nothing is to be done."""

    @classmethod
    def good(cls, *, name: str, message: str) -> Check:
        return cls(name=name, ok=True, message=message)

    @classmethod
    def bad(cls, *, name: str, message: str, remedy: str) -> Check:
        return cls(name=name, ok=False, message=message, remedy=remedy)
