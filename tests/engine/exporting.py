"""Exports of tests: what stands in the files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from attrs import frozen
from django_scopes import scope

from rollkeeper.directory.models import Association
from rollkeeper.engine.exporting import Chosen, Exported, Format, export
from rollkeeper.engine.postgres import STORE

Choice = Callable[[], Chosen]


@frozen
class Files:
    """What an export left in its folder."""

    exported: Exported

    @property
    def rows(self) -> list[dict[str, str]]:
        """Those of all parts."""
        return [row for path in self.exported.parts for row in rows_of(path)]

    @property
    def mailboxes(self) -> list[str]:
        return [row["email"] for row in self.rows]

    @property
    def left_out(self) -> list[dict[str, str]]:
        return rows_of(self.exported.left_out_file)

    @property
    def reasons(self) -> dict[str, str]:
        return {row["E-mail address"]: row["Reason"] for row in self.left_out}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def exported(
    association: Association,
    choice: Choice,
    folder: Path,
    format: Format = Format.CONSTANT_CONTACT,
) -> Files:
    with scope(association=association):
        return Files(
            export(choice(), format, store=STORE, folder=folder, by="staff:ann")
        )
