"""How a connection stands, and what that means for who looks at its page."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import field, frozen
from django.utils import timezone

from rollkeeper.audit import selectors
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.core import grants
from rollkeeper.directory.models import Mark
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.ledger.models import RemoteContact
from rollkeeper.web.audit import who

MOST_COUNTED: Final = 10_000


@frozen(kw_only=True)
class Condition:
    """What the page of a connection says beside its state."""

    connection: Connection
    waiting: int
    """Changes made here that were not carried over; counted up to a number."""
    heard_at: datetime | None
    """When the account last let us in."""
    sign_in_ends: datetime | None
    """When the sign-in dies of not being used, once it is time to say so."""
    ended_by: str = field(default="")
    """Who disconnected it."""

    @property
    def was_connected(self) -> bool:
        return bool(self.connection.account_id)

    @property
    def counted_all(self) -> bool:
        return self.waiting < MOST_COUNTED


def condition_of(connection: Connection) -> Condition:
    """Look at the connection. Its association must be in scope."""
    marks = Mark.objects.filter(follower__name=follower_name(connection.pk))
    return Condition(
        connection=connection,
        waiting=marks[:MOST_COUNTED].count(),
        heard_at=max(
            filter(
                None,
                (connection.pulled_at, connection.compared_at, connection.answered_at),
            ),
            default=None,
        ),
        sign_in_ends=_sign_in_ends(connection),
        ended_by=_who_ended(connection),
    )


def _sign_in_ends(connection: Connection) -> datetime | None:
    used_at = connection.refreshed_at
    if used_at is None or connection.state != ConnectionState.CONNECTED:
        return None
    soon = grants.ends_soon(used_at, now=timezone.now())
    return grants.sign_in_ends(used_at) if soon else None


def _who_ended(connection: Connection) -> str:
    if connection.state != ConnectionState.DISCONNECTED:
        return ""
    entry = selectors.newest(f"connection:{connection.pk}", "disconnected")
    return who(entry.actor) if entry else ""


def people_known(connection: Connection) -> int:
    """Return how many contacts of the account we know, which may be a great many."""
    return RemoteContact.objects.filter(connection=connection).count()
