"""The communication history: what was sent to whom, found by anything known of it.

An association is in scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen
from django.db import connection as database
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rollkeeper.notices.events import Event, MessageState
from rollkeeper.notices.models import Mention, Message, Telling

READ_AT_ONCE: Final = 500

COLUMNS: Final = (
    "made",
    "event",
    "to",
    "address",
    "subject",
    "state",
    "sent",
    "seen",
    "attempts",
    "what the mail server said",
    "body",
)


@frozen(kw_only=True)
class Wanted:
    """What to look for; what is left empty does not matter."""

    words: str = ""
    """Each must be in the subject, the body, or who it went to."""
    event: Event | None = None
    """Also within digests."""
    state: MessageState | None = None
    recipient: str = ""
    """As `Message.recipient` has it."""
    contact_id: int | None = None
    """Of what the contact is mentioned in."""
    connection_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def messages(wanted: Wanted) -> QuerySet[Message]:
    """Return the messages that are wanted, the newest first."""
    rows = Message.objects.order_by("-id")
    for word in wanted.words.split():
        rows = rows.filter(
            Q(subject__icontains=word)
            | Q(body__icontains=word)
            | Q(name__icontains=word)
            | Q(address__icontains=word)
        )
    exact = {
        "state": wanted.state,
        "recipient": wanted.recipient or None,
        "made_at__gte": wanted.since,
        "made_at__lt": wanted.until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    told = Telling.objects.filter(message=OuterRef("pk"))
    if wanted.event:
        rows = rows.filter(Exists(told.filter(incident__event=wanted.event)))
    if wanted.connection_id:
        rows = rows.filter(
            Exists(told.filter(incident__connection=wanted.connection_id))
        )
    if wanted.contact_id:
        mentioned = Mention.objects.filter(contact_id=wanted.contact_id)
        rows = rows.filter(
            Exists(told.filter(incident__in=mentioned.values("incident")))
        )
    return rows


_RECIPIENTS = """
    WITH RECURSIVE one AS (
        (SELECT recipient, name FROM notices_message
          WHERE association_id = %(association)s
          ORDER BY recipient, id DESC LIMIT 1)
         UNION ALL
        SELECT next.recipient, next.name
          FROM one CROSS JOIN LATERAL (
               SELECT recipient, name FROM notices_message
                WHERE association_id = %(association)s
                  AND recipient > one.recipient
                ORDER BY recipient, id DESC LIMIT 1) AS next)
    SELECT recipient, name FROM one
"""
"""One step in the index for each, however many messages there are."""


def recipients(association_id: int) -> Sequence[tuple[str, str]]:
    """Return to whom anything was ever sent, with the name each had the last time."""
    with database.cursor() as cursor:
        cursor.execute(_RECIPIENTS, {"association": association_id})
        named = [
            (recipient, name or _("Nobody")) for recipient, name in cursor.fetchall()
        ]
    return sorted(named, key=lambda one: one[1].casefold())


def rows(found: QuerySet[Message]) -> Iterator[Sequence[str]]:
    """Yield the messages as rows of a file, read a portion at a time."""
    for one in found.iterator(chunk_size=READ_AT_ONCE):
        yield (
            _time(one.made_at),
            event_in_words(one),
            one.name,
            one.address,
            one.subject,
            one.get_state_display(),
            _time(one.sent_at),
            _time(one.seen_at),
            str(one.attempts),
            one.words,
            one.body,
        )


def event_in_words(message: Message) -> str:
    return str(Event(message.event).label) if message.event else _("Daily digest")


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
