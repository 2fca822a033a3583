"""What staff can be told of: a closed set, each with one sentence what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Event(TextChoices):
    CONNECTION_FAILED = "connection_failed", _("Integration Connection Failed")
    CONNECTION_RESTORED = "connection_restored", _("Connection restored")
    PLAN_HELD = "plan_held", _("Plan held")
    UNSUBSCRIBED = "unsubscribed", _("Someone unsubscribed")
    NIGHT_REPORT = "night_report", _("Nightly run report")
    NOTHING_SYNCED = "nothing_synced", _("Nothing has synced for hours")
    QUOTA_NEARLY_SPENT = "quota_nearly_spent", _("Quota nearly spent")
    LIST_RENAMED = "list_renamed", _("A list's name changed over there")
    SIGN_IN_ENDS = "sign_in_ends", _("Sign-in ends soon")


class How(TextChoices):
    """How somebody is told of an event."""

    NEVER = "never", _("Never")
    EACH = "each", _("Each time")
    DAILY = "daily", _("Once a day, at 8:00 AM")


class MessageState(TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed, will be tried again")
    GIVEN_UP = "given_up", _("Given up")
    NOBODY = "nobody", _("Nobody to mail it to")


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
        means=gettext_noop(
            "The provider no longer lets us in, and somebody has to sign in again."
        ),
        somebody_must=True,
    ),
    Event.CONNECTION_RESTORED: About(
        means=gettext_noop(
            "After it had failed, the connection has worked for a quarter of an hour."
            " Whoever was told of the failure is told this too."
        ),
    ),
    Event.PLAN_HELD: About(
        means=gettext_noop(
            "Something that a sync would do could do harm, and waits for a decision."
        ),
        somebody_must=True,
    ),
    Event.UNSUBSCRIBED: About(
        means=gettext_noop(
            "Somebody unsubscribed, left a list or complained at the provider."
        ),
        daily=True,
    ),
    Event.NIGHT_REPORT: About(
        means=gettext_noop("What the nightly run changed, and what it found."),
        daily=True,
    ),
    Event.NOTHING_SYNCED: About(
        means=gettext_noop(
            "Changes wait, or nothing was ever compared, and no run ended well for a"
            " day, or for as many hours as an administrator set."
        ),
    ),
    Event.QUOTA_NEARLY_SPENT: About(
        means=gettext_noop(
            "Nine tenths of the requests that we may use today are used."
        ),
        daily=True,
    ),
    Event.LIST_RENAMED: About(
        means=gettext_noop(
            "Somebody gave a list that we keep true another name at the provider."
        ),
        daily=True,
    ),
    Event.SIGN_IN_ENDS: About(
        means=gettext_noop(
            "The sign-in at the provider ends within 14 days unless it is used."
        ),
    ),
}


def choices(event: Event) -> tuple[How, ...]:
    """Return how somebody may be told of the event."""
    if ABOUT[event].daily:
        return (How.NEVER, How.EACH, How.DAILY)
    return (How.NEVER, How.EACH)
