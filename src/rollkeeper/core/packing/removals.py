"""What takes people off: from some lists, or away altogether. Needs provider ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import evolve

from rollkeeper.core.calls import Delete, Leave, Target
from rollkeeper.core.changes import Cause, Disable, Remove
from rollkeeper.core.packing.cover import Group, fewest
from rollkeeper.core.packing.packed import Limits, Packed, batches
from rollkeeper.core.values import AudienceId, ProviderListId

_REFUSALS: Final = frozenset({Cause.DO_NOT_CONTACT, Cause.NO_MASS_EMAILS})


def endings(changes: Iterable[Disable], limits: Limits) -> Iterator[Packed]:
    """Yield the calls that end these contacts, *do not contact* in the first."""
    urgent_first = sorted(
        changes, key=lambda change: change.cause is not Cause.DO_NOT_CONTACT
    )
    for batch in batches(urgent_first, limits.targets_per_call):
        targets = tuple(_target(change) for change in batch)
        yield Packed(call=Delete(targets=targets), changes=batch)


def removals(
    changes: Iterable[Remove],
    lists: Mapping[AudienceId, ProviderListId],
    limits: Limits,
) -> Iterator[Packed]:
    """Yield the calls that take these contacts off lists, first those for somebody who
    refused."""
    by_mailbox = {change.mailbox: change for change in changes}

    def split(group: Group) -> Iterator[Group]:
        for audiences in batches(group.audiences, limits.lists_per_call):
            for mailboxes in batches(group.mailboxes, limits.targets_per_call):
                yield Group(mailboxes=mailboxes, audiences=audiences)

    edges = {mailbox: change.audiences for mailbox, change in by_mailbox.items()}
    refusing = {each for each, why in by_mailbox.items() if why.cause in _REFUSALS}
    groups = fewest(edges, split)
    for group in sorted(groups, key=lambda each: refusing.isdisjoint(each.mailboxes)):
        named = frozenset(group.audiences)
        taken_off = tuple(
            evolve(by_mailbox[mailbox], audiences=named) for mailbox in group.mailboxes
        )
        call = Leave(
            targets=tuple(_target(change) for change in taken_off),
            lists=tuple(lists[audience] for audience in group.audiences),
        )
        yield Packed(call=call, changes=taken_off)


def _target(change: Disable | Remove) -> Target:
    if change.provider_id is None:
        raise ValueError("a contact without the provider's id cannot be called for")
    return Target(mailbox=change.mailbox, provider_id=change.provider_id)
