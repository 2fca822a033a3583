"""What is wrong with a file, where exactly, and what to do about it.

It is English as text, for the command line. What pages show is marked and kept apart
from what stands in its gaps, so that they can say it in the language of who reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import asdict, frozen


class Sentence(str):
    """A sentence in English that also tells what it was made from."""

    __slots__ = ("marked", "values")
    marked: str
    values: Mapping[str, str | int]
    """What stands in its gaps: figures, or words as they are."""

    def __new__(cls, marked: str, values: Mapping[str, str | int]) -> Self:
        said = {
            name: f"{value:,}" if isinstance(value, int) else value
            for name, value in values.items()
        }
        self = super().__new__(cls, marked % said)
        self.marked, self.values = marked, values
        return self

    @classmethod
    def again(cls, kept: Any) -> str:
        """Return what was kept by `kept`."""
        return kept if isinstance(kept, str) else cls(*kept)

    @property
    def kept(self) -> list[object]:
        """For JSON, which would keep the English alone."""
        return [self.marked, dict(self.values)]

    def with_value(self, name: str, value: str) -> Sentence:
        """Put *value* into the gap of that name, if there is one."""
        if name not in self.values:
            return self
        return Sentence(self.marked, {**self.values, name: value})


@frozen(kw_only=True)
class Problem:
    file: str
    line: int | None
    """Counted in the file as it is, from 1, the header and blank lines included."""
    column: str | None
    reason: str
    remedy: str
    kind: Literal["file", "row", "address", "column"] = "row"
    """What suffers: the whole import, or only the row, the address or the column."""

    def __str__(self) -> str:
        place = [self.file]
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column {self.column}")
        return f"{', '.join(place)}: {self.reason} {self.remedy}"

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    def kept(self) -> dict[str, object]:
        """As `to_json`, with what sentences were made from."""
        said = {"reason": self.reason, "remedy": self.remedy}
        return asdict(self) | {
            name: text.kept if isinstance(text, Sentence) else text
            for name, text in said.items()
        }

    @classmethod
    def again(cls, kept: Mapping[str, Any]) -> Self:
        """Return the problem that was kept by `kept`."""
        said = {name: Sentence.again(kept[name]) for name in ("reason", "remedy")}
        return cls(**{**kept, **said})


class ImportFailed(Exception):
    """A file cannot be read as a whole; nothing at all was imported."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    @classmethod
    def at(
        cls,
        file: str,
        line: int | None = None,
        column: str | None = None,
        *,
        reason: str,
        remedy: str,
    ) -> Self:
        return cls(
            Problem(
                file=file,
                line=line,
                column=column,
                reason=reason,
                remedy=remedy,
                kind="file",
            )
        )
