"""What can be done to an import that staff make on the pages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from attrs import asdict, evolve, frozen
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from rollkeeper.audit.services import record
from rollkeeper.directory.importing import (
    LIMITS,
    TABLES,
    Choice,
    Guess,
    ImportFailed,
    Problem,
    Sentence,
    Sheet,
    guess,
)
from rollkeeper.directory.models import Import, ImportState

MOST_FILES: Final = 12

LONGEST_NAME: Final = 120

Upload = tuple[str, Iterable[bytes]]
"""The name of a file, and what is in it, in pieces."""

_PROBLEMS: Final = "problems.jsonl"
"""The file of all problems, beside those that were sent."""


@frozen(kw_only=True)
class Found:
    """A sheet, and which table and columns somebody says or we guess."""

    path: str
    """Within the folder of the import."""
    sheet: str
    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    table: str
    """Empty: it is not read."""
    columns: Mapping[str, str]

    def samples(self, name: str) -> Sequence[str]:
        return self.as_sheet(Path()).samples(name)

    def as_sheet(self, folder: Path) -> Sheet:
        return Sheet(
            path=folder / self.path,
            sheet=self.sheet,
            names=tuple(self.names),
            rows=tuple(tuple(row) for row in self.rows),
        )


def folder_of(one: Import) -> Path:
    """Return where its files lie. Web and workers have to see the same folder."""
    return Path(settings.HOME) / "imports" / str(one.pk)


def found_in(one: Import) -> Sequence[Found]:
    return [Found(**sheet) for sheet in one.sheets]


def choices_of(one: Import) -> Sequence[Choice]:
    """Return what is to be read."""
    tables = {table.name: table for table in TABLES}
    return [
        Choice(
            path=folder_of(one) / found.path,
            sheet=found.sheet,
            table=tables[found.table],
            columns=found.columns,
        )
        for found in found_in(one)
        if found.table
    ]


def receive(*, association_id: int, uploads: Sequence[Upload], by: str) -> Import:
    """Keep the files for a worker to look at; raises `ImportFailed` for one too big."""
    one = Import.objects.create(
        association_id=association_id, by=by, files=[name for name, _ in uploads]
    )
    try:
        for number, (name, pieces) in enumerate(uploads, start=1):
            _keep(folder_of(one) / str(number), name, pieces)
    except ImportFailed:
        forget(one)
        raise
    return one


def paths_of(one: Import) -> Sequence[Path]:
    """Return the files in the order in which they were sent."""
    folder = folder_of(one)
    return [
        folder / str(number) / _safe(name)
        for number, name in enumerate(one.files, start=1)
    ]


def note_found(one: Import, sheets: Iterable[Sheet]) -> None:
    """Note what was found, with a guess at what it means."""
    before = _chosen_before(one.association_id)
    found = [_found(one, sheet, guess(sheet, before)) for sheet in sheets]
    one.sheets = [asdict(sheet) for sheet in _once_each(found)]
    _go_on(one, to=ImportState.CHOOSING, of=(ImportState.LOOKING,))


def choose(one: Import, found: Sequence[Found], *, complete: bool) -> None:
    """Have a worker try out what was chosen."""
    one.sheets = [asdict(sheet) for sheet in found]
    one.complete = complete
    one.trial = None
    _go_on(
        one,
        to=ImportState.CHECKING,
        of=(ImportState.CHOOSING, ImportState.CHECKED, ImportState.FAILED),
    )


def choose_again(one: Import) -> None:
    _go_on(
        one,
        to=ImportState.CHOOSING,
        of=(ImportState.CHECKED, ImportState.FAILED),
    )


def note_trial(one: Import, trial: Mapping[str, Any]) -> None:
    one.trial = dict(trial)
    _go_on(one, to=ImportState.CHECKED, of=(ImportState.CHECKING,))


def go(one: Import) -> None:
    """Have a worker import what was looked at."""
    _go_on(one, to=ImportState.IMPORTING, of=(ImportState.CHECKED,))


def note_done(one: Import, result: Mapping[str, Any], *, at: datetime) -> None:
    one.result = dict(result)
    one.finished_at = at
    _go_on(one, to=ImportState.DONE, of=(ImportState.IMPORTING,))


def note_failed(one: Import, problem: Problem, *, at: datetime) -> None:
    one.problem = str(problem)
    one.result = {"failed": problem.kept()}
    one.finished_at = at
    _go_on(one, to=ImportState.FAILED, of=(ImportState(one.state),))


def begin_attempt(one: Import) -> int:
    """Count that a worker begins, and return the number."""
    one.attempts += 1
    Import.objects.filter(pk=one.pk).update(attempts=one.attempts)
    return one.attempts


def keep_problems(one: Import, problems: Iterable[Problem]) -> None:
    with (folder_of(one) / _PROBLEMS).open("w", encoding="utf-8") as file:
        for problem in problems:
            file.write(json.dumps(problem.kept()) + "\n")


def all_problems(one: Import) -> Iterator[Problem] | None:
    """Return what was wrong with the files; None when that was deleted meanwhile."""
    try:
        file = (folder_of(one) / _PROBLEMS).open(encoding="utf-8")
    except FileNotFoundError:
        return None
    return _read_problems(file)


def _read_problems(file: TextIO) -> Iterator[Problem]:
    with file:
        for line in file:
            yield Problem.again(json.loads(line))


def has_problems(one: Import) -> bool:
    return (folder_of(one) / _PROBLEMS).is_file()


def forget(one: Import) -> None:
    """Delete an import that was not made, with its files."""
    shutil.rmtree(folder_of(one), ignore_errors=True)
    one.delete()


@transaction.atomic
def discard(one: Import, *, by: str) -> None:
    record(
        association_id=one.association_id,
        by=by,
        action="import_discarded",
        details={"files": list(one.files)},
    )
    forget(one)


def delete_files(one: Import) -> None:
    """Delete what was sent; what was wrong with it can still be looked up."""
    for path in paths_of(one):
        shutil.rmtree(path.parent, ignore_errors=True)


def delete_all_files(one: Import) -> None:
    shutil.rmtree(folder_of(one), ignore_errors=True)


class NotNow(Exception):
    """Somebody else, or a worker, went on with the import in the meantime."""


def _go_on(one: Import, *, to: ImportState, of: Collection[ImportState]) -> None:
    """Write the import, unless it is no longer in one of these states."""
    one.state = to
    one.attempts = 0
    fields = ("sheets", "complete", "trial", "result", "problem", "finished_at")
    changed = Import.objects.filter(pk=one.pk, state__in=of).update(
        state=to, attempts=0, **{name: getattr(one, name) for name in fields}
    )
    if not changed:
        raise NotNow


def _keep(folder: Path, name: str, pieces: Iterable[bytes]) -> None:
    folder.mkdir(mode=0o700, parents=True)
    written = 0
    with (folder / _safe(name)).open("xb") as file:
        for piece in pieces:
            written += len(piece)
            if written > LIMITS.file_bytes:
                raise ImportFailed.at(
                    name,
                    reason=Sentence(
                        gettext_noop("The file has more than %(most)s bytes."),
                        {"most": LIMITS.file_bytes},
                    ),
                    remedy=gettext_noop(
                        "Split it into parts, and import one after the other."
                    ),
                )
            file.write(piece)


def _safe(name: str) -> str:
    """Return *name* as one that no folder can be left by, with its ending."""
    plain = "".join(one for one in name if one.isprintable() and one not in "/\\\0")
    return plain.strip(". ")[-LONGEST_NAME:] or "file.csv"


def _found(one: Import, sheet: Sheet, guessed: Guess) -> Found:
    return Found(
        path=str(sheet.path.relative_to(folder_of(one))),
        sheet=sheet.sheet,
        names=sheet.names,
        rows=sheet.rows,
        table=guessed.table.name if guessed.table else "",
        columns=dict(guessed.columns),
    )


def _once_each(found: Iterable[Found]) -> Iterable[Found]:
    """Each table is read from one sheet; which, if several could be it, staff say."""
    taken: set[str] = set()
    for sheet in found:
        again = sheet.table in taken
        yield evolve(sheet, table="", columns={}) if again else sheet
        taken.add(sheet.table)


def _chosen_before(association_id: int) -> Mapping[str, Mapping[str, str]]:
    """Return what columns were called the last time, by table."""
    newest = Import.objects.filter(
        association_id=association_id, state=ImportState.DONE
    ).order_by("-pk")[:10]
    chosen: dict[str, Mapping[str, str]] = {}
    for one in newest:
        for sheet in found_in(one):
            chosen.setdefault(sheet.table, sheet.columns)
    return chosen
