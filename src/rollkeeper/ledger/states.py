"""The states and kinds that the ledger speaks of, with the words people read."""

from __future__ import annotations

from django.db.models import TextChoices


class AudienceState(TextChoices):
    ACTIVE = "active", "Kept true"
    SWITCHED_OFF = "switched_off", "Switched off; kept at the provider as it is"
    LIST_DELETED = "list_deleted", "List deleted here; kept at the provider"


class RunState(TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    DONE_WITH_EXCEPTIONS = "done_with_exceptions", "Done, with exceptions"
    WILL_TRY_AGAIN = "will_try_again", "Will try again"
    RECONNECT_NEEDED = "reconnect_needed", "Reconnect needed"
    FAILED = "failed", "Failed"


class RunKind(TextChoices):
    CHANGES = "changes", "Changes"
    EVERYTHING = "everything", "Everything"
    AUDIENCE = "audience", "One audience"
    PULL = "pull", "Unsubscribes"
    LOOK = "look", "Looked only"
    ASKING = "asking", "Asked to subscribe again"


KEEP_NO_LIST_TRUE = (RunKind.PULL, RunKind.LOOK, RunKind.ASKING)
"""Runs of these kinds make no list true, nor try to."""


class OperationState(TextChoices):
    PLANNED = "planned", "Planned"
    SENDING = "sending", "Sending"
    ACCEPTED = "accepted", "Accepted"
    UNKNOWN = "unknown", "Unknown"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    SUPERSEDED = "superseded", "Superseded"


OPEN_STATES = (
    OperationState.PLANNED,
    OperationState.SENDING,
    OperationState.ACCEPTED,
    OperationState.UNKNOWN,
)


class OutcomeKind(TextChoices):
    REFUSED = "refused", "Refused by the provider"
    HELD = "held", "Held for a person to decide"


class HoldState(TextChoices):
    OPEN = "open", "Waits for a decision"
    APPROVED = "approved", "Approved; on its way"
    APPLIED = "applied", "Approved and done"
    DISCARDED = "discarded", "Discarded"
    EXPIRED = "expired", "Approval expired"
    OVER = "over", "No longer needed"


class DriftKind(TextChoices):
    ADDED = "added", "Put on the list at the provider"
    REMOVED = "removed", "Taken off the list at the provider"
    EDITED = "edited", "Given another name at the provider"
    READDRESSED = "readdressed", "Given another address at the provider"
    DELETED = "deleted", "Deleted at the provider"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed from everything"


class NightState(TextChoices):
    PLANNED = "planned", "To come"
    CARRIED_OVER = "carried_over", "Waits for requests"
    NOT_POSSIBLE = "not_possible", "Waits to be connected"
    STARTED = "started", "Begun in its window"
    MADE_UP = "made_up", "Made up after its window"
    MISSED = "missed", "Missed; a later night made up for it"


WAITING_NIGHTS = (
    NightState.PLANNED,
    NightState.CARRIED_OVER,
    NightState.NOT_POSSIBLE,
)
"""Those that have not had their run."""

BEGUN_NIGHTS = (NightState.STARTED, NightState.MADE_UP)


class ResubscribeState(TextChoices):
    ASKED = "asked", "Waits to be sent"
    SENT = "sent", "The mail was sent"
    REFUSED = "refused", "The provider said no"
    UNKNOWN = "unknown", "May have been sent; no answer came"
