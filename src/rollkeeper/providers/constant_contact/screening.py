"""The last look at a request before it leaves, apart from every other check (I2)."""

from __future__ import annotations

from collections.abc import Iterable

from rollkeeper.core.values import Mailbox
from rollkeeper.providers.errors import ForbiddenCall
from rollkeeper.providers.port import Screen


def screened(mailboxes: Iterable[Mailbox], screen: Screen) -> None:
    """Raise `ForbiddenCall` if any of *mailboxes* must not be made mailable."""
    if found := screen.suppressed(frozenset(mailboxes)):
        raise ForbiddenCall(
            f"A request was about to make {len(found)} suppressed mailboxes mailable."
        )
