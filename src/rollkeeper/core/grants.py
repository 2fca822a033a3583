"""How long a sign-in at a provider lasts when nobody uses it.

Constant Contact ends a refresh token 180 days after it was last used; then a person
must sign in again. Each use begins the time anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

UNUSED_LIFE: Final = timedelta(days=180)

WARNED_BEFORE: Final = timedelta(days=14)
"""So long before its end staff are told."""

USED_EVERY: Final = timedelta(days=30)
"""A sign-in that was not used for so long is used, only to keep it."""


def sign_in_ends(used_at: datetime) -> datetime:
    """Return when a sign-in dies that was last used at *used_at*."""
    return used_at + UNUSED_LIFE


def ends_soon(used_at: datetime, *, now: datetime) -> bool:
    """Is it time to tell staff? Also when it has ended."""
    return sign_in_ends(used_at) - now <= WARNED_BEFORE
