"""What the engine remembers, as one port: PostgreSQL in earnest, memory in tests.

The engine decides and sends; all that must outlive a run, it asks of a `Store`. What is
written inside `transaction` is written together or not at all, and what a step promises
to make durable is so when its transaction ends. Moments that are compared with one
another are taken by the store's own clock.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from attrs import frozen

from rollkeeper.engine.store.connections import ConnectionFacts, Connections, Consent
from rollkeeper.engine.store.directory import (
    EVERYTHING,
    Capture,
    Directory,
    Held,
    Marks,
    Question,
    Scope,
    Sights,
)
from rollkeeper.engine.store.ledger import (
    Audiences,
    Effects,
    Holds,
    Operations,
    Outcomes,
    Sightings,
)
from rollkeeper.engine.store.runs import Run, Runs


@frozen(kw_only=True)
class Store:
    """Everything the engine remembers. Its parts share transactions and a clock."""

    transaction: Callable[[], AbstractContextManager[None]]
    in_association: Callable[[int], AbstractContextManager[None]]
    """Nothing of another association is seen meanwhile."""
    sole_coordinator: Callable[[int], AbstractContextManager[int]]
    """Hold the connection's lock and give its fence's number, or raise `Busy`."""
    hold_fence: Callable[[int, int], None]
    """Keep the connection's fence at the number until the transaction ends, or raise
    `FenceLost`."""
    directory: Directory
    marks: Marks
    sights: Sights
    consent: Consent
    connections: Connections
    audiences: Audiences
    sightings: Sightings
    operations: Operations
    effects: Effects
    outcomes: Outcomes
    holds: Holds
    runs: Runs
    capture: Capture


__all__ = [
    "EVERYTHING",
    "Audiences",
    "Capture",
    "ConnectionFacts",
    "Connections",
    "Consent",
    "Directory",
    "Effects",
    "Held",
    "Holds",
    "Marks",
    "Operations",
    "Outcomes",
    "Question",
    "Run",
    "Runs",
    "Scope",
    "Sightings",
    "Sights",
    "Store",
]
