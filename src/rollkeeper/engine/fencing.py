"""A store that writes only as long as the run that has it is the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import evolve

from rollkeeper.engine.store import Store


def fenced(store: Store, connection_id: int, number: int) -> Store:
    """Return the store, with transactions that raise `FenceLost` as soon as another
    process has become the connection's coordinator."""

    @contextmanager
    def transaction() -> Iterator[None]:
        with store.transaction():
            store.hold_fence(connection_id, number)
            yield

    return evolve(store, transaction=transaction)
