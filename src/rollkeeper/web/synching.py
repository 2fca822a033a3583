"""The Sync tab: each list with its switch, what is over there, and what is waiting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import field, frozen
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from rollkeeper.connections.models import Connection
from rollkeeper.core.policy import DEFAULT, When
from rollkeeper.core.values import ListId
from rollkeeper.directory.models import Mark
from rollkeeper.ledger import held
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import OPEN_STATES, Audience, Operation
from rollkeeper.ledger.selectors import AudienceFigures
from rollkeeper.ledger.services.newsletter import Newsletter
from rollkeeper.web.newsletter import SETS
from rollkeeper.web.situation import PROVIDER
from rollkeeper.web.words import count, window


@frozen(kw_only=True)
class Ticks:
    """What somebody has ticked and cleared so far, and not saved."""

    shown: frozenset[ListId] = frozenset()
    """Lists whose boxes were on the screen."""
    on: frozenset[ListId] = frozenset()
    elsewhere_on: frozenset[ListId] = frozenset()
    """Lists on other pages whose boxes were changed there."""
    elsewhere_off: frozenset[ListId] = frozenset()

    @classmethod
    def of(cls, sent: QueryDict) -> Ticks:
        """Read them from a form. Raises `ValueError` for what no form of ours sends."""
        shown = _ids(sent, "shown")
        on = shown if "everything" in sent else shown & _ids(sent, "sync")
        return cls(
            shown=shown,
            on=on,
            elsewhere_on=_ids(sent, "elsewhere_on"),
            elsewhere_off=_ids(sent, "elsewhere_off"),
        )

    @property
    def all_on(self) -> frozenset[ListId]:
        return self.on | self.elsewhere_on

    @property
    def all_off(self) -> frozenset[ListId]:
        return (self.shown - self.on) | (self.elsewhere_off - self.all_on)

    def is_ticked(self, list_id: int, saved: bool) -> bool:
        return list_id in self.all_on or (saved and list_id not in self.all_off)


def _ids(sent: QueryDict, name: str) -> frozenset[ListId]:
    return frozenset(ListId(int(text)) for text in sent.getlist(name))


@frozen(kw_only=True)
class View:
    """Which lists are shown: only those set to sync, or all; and which page of them."""

    everything: bool
    page: int = 1

    @classmethod
    def of(cls, sent: QueryDict) -> View:
        page = sent.get("page", "")
        return cls(
            everything="all" in sent and "only" not in sent,
            page=int(page) if page.isdecimal() else 1,
        )

    def address(self, *, page: int | None = None) -> str:
        page = page or self.page
        query = {"all": 1} if self.everything else {}
        query |= {"page": page} if page > 1 else {}
        return reverse("list_sync") + (f"?{urlencode(query)}" if query else "")


@frozen(kw_only=True)
class Row:
    """A line of the Sync tab."""

    id: int
    name: str
    kind: str
    here: int
    ticked: bool
    sync: bool
    """As it was saved."""
    no_effect: str
    """Why the box means nothing; empty when it does."""
    there: int | None
    """How many are on the provider list; None when there is none."""
    called: str
    """The provider list's name, where it is another one."""
    true_at: datetime | None
    when: str
    waiting: Sequence[str]
    asks: bool
    """Does it wait for a person?"""


@frozen(kw_only=True)
class Side:
    """What is known of some lists at the provider, read once for a page."""

    chosen: Newsletter
    figures: Mapping[int, AudienceFigures] = field(factory=dict)
    audiences: Mapping[int, Audience] = field(factory=dict)
    last_true_at: datetime | None = None
    held: Mapping[int, int] = field(factory=dict)
    """By audience, how many people's changes wait for a decision."""
    under_way: Mapping[str, int] = field(factory=dict)
    """By provider list, how many changes were sent and are not confirmed."""
    asked: frozenset[int] = frozenset()
    """Lists that somebody had asked for, or that are to be compared."""


def side_of(
    connection: Connection | None, chosen: Newsletter, list_ids: Collection[int]
) -> Side:
    if connection is None:
        return Side(chosen=chosen)
    audiences = Audience.objects.filter(connection=connection, list_id__in=list_ids)
    by_list = {one.list_id: one for one in audiences}
    marks = Mark.objects.filter(list_id__in=list_ids)
    marked = {pk for pk in marks.values_list("list_id", flat=True) if pk}
    asked = {pk for pk, one in by_list.items() if one.asked_at and not asks(one)}
    return Side(
        chosen=chosen,
        figures=ledger.figures_by_list(connection.pk, list_ids),
        audiences=by_list,
        last_true_at=ledger.last_true_at(connection.pk),
        held=_held(connection),
        under_way=_under_way(connection),
        asked=frozenset(asked | marked),
    )


def asks(audience: Audience) -> bool:
    """Does it wait for staff to say what to do about a list of its name over there?"""
    undecided = audience.namesake_id is not None and not audience.namesake_choice
    return undecided and audience.provider_list_id is None


def _held(connection: Connection) -> Mapping[int, int]:
    counts: dict[int, int] = {}
    for hold in held.waiting(connection.association_id):
        if hold.audience_id is not None and hold.connection_id == connection.pk:
            counts[hold.audience_id] = counts.get(hold.audience_id, 0) + hold.count
    return counts


def _under_way(connection: Connection) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    rows = Operation.objects.filter(connection=connection, state__in=OPEN_STATES)
    for lists, people in rows.values_list("lists", "rows"):
        for one in lists:
            counts[one] = counts.get(one, 0) + people
    return counts


def rows_of(lists: Iterable[Any], side: Side, ticks: Ticks) -> list[Row]:
    return [_row(one, side, ticks) for one in lists]


def _row(row: Any, side: Side, ticks: Ticks) -> Row:
    figures, audience = side.figures.get(row.pk), side.audiences.get(row.pk)
    made = figures if figures and figures.made else None
    return Row(
        id=row.pk,
        name=row.name,
        kind=row.get_kind_display(),
        here=row.members,
        ticked=ticks.is_ticked(row.pk, row.sync),
        sync=row.sync,
        no_effect=no_effect(row.kind, side.chosen),
        there=made.ours + made.strangers if made else None,
        called=made.name if made and made.name != row.name else "",
        true_at=made.true_at(side.last_true_at) if row.sync and made else None,
        when=when(audience, side.chosen),
        waiting=waiting(row.pk, audience, side),
        asks=audience is not None and (asks(audience) or audience.pk in side.held),
    )


def no_effect(kind: str, chosen: Newsletter) -> str:
    """Say why a switch of such a list means nothing; empty when it does."""
    if chosen.keeps(kind, PROVIDER):
        return ""
    name = kind if kind == "representatives" else "lists"
    name = "membership_types" if kind == "membership_type" else name
    if getattr(chosen, name):
        return _("Constant Contact is not the newsletter solution.")
    return _("“%(set)s” is off.") % {"set": SETS[name][0]}


def when(audience: Audience | None, chosen: Newsletter) -> str:
    """Say when the list follows what changes here, as the end of a line."""
    match When(audience.when) if audience else DEFAULT.when:
        case When.LIVE:
            return _("live")
        case When.NIGHTLY if chosen.nightly:
            return _("nightly, %(window)s") % {"window": window(chosen)}
        case When.NIGHTLY:
            return _("nightly, but the nightly run is off")
        case When.BY_HAND:
            return _("by hand")


def waiting(list_id: int, audience: Audience | None, side: Side) -> list[str]:
    """Say what of the list waits, for us or for a person."""
    said = []
    if audience and asks(audience):
        said.append(_("A list of this name is there already"))
    if audience and (number := side.held.get(audience.pk)):
        said.append(_("%(number)s held for you") % {"number": count(number)})
    if audience and (number := side.under_way.get(audience.provider_list_id or "")):
        said.append(_("%(number)s on their way") % {"number": count(number)})
    if list_id in side.asked:
        said.append(_("In line"))
    return said
