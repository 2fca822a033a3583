"""What the engine asks of a connection, and of consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from rollkeeper.consent.selectors import InEffect
from rollkeeper.consent.services import Fact
from rollkeeper.core.values import ContactId, Mailbox


@frozen(kw_only=True)
class ConnectionFacts:
    """A connection, as far as a run goes by it."""

    connection_id: int
    association_id: int
    provider: str
    connected: bool
    condition: str
    """How it stands, in words."""
    pulled_at: datetime | None
    """Start of the last opt-out pull that read to the end."""
    pulled_through: datetime | None
    """When that was by the provider's own clock."""
    compared_at: datetime | None
    """Start of the last full read of the account that ended well."""


class Connections(Protocol):
    def get(self, connection_id: int) -> ConnectionFacts:
        """Return the connection as it is now, whichever association is in scope."""
        ...

    def note_pull(
        self,
        connection_id: int,
        *,
        pulled_at: datetime,
        pulled_through: datetime | None,
        compared_at: datetime | None = None,
    ) -> None: ...

    def need_reconnect(self, connection_id: int, *, reason: str) -> None:
        """A person must sign in again; until then the connection's work waits."""
        ...


class Consent(Protocol):
    """`consent.services` and `consent.selectors` say what each promises."""

    def suppress(self, *, association_id: int, facts: Iterable[Fact]) -> int: ...

    def lift(self, *, association_id: int, facts: Iterable[Fact]) -> int: ...

    def refusals_about(
        self,
        association_id: int,
        mailboxes: Collection[Mailbox],
        contacts: Collection[ContactId],
    ) -> Sequence[InEffect]: ...
