"""Who is to be told of an incident, and why they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from attrs import field, frozen
from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from rollkeeper.directory.models import Role, Staff
from rollkeeper.notices.events import ABOUT, Event, How
from rollkeeper.notices.models import Incident, Message, Subscription

SUBSCRIBED: Final = _("You are told because you subscribed to “%(event)s”.")
FOR_NOBODY: Final = _(
    "You are told because you are an administrator, and nobody who can be reached by "
    "mail has subscribed to “%(event)s”."
)
WAS_TOLD: Final = _("You are told because you were told of the failure.")


@frozen(kw_only=True)
class Reader:
    """One of the staff, and how they are told of what."""

    staff_id: int
    user_id: int
    name: str
    address: str
    administrator: bool
    language: str = settings.LANGUAGE_CODE
    how: Mapping[str, How] = field(factory=dict)


@frozen(kw_only=True)
class Recipient:
    reader: Reader
    why: str
    """A sentence at the end of the message."""

    @property
    def language(self) -> str:
        return self.reader.language


def readers(association_ids: Collection[int]) -> Mapping[int, Sequence[Reader]]:
    """Return the staff of these associations who may sign in, with their choices."""
    chosen: dict[int, dict[str, How]] = defaultdict(dict)
    for choice in Subscription.objects.filter(association__in=association_ids):
        chosen[choice.staff_id][choice.event] = How(choice.how)
    found: dict[int, list[Reader]] = defaultdict(list)
    staff = Staff.objects.filter(association__in=association_ids, user__is_active=True)
    for row in staff.select_related("user").order_by("pk"):
        found[row.association_id].append(
            Reader(
                staff_id=row.pk,
                user_id=row.user_id,
                name=row.user.get_full_name() or row.user.get_username(),
                address=row.user.email.strip(),
                administrator=row.role == Role.ADMINISTRATOR,
                language=row.language or settings.LANGUAGE_CODE,
                how=chosen[row.pk],
            )
        )
    return found


def recipients(incident: Incident, staff: Sequence[Reader]) -> Sequence[Recipient]:
    """Return who is told of the incident at once. Those of digests are not."""
    event = Event(incident.event)
    subscribed = [one for one in staff if one.how.get(event) is How.EACH]
    told = {one.staff_id: SUBSCRIBED for one in subscribed}
    if event is Event.CONNECTION_RESTORED:
        before = _told_of_failure(incident)
        told |= {
            one.staff_id: WAS_TOLD
            for one in staff
            if one.user_id in before and one.staff_id not in told
        }
    reached = any(one.address for one in subscribed)
    if ABOUT[event].somebody_must and not reached:
        told |= {
            one.staff_id: FOR_NOBODY
            for one in staff
            if one.administrator and one.staff_id not in told
        }
    by_id = {one.staff_id: one for one in staff}
    return [_recipient(by_id[one], why, event) for one, why in told.items()]


def _recipient(reader: Reader, why: str, event: Event) -> Recipient:
    with override(reader.language):
        return Recipient(reader=reader, why=gettext(why) % {"event": event.label})


def _told_of_failure(incident: Incident) -> frozenset[int | None]:
    rows = Message.objects.filter(
        incident=incident.facts["failure"], user__isnull=False
    )
    return frozenset(rows.values_list("user_id", flat=True))
