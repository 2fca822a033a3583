"""Each morning's digest: what was found since the last, for those who chose one.

It is made at eight by the clocks of the association, once for each date, whatever
clocks do: as with nights, a time that comes twice is the first of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from attrs import frozen
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_noop as _
from django_scopes import scopes_disabled

from rollkeeper.core.night import Window
from rollkeeper.engine.noticing import links, wording
from rollkeeper.engine.noticing.readers import Recipient, readers
from rollkeeper.engine.noticing.telling import addressed, keep
from rollkeeper.engine.spoken import figure
from rollkeeper.notices.events import How
from rollkeeper.notices.models import Incident, Message, Subscription, Telling

EIGHT: Final = time(8)
_ALL_DAY: Final = time(7, 59)
MOST: Final = 100
"""So many incidents a digest tells of; those beyond come with the next."""

WHY: Final = _("You are told because you chose a daily digest.")


def digest(*, now: datetime, draw: Callable[[], UUID] = uuid4) -> int:
    """Make the digests that are due; return how many were made."""
    with scopes_disabled():
        return sum(_make(one, now=now, draw=draw) for one in list(_due(now)))


@frozen(kw_only=True)
class Morning:
    """One of the staff, and a morning whose digest was not made for them."""

    staff_id: int
    association_id: int
    on: date
    eight: datetime


def _due(now: datetime) -> Iterator[Morning]:
    daily = Subscription.objects.filter(how=How.DAILY)
    for name in sorted(set(daily.values_list("association__time_zone", flat=True))):
        window = Window(begins=EIGHT, ends=_ALL_DAY, zone=ZoneInfo(name))
        on = window.night_of(now)
        behind = daily.filter(
            Q(digested_on=None) | Q(digested_on__lt=on), association__time_zone=name
        )
        rows = behind.values_list("staff_id", "association_id").distinct()
        for staff_id, association_id in rows.order_by("staff_id"):
            yield Morning(
                staff_id=staff_id,
                association_id=association_id,
                on=on,
                eight=window.bounds(on).opens,
            )


@transaction.atomic
def _make(one: Morning, *, now: datetime, draw: Callable[[], UUID]) -> int:
    """Make one digest, unless there is nothing to tell; either way it is done."""
    mine = Subscription.objects.select_for_update().filter(
        Q(digested_on=None) | Q(digested_on__lt=one.on),
        staff_id=one.staff_id,
        how=How.DAILY,
    )
    events = {row.event: row.since for row in mine}
    mine.update(digested_on=one.on)
    incidents = _untold(one, events)
    staff = readers([one.association_id]).get(one.association_id, ())
    reader = next((each for each in staff if each.staff_id == one.staff_id), None)
    if reader is None or not incidents:
        return 0
    with override(reader.language):
        recipient = Recipient(reader=reader, why=gettext(WHY))
        message = _message(incidents, recipient, one.on, now, draw)
    keep([(message, incidents)])
    return 1


def _untold(one: Morning, events: Mapping[str, datetime]) -> Sequence[Incident]:
    """Return what was found until that morning, since the choice, and not told yet."""
    wanted = Q(pk__in=[])
    for event, since in events.items():
        wanted |= Q(event=event, found_at__gte=since)
    told = Telling.objects.filter(
        incident=OuterRef("pk"), message__recipient=f"staff:{one.staff_id}"
    )
    rows = Incident.objects.filter(
        wanted,
        ~Exists(told),
        association_id=one.association_id,
        found_at__lt=one.eight,
    )
    return list(rows.select_related("association").order_by("event", "id")[:MOST])


def _message(
    incidents: Sequence[Incident],
    recipient: Recipient,
    morning: date,
    now: datetime,
    draw: Callable[[], UUID],
) -> Message:
    association, number = incidents[0].association, draw()
    zone = ZoneInfo(association.time_zone)
    title = ngettext(
        "%(n)s thing to know, %(day)s",
        "%(n)s things to know, %(day)s",
        len(incidents),
    ) % {"n": figure(len(incidents)), "day": morning}
    message = Message(
        association=association,
        number=number,
        digest_on=morning,
        subject=wording.subject(association.name, title),
        body=wording.body(
            [wording.say(one, zone) for one in incidents],
            link=links.link(number),
            why=recipient.why,
            choices=links.choices_page(),
            association=association.name,
        ),
        made_at=now,
    )
    return addressed(message, recipient, now=now)
