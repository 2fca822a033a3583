"""What was done in a session, in order and with the time, for whoever looks into it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from attrs import define


@define
class Journal:
    file: Path

    def note(self, association: int | None, what: str, *about: object) -> None:
        now = datetime.now(UTC).time().isoformat("milliseconds")
        with self.file.open("a", encoding="utf-8") as journal:
            journal.write(f"{now} {association or '-'} {what} {list(about)}\n")
