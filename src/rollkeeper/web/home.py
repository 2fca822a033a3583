"""The first page: what needs a person, each audience in a line, and the last month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from attrs import frozen
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.quota import requests_today
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.forecast import forecast
from rollkeeper.engine.switches import kept
from rollkeeper.ledger import days, held
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.services.newsletter import newsletter_of
from rollkeeper.web import charts
from rollkeeper.web.holds import namesakes_waiting, row_of
from rollkeeper.web.standing import Standing
from rollkeeper.web.synching import Side, side_of, waiting
from rollkeeper.web.words import count

DAYS = 30
HOLDS_SHOWN = 5
LINES_SHOWN = 50
LONG = timedelta(days=2)
"""A list not known to be true for longer than this needs somebody to look."""
SERIES = 5
"""Lines that can be told apart in one chart."""


@frozen(kw_only=True)
class Need:
    """Something that waits for a person."""

    what: str
    why: str
    url: str
    do: str
    page: str
    """Where everything of its kind is."""


def unsaid(needs: Sequence[Need], standing: Standing) -> Sequence[Need]:
    """Leave out the only one of its kind, when the strip above leads to it already."""
    said = standing.action.page if standing.action else ""
    alike = [need for need in needs if need.page == said]
    return [need for need in needs if need not in alike] if len(alike) == 1 else needs


def needs(connection: Connection | None, association_id: int) -> Sequence[Need]:
    """Return what waits for a person, what stops most first."""
    return [
        *_reconnect(connection),
        *_namesakes(),
        *_holds(association_id),
        *_unmade(connection),
    ]


def _reconnect(connection: Connection | None) -> Sequence[Need]:
    if connection is None or connection.state != ConnectionState.RECONNECT_NEEDED:
        return ()
    return [
        Need(
            what=_("Constant Contact no longer lets us in"),
            why=_("Nothing is sent until somebody signs in there again."),
            url=reverse("constant_contact"),
            do=_("Reconnect"),
            page="constant_contact",
        )
    ]


def _namesakes() -> Sequence[Need]:
    return [
        Need(
            what=one.name,
            why=_("A list of this name is there already. Use it, or make a new one?"),
            url=reverse("holds"),
            do=_("Choose"),
            page="holds",
        )
        for one in namesakes_waiting()
    ]


def _holds(association_id: int) -> Sequence[Need]:
    rows = [row_of(hold) for hold in held.waiting(association_id)]
    found = [
        Need(
            what=f"{row.subject}: {row.what}",
            why=row.because,
            url=reverse("hold", args=[row.id]),
            do=_("Look and decide"),
            page="holds",
        )
        for row in rows[:HOLDS_SHOWN]
    ]
    if (more := len(rows) - HOLDS_SHOWN) > 0:
        words = ngettext(
            "%(count)s more decision waits", "%(count)s more decisions wait", more
        )
        found.append(
            Need(
                what=words % {"count": count(more)},
                why="",
                url=reverse("holds"),
                do=_("See them all"),
                page="holds",
            )
        )
    return found


def _unmade(connection: Connection | None) -> Sequence[Need]:
    number = ledger.outcomes(connection.pk).count() if connection else 0
    if not number:
        return ()
    words = ngettext(
        "%(count)s address could not be made true",
        "%(count)s addresses could not be made true",
        number,
    )
    return [
        Need(
            what=words % {"count": count(number)},
            why=_("Refused by Constant Contact, or waiting. Everybody else is right."),
            url=reverse("exceptions"),
            do=_("See who and why"),
            page="exceptions",
        )
    ]


@frozen(kw_only=True)
class Line:
    """One audience."""

    url: str
    name: str
    people: int | None
    """On its list over there; None when there is none yet."""
    true_at: datetime | None
    waiting: Sequence[str]
    asks: bool
    is_old: bool
    """Was it not known to be true for long?"""

    @property
    def is_settled(self) -> bool:
        return self.true_at is not None and not self.is_old and not self.waiting


@frozen(kw_only=True)
class Lines:
    """The audiences that are kept true: what needs something first, then by name."""

    shown: Sequence[Line]
    number: int
    unsettled: int
    """How many wait for something, or were not known to be true for long."""
    checked_at: datetime | None
    """When the others were all known to be true."""
    largest: int
    """The most people on one, for the bars."""


def lines(connection: Connection, *, now: datetime) -> Lines:
    rows = kept(connection.association_id, connection.provider)
    lists = list(rows.order_by(in_order(), "pk"))
    chosen = newsletter_of(connection.association_id)
    side = side_of(connection, chosen, [row.pk for row in lists])
    found = [_line(row, side, now) for row in lists]
    settled = [line.true_at for line in found if line.is_settled and line.true_at]
    return Lines(
        shown=sorted(found, key=attrgetter("is_settled"))[:LINES_SHOWN],
        number=len(found),
        unsettled=len(found) - len(settled),
        checked_at=min(settled, default=None),
        largest=max((line.people or 0 for line in found), default=0) or 1,
    )


def _line(row: Any, side: Side, now: datetime) -> Line:
    audience, figures = side.audiences.get(row.pk), side.figures.get(row.pk)
    made = figures if figures and figures.made else None
    url = reverse("audience", args=[audience.pk]) if audience else ""
    true_at = made.true_at(side.last_true_at) if made else None
    return Line(
        url=url or reverse("list", args=[row.pk]),
        name=row.name,
        people=made.ours + made.strangers if made else None,
        true_at=true_at,
        waiting=waiting(row.pk, audience, side),
        asks=audience is not None and audience.pk in side.held,
        is_old=true_at is not None and now - true_at > LONG,
    )


@frozen(kw_only=True)
class Requests:
    """What of the day's requests is used, and what is to come."""

    limit: int
    used: int
    expected: int
    """By midnight UTC, if the rest of the day is as in the last seven."""
    left: str
    closed_until: datetime | None


def requests_of(connection: Connection, *, now: datetime) -> Requests:
    key = connection.application
    used = requests_today(key.pk)
    rest = days.rest_of_day(connection.pk, now=now)
    closed = key.closed_until
    return Requests(
        limit=key.requests_per_day,
        used=used,
        expected=min(used + rest, key.requests_per_day),
        left=forecast(connection_id=connection.pk, requests=0).in_words(),
        closed_until=closed if closed and closed > now else None,
    )


@frozen(kw_only=True)
class Unsubscribes:
    """How many people unsubscribed from everything."""

    this_month: int
    last_month: int
    ever: int


def unsubscribes(*, now: datetime) -> Unsubscribes:
    """Count them by the months of the active time zone."""
    this = timezone.localtime(now).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    last = (this - timedelta(days=1)).replace(day=1)
    facts = Suppression.objects.filter(kind=Kind.UNSUBSCRIBED)
    told = facts.annotate(at=Coalesce("happened_at", "recorded_at"))

    def people(of: Q | None) -> Count:
        return Count("mailbox", distinct=True, filter=of)

    found = told.aggregate(
        this_month=people(Q(at__gte=this)),
        last_month=people(Q(at__gte=last, at__lt=this)),
        ever=people(None),
    )
    return Unsubscribes(**found)


@frozen(kw_only=True)
class Month:
    """The last thirty days as charts; None where there is nothing to draw."""

    sizes: charts.Lines | None
    changes: charts.Columns | None


def month(connection: Connection, *, now: datetime) -> Month:
    today = timezone.localtime(now).date()
    first = today - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, time()))
    zone = timezone.get_current_timezone_name()
    changed = days.changes(connection.pk, since=since, zone=zone)
    return Month(
        sizes=charts.lines(_sizes(connection, since, zone), first=first, last=today),
        changes=charts.columns(
            {one.day: (one.joined, one.left, one.unsubscribed) for one in changed},
            first=first,
            last=today,
        ),
    )


def _sizes(
    connection: Connection, since: datetime, zone: str
) -> Mapping[str, Mapping[date, int]]:
    """Return the sizes of the largest lists, by name and day."""
    by_list: dict[int, dict[date, int]] = {}
    for one in days.sizes(connection.pk, since=since, zone=zone):
        by_list.setdefault(one.list_id, {})[one.day] = one.there
    rows = kept(connection.association_id, connection.provider)
    names = dict(rows.filter(pk__in=by_list).values_list("pk", "name"))
    largest = sorted(names, key=lambda pk: (-max(by_list[pk].values()), pk))[:SERIES]
    return {names[pk]: by_list[pk] for pk in largest}
