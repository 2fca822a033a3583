"""What a job is given when it takes effect, and what it reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from mailtwin.constant_contact.service import Service
from mailtwin.exchange import Json
from mailtwin.world import World


@frozen(kw_only=True)
class Work:
    """One effect of one job, at one moment of the twin's time."""

    service: Service
    account: int
    activity: int
    document: Mapping[str, Json]
    at: int

    @property
    def world(self) -> World:
        return self.service.world

    @property
    def database(self) -> sqlite3.Connection:
        return self.service.world.database

    def share(self, total: int) -> int:
        """Return how many of *total* items get done: half, when the job is cut off."""
        return total // 2 if self.document.get("partial") else total


@frozen(kw_only=True)
class Result:
    """Counts that go into a job's status, and lines for its errors."""

    counts: Mapping[str, int] = field(factory=dict)
    errors: Sequence[str] = ()
    failed: bool = False
