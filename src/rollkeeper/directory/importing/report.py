"""What an import did, file by file."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import asdict, frozen

from rollkeeper.directory.importing.problems import Problem


@frozen(kw_only=True)
class FileReport:
    """Rows of one file: *read* is the sum of the other four."""

    file: str
    read: int
    created: int
    changed: int
    unchanged: int
    bad: int


@frozen(kw_only=True)
class Absences:
    """What files that hold everything lack."""

    contacts: int | None
    """How many contacts; None without a file of them."""
    memberships: int | None
    """How many more places of contacts on lists."""
    members: Sequence[str] | None
    """Ids of members; they stay."""
    lists: Sequence[str] | None
    """Ids of lists; they stay as they are."""
    left: bool
    """Did the contacts and memberships leave? Else they wait for a person."""


@frozen(kw_only=True)
class ImportReport:
    files: tuple[FileReport, ...]
    errors: tuple[Problem, ...]
    """Why rows were left out, by file and line."""
    warnings: tuple[Problem, ...]
    """What was kept, yet is of no use as it stands, such as an invalid address."""
    marks: int
    """How many marks the changes left for those who follow the association."""
    absences: Absences | None = None
    """None when the files were not said to hold everything."""

    def to_json(self) -> dict[str, object]:
        document: dict[str, object] = {
            "files": [asdict(file) for file in self.files],
            "errors": [problem.to_json() for problem in self.errors],
            "warnings": [problem.to_json() for problem in self.warnings],
            "marks": self.marks,
        }
        if self.absences:
            document["absences"] = asdict(self.absences)
        return document
