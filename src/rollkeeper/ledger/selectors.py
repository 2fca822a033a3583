"""What pages and commands read of runs, audiences and what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen
from django.db.models import Count, F, Q, QuerySet

from rollkeeper.core.policy import When
from rollkeeper.ledger.models import (
    OPEN_STATES,
    Audience,
    AudienceState,
    Drift,
    Operation,
    Outcome,
    RemoteMembership,
    Run,
    RunKind,
    RunState,
)
from rollkeeper.ledger.states import KEEP_NO_LIST_TRUE

ENDED_WELL = (RunState.DONE, RunState.DONE_WITH_EXCEPTIONS)


@frozen(kw_only=True)
class AudienceFigures:
    """A list of the directory as it is at the provider."""

    audience_id: int
    name: str
    """Of the provider list."""
    state: AudienceState
    made: bool
    """Is there a provider list yet?"""
    ours: int
    """Mailboxes on it that belong there."""
    strangers: int
    """Others on it, put there by somebody else; left alone."""
    live: bool = True
    """Does it follow every change?"""
    compared_at: datetime | None = None
    """When all of it was last made true."""

    def true_at(self, last_true_at: datetime | None) -> datetime | None:
        """Return as of when it is true, if all changes were made at *last_true_at*."""
        known = (self.compared_at, last_true_at if self.live else None)
        return max((one for one in known if one), default=None)


def runs(connection_id: int) -> QuerySet[Run]:
    """Return the runs of a connection, newest first."""
    return Run.objects.filter(connection_id=connection_id).order_by("-id")


def syncs(connection_id: int) -> QuerySet[Run]:
    """Return the runs that made lists true, or tried to, newest first.

    Only those with the account that is connected now.
    """
    ours = runs(connection_id).exclude(connection__account_since__gt=F("started_at"))
    return ours.exclude(kind__in=KEEP_NO_LIST_TRUE)


def running(connection_id: int) -> Run | None:
    """Return the run that began and has not ended. Pulls, and asking somebody to come
    back, are too short to speak of."""
    under_way = runs(connection_id).filter(state=RunState.RUNNING)
    return under_way.exclude(kind__in=(RunKind.PULL, RunKind.ASKING)).first()


def last_finished_sync(connection_id: int) -> Run | None:
    return syncs(connection_id).exclude(state=RunState.RUNNING).first()


def last_true_at(connection_id: int) -> datetime | None:
    """Return when everything marked as changed was last made true.

    None while only single lists were compared: the others may never have been filled.
    """
    ended = syncs(connection_id).filter(state__in=ENDED_WELL)
    compared = set(ended.order_by().values_list("kind", flat=True).distinct())
    if RunKind.AUDIENCE in compared and RunKind.EVERYTHING not in compared:
        return None
    ended = ended.exclude(kind=RunKind.AUDIENCE)
    return ended.values_list("finished_at", flat=True).first()


def unsettled_since(connection_id: int) -> datetime | None:
    """Return when the run began whose calls the provider has not all settled."""
    still_open = Operation.objects.filter(
        connection_id=connection_id, state__in=OPEN_STATES
    ).order_by("id")
    return still_open.values_list("run__started_at", flat=True).first()


def drift_of(run_id: int) -> QuerySet[Drift]:
    """Return what the run found changed behind our back, by kind and mailbox."""
    found = Drift.objects.filter(run_id=run_id).select_related("audience")
    return found.order_by("kind", "mailbox", "pk")


def outcomes(connection_id: int) -> QuerySet[Outcome]:
    """Return what could not be made true, newest first."""
    return Outcome.objects.filter(connection_id=connection_id).order_by("-at", "-id")


def figures_by_list(
    connection_id: int, list_ids: Collection[int] | None = None
) -> Mapping[int, AudienceFigures]:
    """Return each audience's figures by the id of its directory list; of all lists, or
    of some."""
    there = Q(remotemembership__there=True)
    rows = Audience.objects.filter(connection_id=connection_id)
    if list_ids is not None:
        rows = rows.filter(list_id__in=list_ids)
    audiences = rows.annotate(
        our_own=Count(
            "remotemembership", filter=there & Q(remotemembership__ours=True)
        ),
        others=Count(
            "remotemembership", filter=there & Q(remotemembership__ours=False)
        ),
    )
    return {
        row.list_id: AudienceFigures(
            audience_id=row.pk,
            name=row.name,
            state=AudienceState(row.state),
            made=row.provider_list_id is not None,
            ours=row.our_own,
            strangers=row.others,
            live=row.when == When.LIVE,
            compared_at=row.compared_at,
        )
        for row in audiences
    }


def mailboxes_carried(connection_id: int) -> int:
    """Return how many mailboxes are on at least one list there because of us."""
    carried = Audience.objects.filter(
        connection_id=connection_id,
        remotemembership__there=True,
        remotemembership__ours=True,
    )
    counted = carried.aggregate(
        mailboxes=Count("remotemembership__contact", distinct=True)
    )
    return int(counted["mailboxes"])


def mailboxes_there(audience_id: int) -> QuerySet[RemoteMembership, Any]:
    """Return, to select from, the mailboxes on the audience's list because of us."""
    rows = RemoteMembership.objects.filter(
        audience_id=audience_id, there=True, ours=True
    )
    return rows.values("contact__mailbox")
