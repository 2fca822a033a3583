"""Making the messages of incidents: once each, for everybody who is to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import override
from django_scopes import scopes_disabled

from rollkeeper.engine.noticing import links, wording
from rollkeeper.engine.noticing.readers import Reader, Recipient, readers, recipients
from rollkeeper.notices.events import ABOUT, Event, MessageState
from rollkeeper.notices.models import Incident, Message, Telling

AT_ONCE: Final = 200

NO_ADDRESS: Final = "There is no e-mail address; it is shown here only."
NOBODY: Final = (
    "Nobody is subscribed, and there is no administrator who could be told instead."
)

log = structlog.get_logger()


def tell(*, now: datetime, draw: Callable[[], UUID] = uuid4) -> int:
    """Make the messages of all incidents that have none; return how many were made."""
    made = 0
    with scopes_disabled():
        while (more := _tell_in_one(now, draw)) is not None:
            made += more
    return made


@transaction.atomic
def _tell_in_one(now: datetime, draw: Callable[[], UUID]) -> int | None:
    """Make those of some incidents; None when there are none left."""
    untold = list(
        Incident.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(told_at=None)
        .select_related("association")
        .order_by("id")[:AT_ONCE]
    )
    if not untold:
        return None
    staff = readers({one.association_id for one in untold})
    made = 0
    for some in _in_turn(untold):
        messages = [
            message
            for incident in some
            for message in _messages(incident, staff, now=now, draw=draw)
        ]
        keep(messages)
        made += len(messages)
    Incident.objects.filter(pk__in=[one.pk for one in untold]).update(told_at=now)
    return made


def _in_turn(untold: Sequence[Incident]) -> Iterator[Sequence[Incident]]:
    """Yield restorations behind the rest: who is told of one depends on who was told
    of its failure."""
    restored = [one for one in untold if one.event == Event.CONNECTION_RESTORED]
    yield [one for one in untold if one.event != Event.CONNECTION_RESTORED]
    yield restored


def keep(messages: Sequence[tuple[Message, Sequence[Incident]]]) -> None:
    """Write messages down, with what each tells of."""
    Message.objects.bulk_create([message for message, _ in messages])
    Telling.objects.bulk_create(
        Telling(message=message, incident=incident)
        for message, incidents in messages
        for incident in incidents
    )
    for message, _ in messages:
        log.info("message_made", message=message.pk, notice=message.event)


def _messages(
    incident: Incident,
    staff: Mapping[int, Sequence[Reader]],
    *,
    now: datetime,
    draw: Callable[[], UUID],
) -> Iterator[tuple[Message, Sequence[Incident]]]:
    event = Event(incident.event)
    told: list[Recipient | None] = [
        *recipients(incident, staff.get(incident.association_id, ()))
    ]
    if not told and not ABOUT[event].somebody_must:
        return
    for recipient in told or (None,):
        message = _message(incident, recipient, now=now, number=draw())
        yield addressed(message, recipient, now=now), [incident]


def _message(
    incident: Incident, recipient: Recipient | None, *, now: datetime, number: UUID
) -> Message:
    """Write it in the language of who gets it."""
    with override(recipient.language if recipient else settings.LANGUAGE_CODE):
        said = wording.say(incident, ZoneInfo(incident.association.time_zone))
        return Message(
            association_id=incident.association_id,
            number=number,
            event=incident.event,
            incident=incident,
            connection_id=incident.connection_id,
            subject=wording.subject(incident.association.name, said.title),
            body=wording.body(
                [said],
                link=links.link(number),
                why=NOBODY if recipient is None else recipient.why,
                choices=links.choices_page(),
                association=incident.association.name,
            ),
            made_at=now,
        )


def addressed(
    message: Message, recipient: Recipient | None, *, now: datetime
) -> Message:
    """Return the message as one to this recipient, or to nobody."""
    if recipient is None:
        message.recipient, message.words = "nobody", NOBODY
        message.state = MessageState.NOBODY
        return message
    reader = recipient.reader
    message.user_id = reader.user_id
    message.recipient = f"staff:{reader.staff_id}"
    message.name, message.address = reader.name[:200], reader.address
    if reader.address:
        message.state, message.next_try_at = MessageState.WAITING, now
    else:
        message.state, message.words = MessageState.NOBODY, NO_ADDRESS
    return message
