"""What the engine remembers, in memory: a second store, true to the one in PostgreSQL.

`test_stores_agree` lives the same histories over both. Rows are values in dicts, so
that a transaction is a handful of copies and a whole sync takes a millisecond or two.
"""

from __future__ import annotations

from tests.memory_store.audiences import Audiences
from tests.memory_store.capture import Capture
from tests.memory_store.directory import Directory
from tests.memory_store.effects import Effects
from tests.memory_store.holds import Holds
from tests.memory_store.ledger import Connections, Outcomes, Runs
from tests.memory_store.marks import Marks
from tests.memory_store.memory import Memory, ProcessEnded, Violated
from tests.memory_store.operations import Operations
from tests.memory_store.refusals import Consent
from tests.memory_store.sightings import Sightings
from tests.memory_store.sights import Sights

from rollkeeper.engine.store import Store

__all__ = ["Memory", "ProcessEnded", "Violated", "store_over"]


def store_over(memory: Memory) -> Store:
    """Return the port over *memory*, as one process has it."""
    return Store(
        transaction=memory.transaction,
        in_association=memory.in_association,
        sole_coordinator=memory.sole_coordinator,
        hold_fence=memory.hold_fence,
        directory=Directory(memory),
        marks=Marks(memory),
        sights=Sights(memory),
        consent=Consent(memory),
        connections=Connections(memory),
        audiences=Audiences(memory),
        sightings=Sightings(memory),
        operations=Operations(memory),
        effects=Effects(memory),
        outcomes=Outcomes(memory),
        holds=Holds(memory),
        runs=Runs(memory),
        capture=Capture(memory),
    )
