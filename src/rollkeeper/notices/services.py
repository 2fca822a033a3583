"""Who is told of what, and what became of what was sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from rollkeeper.audit.services import record
from rollkeeper.notices.events import Event, How, choices
from rollkeeper.notices.models import Message, NoticeSettings, Subscription

LEAST_HOURS, MOST_HOURS = 1, 24 * 14


class CannotSubscribe(ValueError):
    """Nobody can be told like this. The message says why."""


@transaction.atomic
def subscribe(
    *, association_id: int, staff_id: int, event: Event, how: How, by: str
) -> bool:
    """Have one of the staff told of the event like this; False if they are already.

    What was found before is not told.
    """
    if how not in choices(event):
        raise CannotSubscribe(
            _("%(event)s cannot wait for a daily digest: choose each time, or never.")
            % {"event": event.label}
        )
    row, made = Subscription.objects.select_for_update().get_or_create(
        association_id=association_id,
        staff_id=staff_id,
        event=event,
        defaults={"how": how},
    )
    if not made:
        if row.how == how:
            return False
        row.how, row.since, row.digested_on = how, Now(), None
        row.save()
    record(
        association_id=association_id,
        by=by,
        action="subscription_changed",
        subject=f"staff:{staff_id}",
        details={"event": event, "how": how},
    )
    return True


@transaction.atomic
def set_silent_hours(*, association_id: int, hours: int, by: str) -> bool:
    """Have staff told when nothing has synced for so many hours."""
    if not LEAST_HOURS <= hours <= MOST_HOURS:
        raise CannotSubscribe(
            _("Between %(least)s and %(most)s hours, please.")
            % {"least": LEAST_HOURS, "most": MOST_HOURS}
        )
    row, _made = NoticeSettings.objects.get_or_create(association_id=association_id)
    if row.silent_hours == hours:
        return False
    before, row.silent_hours = row.silent_hours, hours
    row.save()
    record(
        association_id=association_id,
        by=by,
        action="silent_hours_changed",
        details={"before": before, "after": hours},
    )
    return True


def note_seen(*, user_id: int, messages: Collection[int], at: datetime) -> int:
    """Their recipient has seen these messages; return how many were new."""
    mine = Message.objects.filter(user_id=user_id, seen_at=None)
    return mine.filter(pk__in=messages).update(seen_at=at)
