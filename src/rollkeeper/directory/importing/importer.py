"""One import from its files to its report, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from attrs import define, field
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from rollkeeper.audit.services import record
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.importing import completeness, staging
from rollkeeper.directory.importing.checking import take_out_bad_rows
from rollkeeper.directory.importing.completeness import Search, staged
from rollkeeper.directory.importing.departing import Departures, depart
from rollkeeper.directory.importing.limits import LIMITS, Limits
from rollkeeper.directory.importing.merging import merge
from rollkeeper.directory.importing.problems import Problem
from rollkeeper.directory.importing.report import Absences, FileReport, ImportReport
from rollkeeper.directory.importing.rows import Reading, Row, Source
from rollkeeper.directory.importing.sources import find_sources
from rollkeeper.directory.importing.tables import (
    CONTACTS,
    LIST_MEMBERSHIPS,
    LISTS,
    MEMBERS,
)
from rollkeeper.directory.importing.turns import one_import_at_a_time
from rollkeeper.directory.models import Association

QUIET_TRIGGERS = "SET LOCAL pgtrigger.ignore = '{}'"
"""None is ignored, but saying so spares every trigger an exception, caught at a cost
that grows with the number of rows written before."""

ROWS_BETWEEN_PROGRESS = 1000


Progress = Callable[[int, int], None]
"""Takes how many rows have been read and how many there may be, all files together."""


def unwatched(done: int, total: int) -> None:
    """Tell nobody."""


def import_files(
    *,
    association: Association,
    paths: Sequence[Path],
    by: str,
    progress: Progress = unwatched,
    limits: Limits = LIMITS,
    departures: Departures | None = None,
    switched_on: bool = False,
) -> ImportReport:
    """Bring the directory to what the files say.

    What they do not mention stays, unless *departures* says that they are complete:
    then it decides, in the same transaction. New lists of which they do not say whether
    they are synchronized are *switched_on* or not. Raises `ImportFailed`, and changes
    nothing, when one of them cannot be read.
    """
    return import_sources(
        association=association,
        sources=find_sources(paths, limits),
        by=by,
        progress=progress,
        limits=limits,
        departures=departures,
        switched_on=switched_on,
    )


def import_sources(
    *,
    association: Association,
    sources: Sequence[Source],
    by: str,
    progress: Progress = unwatched,
    limits: Limits = LIMITS,
    departures: Departures | None = None,
    switched_on: bool = False,
) -> ImportReport:
    """As `import_files`, from sources that were found before, members first."""
    run = _Import(
        association_id=AssociationId(association.pk),
        sources=sources,
        progress=progress,
        switched_on=switched_on,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(QUIET_TRIGGERS)
        staging.create(cursor)
        readings = [run.read(cursor, Reading(source, limits)) for source in sources]
        one_import_at_a_time(cursor, run.association_id)
        absences = run.merge_all(cursor, readings, departures, by)
        report = run.report(cursor, absences)
        staging.drop(cursor)
        record(
            association_id=run.association_id,
            by=by,
            action="directory_imported",
            details={"files": report.to_json()["files"], "bad": len(report.errors)},
        )
    return report


@define
class _Import:
    association_id: AssociationId
    sources: Sequence[Source]
    progress: Progress
    switched_on: bool
    rows: int = 0
    """Read so far, in all files."""
    files: list[FileReport] = field(factory=list)
    created: dict[str, int] = field(factory=dict)
    """Table -> rows that are new."""
    errors: list[Problem] = field(factory=list)
    warnings: list[Problem] = field(factory=list)

    def read(self, cursor: CursorWrapper, reading: Reading) -> Reading:
        staging.fill(cursor, reading.source.table, self._watched(reading.rows()))
        self._tell()
        return reading

    def merge_all(
        self,
        cursor: CursorWrapper,
        readings: Sequence[Reading],
        departures: Departures | None,
        by: str,
    ) -> Absences | None:
        """Merge every file, then see to those whom complete files lack."""
        if departures is None or not departures.complete:
            for reading in readings:
                self.merge(cursor, reading)
            if departures:
                departures.are_here(partial(staged, cursor, self.association_id))
            return None
        completeness.begin(cursor)
        for reading in readings:
            completeness.note_named(cursor, reading)
            self.merge(cursor, reading)
        absences = self._let_leave(cursor, readings, departures, by)
        completeness.end(cursor)
        return absences

    def _let_leave(
        self,
        cursor: CursorWrapper,
        readings: Sequence[Reading],
        departures: Departures,
        by: str,
    ) -> Absences:
        search = Search(
            cursor=cursor,
            association_id=self.association_id,
            readings={one.source.table.name: one for one in readings},
            created=self.created,
        )
        missing = search.missing()
        left = departures.may_leave(missing)
        if left and missing.departing:
            depart(
                association_id=self.association_id,
                departing=missing.departing,
                by=by,
                details={"files": [part.file for part in missing.parts]},
            )
        return Absences(
            contacts=missing.count(CONTACTS.name),
            memberships=missing.count(LIST_MEMBERSHIPS.name),
            members=search.absent(MEMBERS),
            lists=search.absent(LISTS),
            left=left,
        )

    def merge(self, cursor: CursorWrapper, reading: Reading) -> None:
        """Check and merge what was read, and add up what came of it."""
        source = reading.source
        taken_out = take_out_bad_rows(
            cursor, source.table, source.file, self.association_id
        )
        in_their_words = map(reading.in_the_words_of_the_file, taken_out)
        errors = sorted(
            [*reading.errors, *in_their_words], key=lambda problem: problem.line or 0
        )
        created, changed = merge(
            cursor,
            source.table,
            self.association_id,
            switched_on=self.switched_on,
            absent=reading.absent,
        )
        self.created[source.table.name] = created
        bad = len({problem.line for problem in errors})
        self.errors += errors
        self.warnings += reading.warnings
        self.files.append(
            FileReport(
                file=source.file,
                read=reading.read,
                created=created,
                changed=changed,
                unchanged=reading.read - created - changed - bad,
                bad=bad,
            )
        )

    def report(self, cursor: CursorWrapper, absences: Absences | None) -> ImportReport:
        return ImportReport(
            files=tuple(self.files),
            errors=tuple(self.errors),
            warnings=tuple(self.warnings),
            marks=_marks_left(cursor, self.association_id),
            absences=absences,
        )

    def _watched(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            if self.rows % ROWS_BETWEEN_PROGRESS == 0:
                self._tell()
            yield row

    def _tell(self) -> None:
        position = sum(source.position for source in self.sources)
        size = sum(source.size for source in self.sources)
        self.progress(self.rows, round(self.rows * size / max(position, 1)))


def _marks_left(cursor: CursorWrapper, association_id: AssociationId) -> int:
    """Count the marks that this transaction wrote, by the id that all its rows bear."""
    cursor.execute("CREATE TEMP TABLE import_end AS SELECT true")
    cursor.execute(
        "SELECT count(*) FROM directory_mark"
        " WHERE association_id = %s AND xmin = (SELECT xmin FROM import_end)",
        [association_id],
    )
    (count,) = cursor.fetchone()
    cursor.execute("DROP TABLE import_end")
    return int(count)
