"""What every step of a run needs: whose it is, the provider, the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from attrs import field, frozen

from rollkeeper.core.values import Mailbox
from rollkeeper.directory.marks import Following
from rollkeeper.engine.store import Store
from rollkeeper.providers.port import Provider


def utc_now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class Session:
    """One run of one connection. Made by `reconcile` while it holds the lock."""

    association_id: int
    connection_id: int
    run_id: int
    provider_name: str
    store: Store
    follower: Following | None
    """None before the first sync: then nothing waits to be computed again."""
    provider: Provider
    begun: datetime
    """When the run began, by its own clock."""
    now: Callable[[], datetime] = field(default=utc_now)
    sleep: Callable[[float], None] = field(default=time.sleep)

    def mark(self, mailboxes: Collection[Mailbox]) -> None:
        """Have these mailboxes computed again, by this run or the next."""
        if self.follower and mailboxes:
            self.store.marks.mark_mailboxes(follower=self.follower, mailboxes=mailboxes)
