"""The three views of each mailbox, and which mailboxes a pass looks at."""

from __future__ import annotations

from rollkeeper.engine.gather import holders, views
from rollkeeper.engine.scope import narrow

__all__ = ["holders", "narrow", "views"]
