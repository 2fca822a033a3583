"""What happened to one contact, here and over there, the newest first.

Each source is asked for its newest by index; they are merged, so that a page costs the
same however long a history is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby, takewhile
from typing import Any, Final

from attrs import frozen
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollkeeper.audit.models import Entry
from rollkeeper.connections.models import Connection
from rollkeeper.consent.models import Suppression
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.engine.stored import told
from rollkeeper.engine.words import CAUSES
from rollkeeper.ledger.models import (
    Drift,
    HeldItem,
    OperationSubject,
    Outcome,
    RemoteContact,
    RemoteMembership,
    Run,
)
from rollkeeper.notices.models import Mention, Message, Telling
from rollkeeper.web.audit import rows_of

SHOWN: Final = 15
_MORE_OF_ONE_TIME: Final = 10
"""Beyond a page, for what happened at the very same time as its last line."""

_ON_LISTS: Final = ("put_on_list", "taken_off_list", "standing_changed")


@frozen(kw_only=True)
class Event:
    at: datetime
    sort: str
    """One of here, sync, consent, mail: by it the page picks a picture."""
    words: str
    more: str = ""
    url: str = ""


@frozen(kw_only=True)
class Timeline:
    events: Sequence[Event]
    before: datetime | None
    """What to ask for older ones with; None when there are none."""


@frozen(kw_only=True)
class _Whose:
    """The contact, the mailboxes it has or had over there, and up to when to look."""

    contact: Contact
    connections: Sequence[int]
    mailboxes: Sequence[str]
    before: datetime | None

    def which(self, mailbox: str) -> Sequence[str]:
        """Return the mailbox, where it has to be said which one is meant."""
        return [mailbox] if len(self.mailboxes) > 1 else []

    def newest(self, rows: QuerySet[Any], at: str) -> QuerySet[Any]:
        """Return those that come next on the page, by the time *at*."""
        if self.before:
            rows = rows.filter(**{f"{at}__lt": self.before})
        return rows.order_by(f"-{at}", "-pk")[: SHOWN + _MORE_OF_ONE_TIME]


def timeline(contact: Contact, *, before: datetime | None = None) -> Timeline:
    """Return what happened to the contact, the newest or what was *before* then."""
    addresses = contact.addresses.values_list("mailbox", flat=True)
    connections = list(Connection.objects.values_list("pk", flat=True))
    carried = RemoteContact.objects.filter(
        connection__in=connections, carried_by=contact.pk
    )
    whose = _Whose(
        contact=contact,
        connections=connections,
        mailboxes=sorted(
            {
                *filter(None, addresses),
                *carried.values_list("mailbox", flat=True),
            }
        ),
        before=before,
    )
    every = merge(*(source(whose) for source in _SOURCES), key=_newest_first)
    events = list(every)
    shown = events[:SHOWN]
    if len(events) > SHOWN:
        last = shown[-1].at
        shown += takewhile(lambda one: one.at == last, events[SHOWN:])
    older = len(events) > len(shown)
    return Timeline(events=shown, before=shown[-1].at if older else None)


def _newest_first(event: Event) -> float:
    return -event.at.timestamp()


def _here(whose: _Whose) -> Iterator[Event]:
    """What people and rules did in the directory."""
    contact = whose.contact
    about = Q(subject=f"contact:{contact.pk}")
    on_lists = Q(action__in=_ON_LISTS, details__contact=contact.pk)
    rows = list(
        whose.newest(
            Entry.objects.filter(
                about | on_lists, association_id=contact.association_id
            ),
            "at",
        )
    )
    for entry, row in zip(rows, rows_of(rows), strict=True):
        of_list = entry.action in _ON_LISTS
        yield Event(
            at=entry.at,
            sort="here",
            words=f"{row.what}: {row.about}" if of_list else row.what,
            more=_("by %(who)s") % {"who": row.who}
            + ("" if of_list or not row.details else f" ({row.details})"),
            url=row.link if of_list else "",
        )


def _lists(ids: Iterable[int]) -> dict[int, str]:
    rows = ContactList.objects.filter(pk__in=set(ids))
    return dict(rows.values_list("pk", "name"))


def _on_lists_there(whose: _Whose) -> Iterator[Event]:
    """Tell of the lists over there, those that one run put them on in one line.

    All of them are read, for they are no more than there are lists.
    """
    rows = (
        RemoteMembership.objects.filter(
            contact__connection__in=whose.connections,
            contact__mailbox__in=whose.mailboxes,
            there=True,
        )
        .annotate(run=_run_at("contact__connection", "since"))
        .select_related("audience", "contact")
        .order_by("-since", "-pk")
    )
    for _one, together in groupby(rows, key=_told_together):
        event = _of_lists(whose, list(together))
        if whose.before is None or event.at < whose.before:
            yield event


def _run_at(connection: str, at: str) -> Subquery:
    """Return the run that was the last to begin before then."""
    begun = Run.objects.filter(
        connection=OuterRef(connection), started_at__lte=OuterRef(at)
    )
    return Subquery(begun.order_by("-started_at").values("pk")[:1])


def _told_together(row: Any) -> tuple[Any, ...]:
    if row.run and row.ours:
        return ("run", row.run, row.contact_id)
    return ("alone", row.pk)


def _of_lists(whose: _Whose, rows: Sequence[Any]) -> Event:
    row, names = rows[0], [str(one.audience) for one in rows]
    words = (
        _("On “%(name)s” at Constant Contact")
        if row.ours
        else _("On “%(name)s” at Constant Contact, put there by somebody else")
    ) % {"name": row.audience}
    more, url = [], reverse("audience", args=[row.audience_id])
    if len(rows) > 1:
        words = ngettext(
            "On %(number)s list at Constant Contact",
            "On %(number)s lists at Constant Contact",
            len(rows),
        ) % {"number": len(rows)}
        more, url = [", ".join(sorted(names))], reverse("run", args=[row.run])
    return Event(
        at=row.since,
        sort="sync",
        words=words,
        more="; ".join([*more, *whose.which(row.contact.mailbox)]),
        url=url,
    )


def _disabled_there(whose: _Whose) -> Iterator[Event]:
    rows = RemoteContact.objects.filter(
        connection__in=whose.connections,
        mailbox__in=whose.mailboxes,
        disabled_at__isnull=False,
    )
    for row in whose.newest(rows, "disabled_at"):
        yield Event(
            at=row.disabled_at,
            sort="sync",
            words=_("Disabled at Constant Contact"),
            more=", ".join(whose.which(row.mailbox)),
        )


def _changed_there(whose: _Whose) -> Iterator[Event]:
    rows = Drift.objects.filter(
        connection__in=whose.connections, mailbox__in=whose.mailboxes
    ).select_related("audience")
    for row in whose.newest(rows, "found_at"):
        change = f"{row.was} → {row.now}" if row.was or row.now else ""
        of = str(row.audience) if row.audience else ""
        yield Event(
            at=row.found_at,
            sort="sync",
            words=row.get_kind_display(),
            more=", ".join(filter(None, (of, change, *whose.which(row.mailbox)))),
            url=reverse("run", args=[row.run_id]),
        )


def _on_the_way(whose: _Whose) -> Iterator[Event]:
    rows = OperationSubject.objects.filter(
        operation__connection__in=whose.connections, mailbox__in=whose.mailboxes
    ).select_related("operation")
    for row in whose.newest(rows, "operation__planned_at"):
        yield Event(
            at=row.operation.planned_at,
            sort="sync",
            words=_("On its way to Constant Contact"),
            more="; ".join(
                [CAUSES.get(row.cause, row.cause), *whose.which(row.mailbox)]
            ),
            url=reverse("run", args=[row.operation.run_id]),
        )


def _not_made_true(whose: _Whose) -> Iterator[Event]:
    rows = Outcome.objects.filter(
        connection__in=whose.connections, mailbox__in=whose.mailboxes
    )
    for row in whose.newest(rows, "at"):
        yield Event(
            at=row.at,
            sort="sync",
            words=row.get_kind_display(),
            more=row.message,
            url=reverse("run", args=[row.run_id]) if row.run_id else "",
        )


def _held(whose: _Whose) -> Iterator[Event]:
    about = Q(mailbox__in=whose.mailboxes) | Q(contact_id=whose.contact.pk)
    rows = HeldItem.objects.filter(
        about, hold__association=whose.contact.association_id
    ).select_related("hold")
    for row in whose.newest(rows, "hold__made_at"):
        yield Event(
            at=row.hold.made_at,
            sort="sync",
            words=_("Held until a person decides"),
            more=row.hold.get_state_display(),
            url=reverse("hold", args=[row.hold_id]),
        )


def _said(whose: _Whose) -> Iterator[Event]:
    """What they, or somebody with their mailbox, said of mail."""
    about = Q(mailbox__in=whose.mailboxes) | Q(contact_id=whose.contact.pk)
    rows = Suppression.objects.filter(about).annotate(
        told_at=Coalesce("happened_at", "recorded_at")
    )
    found = list(whose.newest(rows, "told_at"))
    names = _lists(row.list_id for row in found if row.list_id)
    for row in found:
        of = names.get(row.list_id or 0, "")
        yield Event(
            at=row.told_at,
            sort="consent",
            words=row.get_kind_display(),
            more=", ".join(filter(None, (of, *whose.which(row.mailbox), _learnt(row)))),
            url=reverse("run", args=[row.run_id]) if row.run_id else "",
        )


def _learnt(row: Suppression) -> str:
    """Say how it became known, which is of no interest for what a page says itself."""
    if row.provider:
        return _("learnt from Constant Contact")
    return told(row.source)


def _told(whose: _Whose) -> Iterator[Event]:
    """What staff were told of them."""
    mentioned = Mention.objects.filter(contact_id=whose.contact.pk)
    telling = Telling.objects.filter(incident__in=mentioned.values("incident"))
    rows = Message.objects.filter(pk__in=telling.values("message"))
    for row in whose.newest(rows, "made_at"):
        yield Event(
            at=row.made_at,
            sort="mail",
            words=row.subject,
            more=_("told to %(name)s") % {"name": row.name or _("nobody")},
            url=reverse("communication", args=[row.pk]),
        )


_SOURCES: Final[Sequence[Callable[[_Whose], Iterator[Event]]]] = (
    _here,
    _on_lists_there,
    _disabled_there,
    _changed_there,
    _on_the_way,
    _not_made_true,
    _held,
    _said,
    _told,
)
