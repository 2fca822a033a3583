"""Reading who is told of what, and what was sent. An association is in scope."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen
from django.db.models import QuerySet

from rollkeeper.notices.events import ABOUT, Event, How
from rollkeeper.notices.models import Message, NoticeSettings, Subscription
from rollkeeper.notices.models.subscriptions import SILENT_HOURS

MUST = tuple(event for event in Event if ABOUT[event].somebody_must)
"""What administrators are told of when nobody subscribed."""


def subscriptions_of(staff_id: int) -> Mapping[Event, How]:
    """Return how one of the staff is told of each event."""
    rows = Subscription.objects.filter(staff_id=staff_id)
    said = {Event(row.event): How(row.how) for row in rows}
    return {event: said.get(event, How.NEVER) for event in Event}


@frozen(kw_only=True)
class Subscriber:
    staff_id: int
    name: str
    address: str
    how: How


def subscribers() -> Mapping[Event, tuple[Subscriber, ...]]:
    """Return who is told of each event, and how; people who left are not."""
    rows = (
        Subscription.objects.exclude(how=How.NEVER)
        .filter(staff__user__is_active=True)
        .select_related("staff__user")
        .order_by("staff__user__username")
    )
    found: dict[Event, list[Subscriber]] = {event: [] for event in Event}
    for row in rows:
        user = row.staff.user
        found[Event(row.event)].append(
            Subscriber(
                staff_id=row.staff_id,
                name=user.get_full_name() or user.get_username(),
                address=user.email,
                how=How(row.how),
            )
        )
    return {event: tuple(people) for event, people in found.items()}


def unheard() -> tuple[Event, ...]:
    """Return the events, of those that nobody may miss, that nobody is subscribed to
    who can be reached by mail."""
    heard = (
        Subscription.objects.filter(event__in=MUST, staff__user__is_active=True)
        .exclude(how=How.NEVER)
        .exclude(staff__user__email="")
        .values_list("event", flat=True)
    )
    return tuple(event for event in MUST if event not in set(heard))


def silent_hours() -> int:
    """Return after how many hours without a good run staff are told."""
    row = NoticeSettings.objects.first()
    return row.silent_hours if row else SILENT_HOURS


def unseen(user_id: int) -> int:
    """Return how many messages somebody has not seen."""
    return Message.objects.filter(user_id=user_id, seen_at=None).count()


def mine(user_id: int) -> QuerySet[Message]:
    """Return somebody's messages, the newest first."""
    return Message.objects.filter(user_id=user_id).order_by("-id")
