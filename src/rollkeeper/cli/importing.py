"""`import`: files into the directory, with a progress bar and every bad row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from django_scopes import scope
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from rollkeeper.cli.choosing import actor, association_named
from rollkeeper.cli.holds import describe, name_of
from rollkeeper.cli.output import (
    FAILED,
    HELD,
    answer_json,
    answer_table,
    end,
    say,
    stderr,
)
from rollkeeper.directory.importing import (
    Absences,
    ImportFailed,
    ImportReport,
    Problem,
)
from rollkeeper.directory.models import Association
from rollkeeper.engine.importing import Imported, import_into
from rollkeeper.ledger.models import Hold

_SHOWN = 50
"""So many problems are listed for a person; --json has them all."""

_NAMED = 10
"""So many ids are named in a line."""


def run(
    paths: Sequence[Path], slug: str | None, *, complete: bool, as_json: bool
) -> None:
    association = association_named(slug)
    try:
        with scope(association=association):
            imported = import_with_progress(
                association, paths, by=actor(), complete=complete
            )
            document = _describe(imported)
    except ImportFailed as failure:
        _answer_failure(failure.problem, as_json=as_json)
        end(FAILED)
    if as_json:
        answer_json(document)
    else:
        _show(imported.report)
    if imported.hold:
        _tell_of(imported.hold)
        end(HELD)
    end(FAILED if imported.report.errors else 0)


def import_with_progress(
    association: Association,
    paths: Sequence[Path],
    *,
    by: str,
    complete: bool = False,
) -> Imported:
    """Import, with a bar on stderr where a person looks on."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("Importing", total=None)
        return import_into(
            association,
            paths,
            by=by,
            complete=complete,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _describe(imported: Imported) -> dict[str, object]:
    document = imported.report.to_json()
    if imported.report.absences:
        document["held"] = describe(imported.hold) if imported.hold else None
    return document


def _tell_of(hold: Hold) -> None:
    """What waits, and what to do about it, as a warning beside the result."""
    say(f"Nobody left: {hold.cause}")
    say(
        "If the files are wrong, correct them and import them again. If they are right,"
        f" 'rollkeeper approve {name_of(hold)}' lets those leave;"
        f" 'rollkeeper holds {hold.pk}' shows who they are."
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
    if report.absences:
        _show_absences(report.absences)
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


def _show_absences(absences: Absences) -> None:
    verb = "left" if absences.left else "wait to leave"
    if absences.contacts is not None:
        click.echo(f"Contacts that the files lack: {absences.contacts:,} {verb}.")
    if absences.memberships is not None:
        click.echo(
            f"Places on lists that they lack besides: {absences.memberships:,} {verb}."
        )
    for noun, missing in (("Members", absences.members), ("Lists", absences.lists)):
        if missing:
            some = ", ".join(missing[:_NAMED])
            more = f" and {len(missing) - _NAMED:,} more" if missing[_NAMED:] else ""
            click.echo(f"{noun} that they lack, which stay: {some}{more}.")
