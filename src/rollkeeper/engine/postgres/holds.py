"""Holds, and the figures that guards go by."""

from __future__ import annotations

from rollkeeper.ledger.figures import figures, limits
from rollkeeper.ledger.held import is_held
from rollkeeper.ledger.services.holds import (
    approved_items,
    discarded_items,
    freeze,
    settle,
)

__all__ = [
    "approved_items",
    "discarded_items",
    "figures",
    "freeze",
    "is_held",
    "limits",
    "settle",
]
