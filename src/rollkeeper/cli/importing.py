"""`import`: files into the directory, with a progress bar and every bad row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from django_scopes import scope
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.output import FAILED, answer_json, answer_table, end, stderr
from rollkeeper.directory.importing import (
    ImportFailed,
    ImportReport,
    Problem,
    import_files,
)
from rollkeeper.directory.models import Association

_SHOWN = 50
"""So many problems are listed for a person; --json has them all."""


def run(paths: Sequence[Path], slug: str | None, *, as_json: bool) -> None:
    association = association_named(slug)
    try:
        with scope(association=association):
            report = import_with_progress(association, paths, by=actor())
    except ImportFailed as failure:
        _answer_failure(failure.problem, as_json=as_json)
        end(FAILED)
    if as_json:
        answer_json(report.to_json())
    else:
        _show(report)
    end(FAILED if report.errors else 0)


def import_with_progress(
    association: Association, paths: Sequence[Path], *, by: str
) -> ImportReport:
    """Import, with a bar on stderr where a person looks on."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("Importing", total=None)
        return import_files(
            association=association,
            paths=paths,
            by=by,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _answer_failure(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        answer_json({"failed": problem.to_json()})
    click.echo(f"Nothing was imported. {problem}", err=True)


def _show(report: ImportReport) -> None:
    answer_table(
        "Imported",
        ("file", "read", "new", "changed", "unchanged", "bad"),
        [
            (file.file, file.read, file.created, file.changed, file.unchanged, file.bad)
            for file in report.files
        ],
    )
    for heading, problems in (
        ("Left out", report.errors),
        ("Kept, but of no use as they are", report.warnings),
    ):
        if problems:
            click.echo(f"\n{heading}:")
        for problem in problems[:_SHOWN]:
            click.echo(f"  {problem}")
        if len(problems) > _SHOWN:
            click.echo(f"  … and {len(problems) - _SHOWN} more; --json has them all.")
