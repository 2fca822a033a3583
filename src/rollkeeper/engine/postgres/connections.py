"""What a run reads and writes of its connection."""

from __future__ import annotations

from django_scopes import scopes_disabled

from rollkeeper.connections import services
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.pulls import note_pull
from rollkeeper.engine.store import ConnectionFacts

__all__ = ["get", "need_reconnect", "note_pull"]


def get(connection_id: int) -> ConnectionFacts:
    """Return the connection as it is now, whichever association is in scope."""
    with scopes_disabled():  # its own row says whose it is
        row = Connection.objects.get(pk=connection_id)
    return ConnectionFacts(
        connection_id=row.pk,
        association_id=row.association_id,
        provider=row.provider,
        connected=row.state == ConnectionState.CONNECTED,
        condition=ConnectionState(row.state).label.lower(),
        pulled_at=row.pulled_at,
        pulled_through=row.pulled_through,
        compared_at=row.compared_at,
    )


def need_reconnect(connection_id: int, *, reason: str) -> None:
    """A person must sign in again; until then the connection's work waits."""
    services.need_reconnect(connection_id=connection_id, reason=reason, by="rule:sync")
