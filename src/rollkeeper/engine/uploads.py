"""Imports that staff make on the pages: what a worker does for them.

Each step is told by the state of the import, and ends by writing the next one in the
same transaction as what it did. A worker that is killed leaves the state as it was, and
another begins again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop as _
from django_scopes import scope, scopes_disabled

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.directory.importing import (
    LIMITS,
    ImportFailed,
    Problem,
    Sentence,
    chosen_sources,
    first_rows,
    sheets_in,
)
from rollkeeper.directory.importing import sending as imports
from rollkeeper.directory.models import FOR_A_WORKER, Import, ImportState
from rollkeeper.engine.importing import Imported, bring_in, try_out
from rollkeeper.engine.previewing import as_seen_last
from rollkeeper.engine.reconcile import Surroundings, connected
from rollkeeper.engine.switches import kept

log = structlog.get_logger()

SHOWN: Final = 50
"""So many problems are kept with the import; the file beside it has them all."""

ROWS_SHOWN: Final = 4

MOST_ATTEMPTS: Final = 3

KEPT: Final = timedelta(days=7)
"""Files that nobody imports, and lists of problems, are deleted after so long."""

_PROGRESS: Final = "progress"


def waiting() -> list[int]:
    """Return the imports that ask for a worker."""
    with scopes_disabled():
        rows = Import.objects.filter(state__in=FOR_A_WORKER).order_by("pk")
        return list(rows.values_list("pk", flat=True))


def work(import_id: int, *, surroundings: Surroundings, now: datetime) -> None:
    """Do the next step, if one is asked for."""
    with scopes_disabled():
        one = Import.objects.select_related("association").filter(pk=import_id).first()
    if one is None or one.state not in FOR_A_WORKER:
        return
    with scope(association=one.association):
        if imports.begin_attempt(one) > MOST_ATTEMPTS:
            imports.note_failed(one, _given_up(one), at=now)
            return
        try:
            _step(one, surroundings, now)
        except ImportFailed as failure:
            imports.note_failed(one, failure.problem, at=now)
        except imports.NotNow:
            log.info("import_overtaken", id=one.pk)


def _given_up(one: Import) -> Problem:
    return Problem(
        file=str(one),
        line=None,
        column=None,
        reason=Sentence(
            _("The worker ended %(times)s times while it read the files."),
            {"times": MOST_ATTEMPTS},
        ),
        remedy=_("Its log says why; smaller files may help."),
        kind="file",
    )


def _step(one: Import, surroundings: Surroundings, now: datetime) -> None:
    match ImportState(one.state):
        case ImportState.LOOKING:
            _refuse_missing_files(one)
            paths = imports.paths_of(one)
            found = [sheet for path in paths for sheet in sheets_in(path, LIMITS)]
            imports.note_found(one, found)
        case ImportState.CHECKING:
            _refuse_missing_files(one)
            _try(one, surroundings)
        case ImportState.IMPORTING:
            _refuse_missing_files(one)
            _import(one, now)
        case _:
            pass


def _refuse_missing_files(one: Import) -> None:
    """A worker on another machine may not see what the web server kept."""
    for path in imports.paths_of(one):
        if not path.is_file():
            raise ImportFailed.at(
                path.name,
                reason=_("The worker does not find the file that was sent."),
                remedy=_(
                    "If web and worker run on different machines, ROLLKEEPER_HOME"
                    " must be one folder that both see. Then send the files again."
                ),
            )


def _try(one: Import, surroundings: Surroundings) -> None:
    choices = imports.choices_of(one)
    imported, provider = try_out(
        one.association,
        chosen_sources(choices, LIMITS),
        look=lambda: _at_the_provider(one.association_id, surroundings),
        by=one.by,
        complete=one.complete,
        progress=_Told(one),
    )
    rows = {
        choice.table.name: first_rows(choice, LIMITS, ROWS_SHOWN) for choice in choices
    }
    trial = {**_document(one, imported), "provider": provider, "rows": rows}
    imports.note_trial(one, trial)


def _import(one: Import, now: datetime) -> None:
    with transaction.atomic():
        imported = bring_in(
            one.association,
            chosen_sources(imports.choices_of(one), LIMITS),
            by=one.by,
            complete=one.complete,
            progress=_Told(one),
        )
        imports.note_done(one, _document(one, imported), at=now)
    imports.delete_files(one)


def _document(one: Import, imported: Imported) -> dict[str, Any]:
    """Return what is kept of a report; all its problems go into a file."""
    report = imported.report
    imports.keep_problems(one, (*report.errors, *report.warnings))
    document = report.to_json()
    document["errors"] = [problem.kept() for problem in report.errors[:SHOWN]]
    document["warnings"] = [problem.kept() for problem in report.warnings[:SHOWN]]
    document["bad"] = len(report.errors)
    document["warned"] = len(report.warnings)
    document["hold"] = imported.hold.pk if imported.hold else None
    document["because"] = imported.hold.cause if imported.hold else ""
    return document


def _at_the_provider(
    association_id: int, surroundings: Surroundings
) -> Mapping[str, Any]:
    """Return what a sync would do by now, in figures."""
    connection = Connection.objects.filter(association_id=association_id).first()
    if connection is None or connection.state != ConnectionState.CONNECTED:
        return {"state": "not_connected"}
    if not kept(association_id, connection.provider).exists():
        return {"state": "no_lists"}
    if connection.compared_at is None:
        return {"state": "before_the_first_sync"}
    found = as_seen_last(
        connection=connected(surroundings.store, connection.pk),
        surroundings=surroundings,
    )
    return {
        "state": "planned",
        "counts": dict(found.counts),
        "lists_to_make": len(found.lists_to_make),
        "requests": found.requests,
    }


class _Told:
    """Tells how far it is in a file, for nobody sees what is not committed."""

    def __init__(self, one: Import) -> None:
        self._path = imports.folder_of(one) / _PROGRESS

    def __call__(self, done: int, total: int) -> None:
        self._path.write_text(f"{done} {total}")


def progress_of(one: Import) -> tuple[int, int] | None:
    """Return how many rows were read, and about how many there are, if that is told."""
    try:
        done, total = (imports.folder_of(one) / _PROGRESS).read_text().split()
    except (OSError, ValueError):
        return None
    return int(done), int(total)


def prune(*, now: datetime) -> None:
    """Forget what nobody imported, and delete old lists of problems."""
    with scopes_disabled():
        old = Import.objects.filter(made_at__lt=now - KEPT)
        for one in old.exclude(state=ImportState.DONE):
            imports.forget(one)
        for one in old.filter(state=ImportState.DONE):
            imports.delete_all_files(one)
