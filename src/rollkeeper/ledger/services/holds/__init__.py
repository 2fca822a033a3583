"""Holds: parts of plans that wait for a person, from freezing to the end.

open -> approved -> applied, or expired after a day
     -> discarded, as long as the same is planned again
     -> over, once nothing of it is planned any more

What is carried out is what was frozen *and* is planned then: an approval only shrinks.
"""

from __future__ import annotations

from rollkeeper.ledger.services.holds.deciding import (
    APPROVAL_HOLDS,
    CannotDecide,
    Changed,
    Decided,
    NumberNeeded,
    approve,
    discard,
    needs_number,
    note_applied,
    number_missing,
)
from rollkeeper.ledger.services.holds.departures import (
    Departure,
    Shortfall,
    departures_of,
    freeze_departures,
    let_stay,
    waits,
)
from rollkeeper.ledger.services.holds.freezing import LookedAt, freeze
from rollkeeper.ledger.services.holds.standing import (
    approved_items,
    discarded_items,
    mailboxes_of,
    settle,
)

__all__ = [
    "APPROVAL_HOLDS",
    "CannotDecide",
    "Changed",
    "Decided",
    "Departure",
    "LookedAt",
    "NumberNeeded",
    "Shortfall",
    "approve",
    "approved_items",
    "departures_of",
    "discard",
    "discarded_items",
    "freeze",
    "freeze_departures",
    "let_stay",
    "mailboxes_of",
    "needs_number",
    "note_applied",
    "number_missing",
    "settle",
    "waits",
]
