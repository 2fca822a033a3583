"""One export: both files as of one moment, and a line in the audit record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import Factory, define, evolve, frozen
from django.db import transaction

from rollkeeper.audit.services import record
from rollkeeper.engine.exporting.chosen import Chosen
from rollkeeper.engine.exporting.files import CsvForPeople, CsvParts, Table
from rollkeeper.engine.exporting.formats import SHAPES, Format
from rollkeeper.engine.exporting.judging import Portion, judged
from rollkeeper.engine.postgres.moment import one_moment
from rollkeeper.engine.store import Store

LEFT_OUT_COLUMNS: Final = (
    "Contact id",
    "Name",
    "E-mail address",
    "Reason",
    "Why",
    "Next step",
)

Progress = Callable[[int, int], None]
"""(contacts judged, of how many)."""


def unseen(done: int, total: int) -> None:
    """Progress that nobody looks at."""


@frozen(kw_only=True)
class Exported:
    """What was written, and where."""

    parts: tuple[Path, ...]
    """The file, or the files that it was divided into for the provider's limits."""
    left_out_file: Path
    contacts: int
    """So many were chosen: written under their own name, or left out."""
    recipients: int
    left_out: Mapping[str, int]
    """How many are in the second file, by reason."""

    def at(self, *, parts: Sequence[Path], left_out_file: Path) -> Exported:
        """Return the same, with its files put elsewhere."""
        return evolve(self, parts=tuple(parts), left_out_file=left_out_file)


def export(
    chosen: Chosen,
    format: Format,
    *,
    store: Store,
    folder: Path,
    by: str,
    progress: Progress = unseen,
) -> Exported:
    """Write who was chosen, and who is left out, to new files in *folder*.

    Nothing is held in memory but some contacts at a time. The association must be in
    scope. When it fails the folder holds files that are not complete: give one of its
    own, and take the files from there.
    """
    writing = _Writing.to(folder, chosen, format)
    with one_moment():
        total = chosen.contacts.count()
        try:
            for portion in judged(chosen, SHAPES[format], store.sights):
                writing.add(portion)
                progress(writing.contacts, total)
        finally:
            done = writing.end()
    with transaction.atomic():
        record(
            association_id=chosen.association_id,
            by=by,
            action="contacts_exported",
            subject="" if chosen.list is None else f"list:{chosen.list.pk}",
            details={
                "format": str(format),
                "contacts": done.contacts,
                "recipients": done.recipients,
            },
        )
    return done


@define(kw_only=True)
class _Writing:
    recipients: Table
    left_out: Table
    written: int = 0
    reasons: Counter[str] = Factory(Counter)

    @classmethod
    def to(cls, folder: Path, chosen: Chosen, format: Format) -> _Writing:
        left_out = folder / f"{chosen.name}-left-out.csv"
        return cls(
            recipients=_table(folder, chosen.name, format),
            left_out=CsvForPeople(path=left_out, columns=LEFT_OUT_COLUMNS),
        )

    @property
    def contacts(self) -> int:
        return self.written + self.reasons.total()

    def add(self, portion: Portion) -> None:
        for one in portion.recipients:
            person = one.person
            self.recipients.add(
                (one.mailbox, person.first_name, person.last_name, person.company)
            )
        for other in portion.left_out:
            self.left_out.add(
                (
                    other.contact.external_id,
                    str(other.contact),
                    other.address,
                    other.reason,
                    other.sentence,
                    other.next_step,
                )
            )
        self.written += len(portion.recipients)
        self.reasons.update(other.reason for other in portion.left_out)

    def end(self) -> Exported:
        (left_out,) = self.left_out.end()
        return Exported(
            parts=tuple(self.recipients.end()),
            left_out_file=left_out,
            contacts=self.contacts,
            recipients=self.written,
            left_out=dict(self.reasons),
        )


def _table(folder: Path, name: str, format: Format) -> Table:
    shape = SHAPES[format]
    name = f"{name}-{format.dashed}"
    if format is Format.XLSX:
        from rollkeeper.engine.exporting.workbook import Xlsx

        return Xlsx(path=folder / f"{name}{shape.suffix}", columns=shape.columns)
    return CsvParts(folder=folder, name=name, shape=shape)
