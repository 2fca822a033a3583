"""Collections may be read from a copy that lags behind, as real services do."""

from __future__ import annotations

import sqlite3

from mailtwin.constant_contact.service import Asked, Service
from mailtwin.constant_contact.store import add_functions


def collection_view(asked: Asked) -> sqlite3.Connection:
    """Return where collections are read from: the state itself, or an older copy."""
    lag = float(asked.world.switches["reads_lag"])
    if not lag:
        return asked.database
    service = asked.service
    age = asked.call.at - service.replica_at
    if service.replica is None or not 0 <= age < lag:
        _refresh(service)
        service.replica_at = asked.call.at
    assert service.replica is not None  # made by the refresh
    return service.replica


def _refresh(service: Service) -> None:
    if service.replica is None:
        service.replica = sqlite3.connect(":memory:", check_same_thread=False)
        service.replica.row_factory = sqlite3.Row
        add_functions(service.replica, service.world)
    service.world.database.backup(service.replica)
