"""Correct but frightening: what a plan may not do before a person has looked.

A guard holds a part of a plan; the rest goes on. What a person refused by their own act
is never held, and what somebody approved is not asked again.
"""

from __future__ import annotations

from rollkeeper.core.guards.guard import Guarded, Holding, counts, guard
from rollkeeper.core.guards.items import Deed, Item, fingerprint_of, items_of
from rollkeeper.core.guards.limits import (
    Figures,
    Guard,
    Limits,
    ListFigures,
    Share,
    source_guard,
)

__all__ = [
    "Deed",
    "Figures",
    "Guard",
    "Guarded",
    "Holding",
    "Item",
    "Limits",
    "ListFigures",
    "Share",
    "counts",
    "fingerprint_of",
    "guard",
    "items_of",
    "source_guard",
]
