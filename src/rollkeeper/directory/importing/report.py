"""What an import did, file by file."""

from __future__ import annotations

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
class ImportReport:
    files: tuple[FileReport, ...]
    errors: tuple[Problem, ...]
    """Why rows were left out, by file and line."""
    warnings: tuple[Problem, ...]
    """What was kept, yet is of no use as it stands, such as an invalid address."""
    marks: int
    """How many marks the changes left for those who follow the association."""

    def to_json(self) -> dict[str, object]:
        return {
            "files": [asdict(file) for file in self.files],
            "errors": [problem.to_json() for problem in self.errors],
            "warnings": [problem.to_json() for problem in self.warnings],
            "marks": self.marks,
        }
