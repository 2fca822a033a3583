"""The two limits of an API key: four calls a second, 10,000 a UTC day."""

from __future__ import annotations

import sqlite3
from collections import defaultdict, deque
from math import floor

from attrs import Factory, define

from mailtwin.clock import day
from mailtwin.constant_contact import errors
from mailtwin.switches import Switches

PER_SECOND = 4
PER_DAY = 10_000


@define
class Limits:
    """Counts calls by API key, however many accounts and tokens it serves."""

    database: sqlite3.Connection
    switches: Switches
    enforced: bool
    _recent: dict[str, deque[float]] = Factory(
        lambda: defaultdict(lambda: deque(maxlen=PER_SECOND + 1))
    )

    def admit(self, client_id: str, *, at: float) -> None:
        """Count a call. Raises Refused with one of the two 429s."""
        if self._used(client_id, at) >= PER_DAY and self.enforced:
            self._count(client_id, at, refused=True)
            raise errors.quota_exceeded()
        if self._too_fast(client_id, at) and self.enforced:
            self._count(client_id, at, refused=True)
            raise errors.throttled()
        self._count(client_id, at, refused=False)

    def exhausted_before(self, client_id: str, *, at: float) -> bool:
        """Return whether this key was told today that its quota is exceeded."""
        row = self.database.execute(
            "SELECT refused_at FROM usage WHERE client_id = ? AND day = ?",
            (client_id, day(at)),
        ).fetchone()
        return bool(row and row["refused_at"] is not None)

    def told_exhausted(self, client_id: str, *, at: float) -> None:
        with self.database:
            self.database.execute(
                "UPDATE usage SET refused_at = coalesce(refused_at, ?)"
                " WHERE client_id = ? AND day = ?",
                (at, client_id, day(at)),
            )

    def pretend_used(self, client_id: str, calls: int, *, at: float) -> None:
        """Set how many calls of today the key has behind it."""
        self.database.execute(
            "INSERT OR REPLACE INTO usage (client_id, day, calls) VALUES (?, ?, ?)",
            (client_id, day(at), calls),
        )

    def _used(self, client_id: str, at: float) -> int:
        row = self.database.execute(
            "SELECT calls FROM usage WHERE client_id = ? AND day = ?",
            (client_id, day(at)),
        ).fetchone()
        return row["calls"] if row else 0

    def _count(self, client_id: str, at: float, *, refused: bool) -> None:
        if refused and not self.switches.on("refused_calls_count"):
            return
        with self.database:
            self.database.execute(
                "INSERT INTO usage (client_id, day, calls) VALUES (?, ?, 1)"
                " ON CONFLICT DO UPDATE SET calls = calls + 1",
                (client_id, day(at)),
            )

    def _too_fast(self, client_id: str, at: float) -> bool:
        recent = self._recent[client_id]
        if self.switches["second"] == "fixed":
            busy = sum(1 for sent in recent if sent >= floor(at))
        else:
            busy = sum(1 for sent in recent if sent > at - 1)
        if busy < PER_SECOND or self.switches.on("refused_calls_count"):
            recent.append(at)
        return busy >= PER_SECOND

    def forget(self) -> None:
        self._recent.clear()
