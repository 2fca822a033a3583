"""The way to the first sync: which lists, which names, what it would do, go.

Where somebody stands is read off what is there, never remembered: a page that was left
can be gone on with, by anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from attrs import frozen
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.connections.models import Connection
from rollkeeper.core.eligibility import Reason
from rollkeeper.core.policy import Namesake
from rollkeeper.core.sorting import sorting_key
from rollkeeper.core.values import ListId
from rollkeeper.directory.models import PlaceOnList
from rollkeeper.directory.sorting import in_order
from rollkeeper.engine.beginning import is_begun
from rollkeeper.engine.equation import Sum
from rollkeeper.engine.namesakes import Undecided, undecided
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.engine.words import TERMS
from rollkeeper.ledger import selectors as ledger
from rollkeeper.ledger.models import Audience, Run, RunKind, RunState
from rollkeeper.ledger.states import AudienceState
from rollkeeper.web import roll
from rollkeeper.web.situation import count_kept

MOST_LISTS: Final = 300
"""So many are shown to tick; the others stand in the Sync tab."""


class Step(StrEnum):
    LISTS = "lists"
    NAMES = "names"
    LOOK = "look"
    GO = "go"


TITLES: Final[Mapping[Step, Promise]] = {
    Step.LISTS: _("Choose the lists"),
    Step.NAMES: _("Settle the names"),
    Step.LOOK: _("Look, then start"),
    Step.GO: _("Everything true"),
}


@frozen(kw_only=True)
class Mark:
    """A step at the head of the page."""

    number: int
    title: Promise
    state: str
    """One of done, now, later."""
    word: str
    """How to go back to it; empty where there is no way back."""


@frozen(kw_only=True)
class Choice:
    """A list to tick."""

    id: ListId
    name: str
    kind: str
    people: int
    ticked: bool
    automatic: bool


@frozen(kw_only=True)
class Forecast:
    """What becomes of a list, by what is known now."""

    list_id: ListId
    name: str
    here: int
    carried: int
    """Contacts who are there in their own name, or will be."""
    away: Sequence[tuple[str, int]]
    """Why others are not, and how many."""


@frozen(kw_only=True)
class Settled:
    """A name that is there already, and what was chosen."""

    list_id: ListId
    name: str
    adopted: bool


def step_of(connection: Connection) -> Step:
    """Return what comes next."""
    if is_begun(connection.pk):
        return Step.GO
    if not count_kept(connection):
        return Step.LISTS
    if connection.compared_at is None or undecided(connection.pk):
        return Step.NAMES
    return Step.LOOK


def marks(now: Step, reached: Step, *, is_true: bool = False) -> Sequence[Mark]:
    """Return the steps, those before *reached* being done and open to go back to; with
    *is_true*, all are done."""
    order = list(Step)
    return [
        Mark(
            number=number,
            title=TITLES[step],
            state="done"
            if is_true
            else "now"
            if step is now
            else "done"
            if number - 1 < order.index(reached)
            else "later",
            word=step
            if number - 1 <= order.index(reached)
            and step is not now
            and reached is not Step.GO
            else "",
        )
        for number, step in enumerate(order, start=1)
    ]


def choices() -> Sequence[Choice]:
    """Return the lists to tick, those with most people first."""
    rows = list(roll.lists().order_by(in_order(), "pk")[: MOST_LISTS + 1])
    ids = [row.pk for row in rows]
    counted = PlaceOnList.objects.filter(list_id__in=ids).order_by()
    people = dict(counted.values_list("list_id").annotate(Count("contact_id")))
    found = [
        Choice(
            id=ListId(row.pk),
            name=row.name,
            kind=row.get_kind_display(),
            people=people.get(row.pk, 0),
            ticked=row.sync,
            automatic=row.automatic,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.people, sorting_key(one.name)))


def forecasts(connection: Connection) -> Sequence[Forecast]:
    """Return what becomes of each list that is kept true."""
    kept = (one for one in sums(connection) if one.target.state is AudienceState.ACTIVE)
    return [_forecast(one) for one in kept]


def _forecast(one: Sum) -> Forecast:
    away = {
        reason: number
        for reason, number in one.not_there.items()
        if reason is not Reason.WAITING
    }
    return Forecast(
        list_id=one.target.list_id,
        name=one.target.name,
        here=one.members,
        carried=one.members - sum(away.values()),
        away=[
            (TERMS[reason], number)
            for reason, number in sorted(away.items(), key=lambda term: -term[1])
        ],
    )


def waiting_names(connection: Connection) -> Sequence[Undecided]:
    return undecided(connection.pk)


def settled_names(connection: Connection) -> Sequence[Settled]:
    rows = Audience.objects.filter(
        connection=connection, state="active", namesake_id__isnull=False
    ).exclude(namesake_choice="")
    return [
        Settled(
            list_id=ListId(row.list_id),
            name=row.name,
            adopted=row.namesake_choice == Namesake.ADOPT,
        )
        for row in rows.order_by(in_order(), "pk")
    ]


def last_look(connection: Connection) -> Run | None:
    """Return the last look at the account that has ended."""
    looks = ledger.runs(connection.pk).filter(kind=RunKind.LOOK)
    found: Run | None = looks.exclude(state=RunState.RUNNING).first()
    return found
