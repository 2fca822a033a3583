"""What is wrong with a file, where exactly, and what to do about it."""

from __future__ import annotations

from typing import Literal, Self

from attrs import asdict, frozen


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
