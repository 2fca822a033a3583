"""One association and its connection in memory: transactions, a clock, a lock.

Whoever wants to disturb a run is told of each *effect point*: "commit …" when work is
about to become durable, "committed …" when it has. What they raise reaches the engine,
as an error of a database would, or the end of the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

from attrs import define, evolve, field
from tests.memory_store.rows import Tables

from rollkeeper.core.guards import Limits
from rollkeeper.engine.coordinator import Busy, FenceLost
from rollkeeper.engine.store import ConnectionFacts


class ProcessEnded(BaseException):
    """The process is gone: whatever it still tries, it does not reach the store."""


class Violated(Exception):
    """A constraint of the database would have refused this."""


@define(kw_only=True, eq=False)
class Memory:
    now: Callable[[], datetime]
    """The store's clock."""
    at: Callable[[str], None] = lambda point: None
    connection: ConnectionFacts
    tables: Tables = field(factory=Tables)
    depth: int = 0
    """How many transactions are open, one inside the other."""
    locked: bool = False
    fence: int = 0
    ended: bool = False
    """Has the process that uses it ended? Nothing reaches the store until `restart`."""
    limits: Limits = field(factory=Limits)
    requests_of: Callable[[int], int] = lambda run_id: 0
    """How many requests the gate counted for a run."""
    _ids: Iterator[int] = field(factory=lambda: count(1))

    def new_id(self) -> int:
        return next(self._ids)

    @contextmanager
    def transaction(self, name: str = "") -> Iterator[None]:
        """Keep all that is done inside, or nothing of it."""
        if self.ended:
            raise ProcessEnded
        before, connection = self.tables.copy(), self.connection
        self.depth += 1
        try:
            yield
            if self.depth == 1:
                self.at(f"commit {name}")
        except BaseException:
            self.tables, self.connection = before, connection
            raise
        finally:
            self.depth -= 1
        if self.depth == 0:
            self.at(f"committed {name}")

    def end_process(self) -> None:
        """From now on whoever used the store does not reach it any more."""
        self.ended = True
        self.locked = False

    def restart(self) -> None:
        """Another process comes."""
        self.ended = False
        self.locked = False
        self.depth = 0

    @contextmanager
    def in_association(self, association_id: int) -> Iterator[None]:
        assert association_id == self.connection.association_id
        yield

    @contextmanager
    def sole_coordinator(self, connection_id: int) -> Iterator[int]:
        if self.locked:
            raise Busy(connection_id)
        self.locked = True
        self.fence += 1
        try:
            yield self.fence
        finally:
            self.locked = False

    def hold_fence(self, connection_id: int, number: int) -> None:
        if self.fence != number:
            raise FenceLost(connection_id)

    def alter_connection(self, **changes: Any) -> None:
        self.connection = evolve(self.connection, **changes)
