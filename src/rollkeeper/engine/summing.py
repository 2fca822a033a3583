"""The sums of lists as a run left them, kept with it for its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict
from django_scopes import scope, scopes_disabled

from rollkeeper.core.eligibility import Reason
from rollkeeper.core.values import ListId
from rollkeeper.engine import store
from rollkeeper.engine.equation import Sum, Target
from rollkeeper.engine.postgres.sums import sums
from rollkeeper.ledger.models import Audience, Run
from rollkeeper.ledger.states import AudienceState, RunKind, RunState

_COMPARED = (RunKind.EVERYTHING, RunKind.AUDIENCE)
_WELL = (RunState.DONE, RunState.DONE_WITH_EXCEPTIONS)
_NUMBERS = ("members", "not_there", "still_there", "there", "strangers")


def keep(ended: store.Run) -> None:
    """Add up the lists that a run has compared, and keep the sums with it.

    Done right after it, so what was changed meanwhile may be among them. Nothing is
    kept of a run that compared no list, or did not end well.
    """
    if ended.kind not in _COMPARED or ended.state not in _WELL:
        return
    with scopes_disabled():
        run = Run.objects.select_related("connection").get(pk=ended.pk)
    with scope(association=run.association_id):
        compared = Audience.objects.filter(
            connection_id=run.connection_id, compared_at__gte=run.started_at
        )
        among = [ListId(one) for one in compared.values_list("list_id", flat=True)]
        run.sums = [_written(one) for one in sums(run.connection, among=among)]
        run.save(update_fields=["sums"])


def of(run: Run) -> list[Sum] | None:
    """Return the sums that were kept with a run, by name; None when none were."""
    return None if run.sums is None else [_read(one) for one in run.sums]


def _written(one: Sum) -> dict[str, Any]:
    target = one.target
    return {
        "list_id": target.list_id,
        "name": target.name,
        "name_there": target.name_there,
        "state": target.state.value,
        **{name: value for name, value in asdict(one).items() if name in _NUMBERS},
    }


def _read(written: Mapping[str, Any]) -> Sum:
    return Sum(
        target=Target(
            list_id=ListId(written["list_id"]),
            name=written["name"],
            name_there=written["name_there"],
            state=AudienceState(written["state"]),
        ),
        members=written["members"],
        not_there=_by_reason(written["not_there"]),
        still_there=_by_reason(written["still_there"]),
        there=written["there"],
        strangers=written["strangers"],
    )


def _by_reason(written: Mapping[str, int]) -> dict[Reason, int]:
    return {Reason(reason): number for reason, number in written.items()}
