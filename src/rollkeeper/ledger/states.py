"""The states and kinds that the ledger speaks of, with the words people read."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AudienceState(TextChoices):
    ACTIVE = "active", _("Kept true")
    SWITCHED_OFF = "switched_off", _("Switched off; kept at the provider as it is")
    LIST_DELETED = "list_deleted", _("List deleted here; kept at the provider")


class RunState(TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DONE_WITH_EXCEPTIONS = "done_with_exceptions", _("Done, with exceptions")
    WILL_TRY_AGAIN = "will_try_again", _("Will try again")
    RECONNECT_NEEDED = "reconnect_needed", _("Reconnect needed")
    FAILED = "failed", _("Failed")


class RunKind(TextChoices):
    CHANGES = "changes", _("Changes")
    EVERYTHING = "everything", _("Everything")
    AUDIENCE = "audience", _("One audience")
    PULL = "pull", _("Unsubscribes")
    LOOK = "look", _("Looked only")
    ASKING = "asking", _("Asked to subscribe again")


KEEP_NO_LIST_TRUE = (RunKind.PULL, RunKind.LOOK, RunKind.ASKING)
"""Runs of these kinds make no list true, nor try to."""


class OperationState(TextChoices):
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    ACCEPTED = "accepted", _("Accepted")
    UNKNOWN = "unknown", _("Unknown")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    SUPERSEDED = "superseded", _("Superseded")


OPEN_STATES = (
    OperationState.PLANNED,
    OperationState.SENDING,
    OperationState.ACCEPTED,
    OperationState.UNKNOWN,
)


class OutcomeKind(TextChoices):
    REFUSED = "refused", _("Refused by the provider")
    HELD = "held", _("Held for a person to decide")


class HoldState(TextChoices):
    OPEN = "open", _("Waits for a decision")
    APPROVED = "approved", _("Approved; on its way")
    APPLIED = "applied", _("Approved and done")
    DISCARDED = "discarded", _("Discarded")
    EXPIRED = "expired", _("Approval expired")
    OVER = "over", _("No longer needed")


class DriftKind(TextChoices):
    ADDED = "added", _("Put on the list at the provider")
    REMOVED = "removed", _("Taken off the list at the provider")
    EDITED = "edited", _("Given another name at the provider")
    READDRESSED = "readdressed", _("Given another address at the provider")
    DELETED = "deleted", _("Deleted at the provider")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed from everything")


class NightState(TextChoices):
    PLANNED = "planned", _("To come")
    CARRIED_OVER = "carried_over", _("Waits for requests")
    NOT_POSSIBLE = "not_possible", _("Waits to be connected")
    STARTED = "started", _("Begun in its window")
    MADE_UP = "made_up", _("Made up after its window")
    MISSED = "missed", _("Missed; a later night made up for it")


WAITING_NIGHTS = (
    NightState.PLANNED,
    NightState.CARRIED_OVER,
    NightState.NOT_POSSIBLE,
)
"""Those that have not had their run."""

BEGUN_NIGHTS = (NightState.STARTED, NightState.MADE_UP)


class ResubscribeState(TextChoices):
    ASKED = "asked", _("Waits to be sent")
    SENT = "sent", _("The mail was sent")
    REFUSED = "refused", _("The provider said no")
    UNKNOWN = "unknown", _("May have been sent; no answer came")
