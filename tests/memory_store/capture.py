"""Whether marks miss changes: here they are written by the directory itself."""

from __future__ import annotations

from collections.abc import Iterable

from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.directory.marks import Following


class Capture:
    """Misses nothing: that the triggers of PostgreSQL do so is shown with them."""

    def missed(
        self,
        *,
        connection_id: int,
        run_id: int,
        follower: Following,
        changed: Iterable[tuple[Mailbox, frozenset[AudienceId]]],
    ) -> frozenset[Mailbox]:
        return frozenset()
