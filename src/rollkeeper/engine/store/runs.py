"""What the engine tells of its runs."""

from __future__ import annotations

from collections.abc import (
    Mapping,
)
from datetime import datetime, timedelta
from typing import Any, Protocol

from rollkeeper.ledger.states import RunKind, RunState


class Run(Protocol):
    """One attempt to make a connection true, and what came of it."""

    @property
    def pk(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def counts(self) -> Any:
        """Changes made, by kind."""
        ...

    @property
    def planned(self) -> int: ...
    @property
    def done(self) -> int: ...
    @property
    def requests(self) -> int: ...
    @property
    def writes(self) -> int:
        """Those of the requests that asked for a change."""
        ...

    @property
    def message(self) -> str: ...
    @property
    def retry_at(self) -> datetime | None:
        """Not to be tried again before this; None when nothing stands in the way."""
        ...


class Runs(Protocol):
    """`ledger.services.runs` says what each promises."""

    def begin(
        self, *, association_id: int, connection_id: int, kind: RunKind, by: str
    ) -> Run: ...

    def note_kind(self, run_id: int, kind: RunKind) -> None: ...

    def note_planned(
        self, run_id: int, *, counts: Mapping[str, int], changes: int
    ) -> None: ...

    def note_done(self, run_id: int, changes: int) -> None: ...

    def note_count(self, run_id: int, kind: str, count: int) -> None: ...

    def end(
        self,
        run_id: int,
        *,
        state: RunState,
        message: str = "",
        retry_at: datetime | None = None,
    ) -> Run: ...

    def patience(self, connection_id: int) -> timedelta: ...
