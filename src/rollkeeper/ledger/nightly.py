"""What pages and commands tell of the nights of an association."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from attrs import frozen
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from rollkeeper.ledger.models import OPEN_STATES, Hold, Night, NightState, Operation
from rollkeeper.ledger.states import HoldState

NIGHTS_SHOWN: Final = 14


@frozen(kw_only=True)
class NightReport:
    """A night, and what came of it."""

    night: date
    """The local date on which its window opened."""
    connection_id: int
    state: NightState
    starts_at: datetime
    """When it was to begin."""
    started_at: datetime | None
    finished_at: datetime | None
    run_id: int | None
    counts: Mapping[str, int]
    """What its run changed, by kind."""
    held: int
    """How many people's changes wait for a decision because of it."""
    waiting: int
    """How many changes are on their way and not confirmed."""
    held_up: str
    note: str

    @property
    def took(self) -> timedelta | None:
        """From its beginning to the end of a run that ended well."""
        if self.started_at and self.finished_at:
            return self.finished_at - self.started_at
        return None

    @property
    def remark(self) -> str:
        """What held it up, and which nights it makes up for; often nothing."""
        return f"{self.held_up} {self.note}".strip()


def nights(count: int = NIGHTS_SHOWN) -> Sequence[NightReport]:
    """Return the last nights of the association in scope, and one to come."""
    held = Hold.objects.filter(run=OuterRef("run"), state=HoldState.OPEN)
    under_way = Operation.objects.filter(run=OuterRef("run"), state__in=OPEN_STATES)
    rows = (
        Night.objects.select_related("run")
        .annotate(
            held=_sum(held.values("run").annotate(all=Sum("count"))),
            waiting=_sum(under_way.values("run").annotate(all=Sum("rows"))),
        )
        .order_by("-night", "-id")[:count]
    )
    return [
        NightReport(
            night=row.night,
            connection_id=row.connection_id,
            state=NightState(row.state),
            starts_at=row.starts_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            run_id=row.run_id,
            counts=row.run.counts if row.run else {},
            held=row.held,
            waiting=row.waiting,
            held_up=row.held_up,
            note=row.note,
        )
        for row in rows
    ]


def _sum(grouped: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(grouped.values("all"), output_field=IntegerField()), 0)
