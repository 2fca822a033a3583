"""When a connection last read the provider to the end."""

from __future__ import annotations

from datetime import datetime

from rollkeeper.connections.models import Connection


def forget_pulls(connection_id: int) -> None:
    """Nothing was ever read of the account that is connected now."""
    Connection.objects.filter(pk=connection_id).update(
        pulled_at=None, compared_at=None, pulled_through=None
    )


def note_pull(
    connection_id: int,
    *,
    pulled_at: datetime,
    pulled_through: datetime | None,
    compared_at: datetime | None = None,
) -> None:
    """A complete opt-out pull began at *pulled_at*; a full read at *compared_at*.

    *pulled_through* is when it began by the provider's clock: the next one begins
    there. When the provider told no time the mark stays where it was, and the next one
    reads again what this one has.
    """
    noted = {"pulled_at": pulled_at}
    if pulled_through:
        noted["pulled_through"] = pulled_through
    if compared_at:
        noted["compared_at"] = compared_at
    Connection.objects.filter(pk=connection_id).update(**noted)
