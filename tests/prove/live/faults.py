"""What the line to the provider does to a request, drawn by seed."""

from __future__ import annotations

from enum import StrEnum
from random import Random
from typing import Final

from attrs import define


class Fault(StrEnum):
    DELAYED = "delayed"
    RESET_BEFORE = "reset before the request arrived"
    RESET_WHILE = "reset while the request was on its way"
    RESET_AFTER = "reset before the answer came"
    CUT = "answer cut in half"
    DOUBLED = "request arrived twice"
    UNAVAILABLE = "503"
    THROTTLED = "429"
    GATEWAY = "502 in HTML"
    GARBLED = "200 in HTML after the effect"


_AT_THE_TOKEN_ENDPOINT: Final = (
    Fault.DELAYED,
    Fault.RESET_BEFORE,
    Fault.UNAVAILABLE,
    Fault.GATEWAY,
)
"""Whoever loses the answer with a rotated token must sign in again: nobody can help."""


@define
class Weather:
    """Strikes a share of the requests, until it is fair."""

    chance: Random
    share: float
    fair: bool = False

    def strike(self, path: str) -> Fault | None:
        drawn, which = self.chance.random(), self.chance.random()
        if self.fair or drawn >= self.share:
            return None
        kinds = _AT_THE_TOKEN_ENDPOINT if path.startswith("/oauth2/") else tuple(Fault)
        return kinds[int(which * len(kinds))]

    def pause(self) -> float:
        return 0.05 + self.chance.random()
