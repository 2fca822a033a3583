"""Audiences, the two remembered views, runs, operations, outcomes and holds."""

from __future__ import annotations

from rollkeeper.ledger.models.audiences import Audience
from rollkeeper.ledger.models.drift import Drift
from rollkeeper.ledger.models.holds import GuardLimit, HeldItem, Hold
from rollkeeper.ledger.models.newsletter import NewsletterSettings
from rollkeeper.ledger.models.nights import Night
from rollkeeper.ledger.models.operations import Operation, OperationSubject
from rollkeeper.ledger.models.outcomes import Outcome
from rollkeeper.ledger.models.resubscribing import ResubscribeRequest
from rollkeeper.ledger.models.runs import Run
from rollkeeper.ledger.models.sightings import RemoteContact, RemoteMembership
from rollkeeper.ledger.states import (
    BEGUN_NIGHTS,
    OPEN_STATES,
    WAITING_NIGHTS,
    AudienceState,
    DriftKind,
    NightState,
    OperationState,
    OutcomeKind,
    ResubscribeState,
    RunKind,
    RunState,
)

__all__ = [
    "BEGUN_NIGHTS",
    "OPEN_STATES",
    "WAITING_NIGHTS",
    "Audience",
    "AudienceState",
    "Drift",
    "DriftKind",
    "GuardLimit",
    "HeldItem",
    "Hold",
    "NewsletterSettings",
    "Night",
    "NightState",
    "Operation",
    "OperationState",
    "OperationSubject",
    "Outcome",
    "OutcomeKind",
    "RemoteContact",
    "RemoteMembership",
    "ResubscribeRequest",
    "ResubscribeState",
    "Run",
    "RunKind",
    "RunState",
]
