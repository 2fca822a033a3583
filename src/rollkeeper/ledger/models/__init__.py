"""Audiences, the two remembered views, runs, operations, outcomes and holds."""

from __future__ import annotations

from rollkeeper.ledger.models.audiences import Audience, AudienceState
from rollkeeper.ledger.models.holds import GuardLimit, HeldItem, Hold, HoldState
from rollkeeper.ledger.models.operations import (
    OPEN_STATES,
    Operation,
    OperationState,
    OperationSubject,
)
from rollkeeper.ledger.models.outcomes import Outcome, OutcomeKind
from rollkeeper.ledger.models.runs import Run, RunKind, RunState
from rollkeeper.ledger.models.sightings import RemoteContact, RemoteMembership

__all__ = [
    "OPEN_STATES",
    "Audience",
    "AudienceState",
    "GuardLimit",
    "HeldItem",
    "Hold",
    "HoldState",
    "Operation",
    "OperationState",
    "OperationSubject",
    "Outcome",
    "OutcomeKind",
    "RemoteContact",
    "RemoteMembership",
    "Run",
    "RunKind",
    "RunState",
]
