"""Changes into the fewest provider calls, under the limits that the provider declares.

Joining comes before leaving: who changes lists is never on none. As far as that lets
them, calls come in the order of urgency: when a day's requests end in the middle, the
urgent part is done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import assert_never

from rollkeeper.core.calls import Create, Delete, Import, Join, Leave, Rewrite
from rollkeeper.core.changes import (
    Add,
    Agree,
    Change,
    Disable,
    Hold,
    Left,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.packing.additions import Additions
from rollkeeper.core.packing.packed import Limits, Packed, Packing, urgency
from rollkeeper.core.packing.removals import endings, removals
from rollkeeper.core.values import AudienceId, Mailbox, ProviderListId

__all__ = ["Limits", "Packed", "Packing", "forecast", "pack", "updates_worth_a_read"]


def pack(
    changes: Sequence[Change],
    *,
    lists: Mapping[AudienceId, ProviderListId],
    limits: Limits,
    refreshed: bool = False,
) -> Packing:
    """Return the calls that make *changes* true, in stages, and what cannot be sent.

    Each mailbox comes with the changes that one `decide` gave for it. *lists* knows
    the provider list of every audience named. *refreshed* says that memberships were
    read again just now: only then may an import carry new names, for it puts everybody
    in it back on its list.
    """
    additions = Additions(lists=lists, limits=limits, refreshed=refreshed)
    removed: list[Remove] = []
    ended: list[Disable] = []
    unknown: list[Mailbox] = []
    for change in changes:
        match change:
            case Add():
                additions.add(change)
            case Update():
                additions.update(change)
            case Readdress():
                additions.readdress(change)
            case Remove() | Disable() if change.provider_id is None:
                unknown.append(change.mailbox)
            case Remove():
                removed.append(change)
            case Disable():
                ended.append(change)
            case Agree() | Left() | Hold():
                pass
            case _:
                assert_never(change)
    growing = {each.mailbox for each in changes if isinstance(each, Add | Update)}
    first = [change for change in removed if change.mailbox not in growing]
    last = [change for change in removed if change.mailbox in growing]
    growth, names = _parted(additions.packed(), {change.mailbox for change in last})
    stages = (
        (*endings(ended, limits), *removals(first, lists, limits)),
        (*growth, *(names if not last else ())),
        (*removals(last, lists, limits), *(names if last else ())),
    )
    return Packing(
        stages=tuple(stage for stage in stages if stage),
        over_limit=tuple(additions.over_limit),
        too_long=tuple(additions.too_long),
        unknown_ids=tuple(dict.fromkeys([*additions.unknown_ids, *unknown])),
    )


def _parted(
    additions: Iterable[Packed], leaving: Collection[Mailbox]
) -> tuple[list[Packed], list[Packed]]:
    """Part what brings people, or must be done before they leave other lists, from
    what changes no more than names and addresses; each in the order of urgency."""
    growth: list[Packed] = []
    names: list[Packed] = []
    for packed in sorted(additions, key=urgency):
        waited_for = any(
            isinstance(change, Add) or change.mailbox in leaving
            for change in packed.changes
        )
        (growth if waited_for else names).append(packed)
    return growth, names


def forecast(packing: Packing) -> int:
    """Return the fewest requests that sending all of it takes.

    One for each bulk job and each new contact, two for reading and writing back one
    contact, and one to learn that the jobs of a stage have ended.
    """
    return sum(
        sum(_requests(packed) for packed in stage) + any(map(_is_job, stage))
        for stage in packing.stages
    )


def updates_worth_a_read(
    changes: Sequence[Change],
    *,
    pages: int,
    lists: Mapping[AudienceId, ProviderListId],
    limits: Limits,
) -> bool:
    """Is reading *pages* of memberships and then importing new names cheaper than
    writing them one by one?"""
    one_by_one = pack(changes, lists=lists, limits=limits)
    imported = pack(changes, lists=lists, limits=limits, refreshed=True)
    return pages + forecast(imported) < forecast(one_by_one)


def _requests(packed: Packed) -> int:
    match packed.call:
        case Import() | Join() | Leave() | Delete() | Create():
            return 1
        case Rewrite():
            return 2
        case _:
            assert_never(packed.call)


def _is_job(packed: Packed) -> bool:
    return not isinstance(packed.call, Create | Rewrite)
