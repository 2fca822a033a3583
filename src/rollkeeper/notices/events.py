"""What staff can be told of: a closed set, each with one sentence what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen
from django.db.models import TextChoices


class Event(TextChoices):
    CONNECTION_FAILED = "connection_failed", "Integration Connection Failed"
    CONNECTION_RESTORED = "connection_restored", "Connection restored"
    PLAN_HELD = "plan_held", "Plan held"
    UNSUBSCRIBED = "unsubscribed", "Someone unsubscribed"
    NIGHT_REPORT = "night_report", "Nightly run report"
    NOTHING_SYNCED = "nothing_synced", "Nothing has synced for hours"
    QUOTA_NEARLY_SPENT = "quota_nearly_spent", "Quota nearly spent"
    LIST_RENAMED = "list_renamed", "A list's name changed over there"
    SIGN_IN_ENDS = "sign_in_ends", "Sign-in ends soon"


class How(TextChoices):
    """How somebody is told of an event."""

    NEVER = "never", "Never"
    EACH = "each", "Each time"
    DAILY = "daily", "Once a day, at 8:00 AM"


class MessageState(TextChoices):
    WAITING = "waiting", "Waiting to be sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed, will be tried again"
    GIVEN_UP = "given_up", "Given up"
    NOBODY = "nobody", "Nobody to mail it to"


DUE_STATES: Final = (MessageState.WAITING, MessageState.FAILED)


@frozen(kw_only=True)
class About:
    """What an event means, and how it may be told."""

    means: str
    daily: bool = False
    """Does it do to hear of it the next morning?"""
    somebody_must: bool = False
    """Are administrators told when nobody subscribed, and is that recorded?"""


ABOUT: Final[Mapping[Event, About]] = {
    Event.CONNECTION_FAILED: About(
        means="The provider no longer lets us in, and somebody has to sign in again.",
        somebody_must=True,
    ),
    Event.CONNECTION_RESTORED: About(
        means="After it had failed, the connection has worked for a quarter of an hour."
        " Whoever was told of the failure is told this too.",
    ),
    Event.PLAN_HELD: About(
        means="Something that a sync would do could do harm, and waits for a decision.",
        somebody_must=True,
    ),
    Event.UNSUBSCRIBED: About(
        means="Somebody unsubscribed, left a list or complained at the provider.",
        daily=True,
    ),
    Event.NIGHT_REPORT: About(
        means="What the nightly run changed, and what it found.", daily=True
    ),
    Event.NOTHING_SYNCED: About(
        means="Changes wait, or nothing was ever compared, and no run ended well for a"
        " day, or for as many hours as an administrator set.",
    ),
    Event.QUOTA_NEARLY_SPENT: About(
        means="Nine tenths of the requests that we may use today are used.", daily=True
    ),
    Event.LIST_RENAMED: About(
        means="Somebody gave a list that we keep true another name at the provider.",
        daily=True,
    ),
    Event.SIGN_IN_ENDS: About(
        means="The sign-in at the provider ends within 14 days unless it is used.",
    ),
}


def choices(event: Event) -> tuple[How, ...]:
    """Return how somebody may be told of the event."""
    if ABOUT[event].daily:
        return (How.NEVER, How.EACH, How.DAILY)
    return (How.NEVER, How.EACH)
