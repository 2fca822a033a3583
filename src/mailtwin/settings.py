"""What a twin is started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from attrs import field, frozen
from attrs.validators import in_

Mood = Literal["careful", "worst"]


def _frozen_mapping(answers: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(answers))


@frozen(kw_only=True)
class Settings:
    """How one twin behaves. The same seed and the same calls give the same story."""

    seed: int = 0
    mood: Mood = field(default="careful", validator=in_(("careful", "worst")))
    limits: bool = True
    job_seconds: tuple[float, float] = field(default=(0.5, 3.0))
    account: str = "Lakeside Chamber of Commerce"
    state: Path | None = None
    answers: Mapping[str, str] = field(factory=dict, converter=_frozen_mapping)

    @job_seconds.validator
    def _is_a_range(self, _attribute: object, value: tuple[float, float]) -> None:
        shortest, longest = value
        if not 0 <= shortest <= longest:
            raise ValueError(
                f"job seconds must be MIN:MAX with 0 <= MIN <= MAX, not "
                f"{shortest:g}:{longest:g}"
            )
