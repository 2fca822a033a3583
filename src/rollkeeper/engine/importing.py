"""Importing files, with care for those whom complete files lack.

Directory and holds meet here: what falls further than believable does not leave before
a person has looked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from attrs import define, frozen
from django.db import transaction

from rollkeeper.core.guards import Guard, Limits, source_guard
from rollkeeper.directory.importing import (
    LIMITS,
    Departing,
    ImportReport,
    Missing,
    Progress,
    Source,
    find_sources,
    import_sources,
    unwatched,
)
from rollkeeper.directory.models import Association
from rollkeeper.ledger.figures import limits
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services import holds
from rollkeeper.ledger.services.holds import Departure, Shortfall
from rollkeeper.ledger.services.newsletter import newsletter_of

Seen = TypeVar("Seen")

NOT_IN_CONTACTS: Final = "not_in_contacts"
NOT_IN_MEMBERSHIPS: Final = "not_in_memberships"


@frozen(kw_only=True)
class Imported:
    report: ImportReport
    hold: Hold | None
    """What waits for a person, if anything does."""


def import_into(
    association: Association,
    paths: Sequence[Path],
    *,
    by: str,
    complete: bool = False,
    progress: Progress = unwatched,
) -> Imported:
    """As `bring_in`, from files that are called as we call them."""
    return bring_in(
        association,
        find_sources(paths, LIMITS),
        by=by,
        complete=complete,
        progress=progress,
    )


def bring_in(
    association: Association,
    sources: Sequence[Source],
    *,
    by: str,
    complete: bool = False,
    progress: Progress = unwatched,
) -> Imported:
    """Bring the directory to what the files say; raises `ImportFailed`.

    With *complete* they hold everything there is: contacts whom they lack leave the
    directory, and memberships their lists, unless a guard holds them all. Without it,
    nobody leaves, and whom the files name leaves no earlier hold either.
    """
    judge = _Judge(association_id=association.pk, complete=complete)
    report = import_sources(
        association=association,
        sources=sources,
        by=by,
        progress=progress,
        departures=judge,
        switched_on=newsletter_of(association.pk).switch_on_new_lists,
    )
    return Imported(report=report, hold=judge.hold)


def try_out(
    association: Association,
    sources: Sequence[Source],
    *,
    look: Callable[[], Seen],
    by: str,
    complete: bool = False,
    progress: Progress = unwatched,
) -> tuple[Imported, Seen]:
    """Return what an import would do, and what *look* sees as if it were done.

    Nothing is kept of it. Until it has ended, other imports of the association wait.
    """
    with transaction.atomic():
        imported = bring_in(
            association, sources, by=by, complete=complete, progress=progress
        )
        seen = look()
        transaction.set_rollback(True)
    return imported, seen


@define(kw_only=True)
class _Judge:
    association_id: int
    complete: bool
    hold: Hold | None = None

    def may_leave(self, missing: Missing) -> bool:
        shortfall = _shortfall(missing, limits(self.association_id))
        self.hold = holds.freeze_departures(
            association_id=self.association_id, shortfall=shortfall
        )
        return self.hold is None

    def are_here(self, named: Callable[[], Sequence[Departing]]) -> None:
        if holds.waits(self.association_id):
            holds.let_stay(
                association_id=self.association_id, present=map(_departure, named())
            )


def _shortfall(missing: Missing, limits: Limits) -> Shortfall | None:
    """Return what is not believed, None when everybody may leave."""
    found = (
        source_guard(before=part.before, missing=part.missing, limits=limits)
        for part in missing.parts
    )
    stops = {guard for guard in found if guard}
    if missing.nameless and missing.departing:
        stops.add(Guard.SOURCE_FELL)
    if not stops:
        return None
    lacking = [part.before for part in missing.parts if part.missing]
    return Shortfall(
        guard=Guard.SOURCE_EMPTY if Guard.SOURCE_EMPTY in stops else Guard.SOURCE_FELL,
        departures=map(_departure, missing.departing),
        of=sum(lacking),
        limit=sum(limits.source_fall.of(before) for before in lacking),
        cause=_cause(missing),
    )


def _departure(one: Departing) -> Departure:
    return Departure(
        contact_id=one.contact_id,
        list_id=one.list_id,
        mailbox=one.mailbox,
        why=NOT_IN_CONTACTS if one.list_id is None else NOT_IN_MEMBERSHIPS,
    )


def _cause(missing: Missing) -> str:
    """Say what the files held beside what was known."""
    told = [
        f"{part.file} has {part.rows:,} rows, and lacks {part.missing:,} of the"
        f" {part.before:,} that were known."
        for part in missing.parts
    ]
    if missing.nameless:
        told.append(f"In {missing.nameless:,} rows it cannot be read who they are.")
    return " ".join(told)
