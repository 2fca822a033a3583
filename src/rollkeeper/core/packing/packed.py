"""What packing makes: calls in stages, and what could not be packed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from attrs import frozen

from rollkeeper.core.budget import Purpose
from rollkeeper.core.calls import Call, purpose_of
from rollkeeper.core.changes import Add, Change
from rollkeeper.core.values import AudienceId, Mailbox


class Limits(Protocol):
    """The limits of a provider that shape its calls; part of what it declares."""

    @property
    def import_rows(self) -> int: ...
    @property
    def import_bytes(self) -> int: ...
    @property
    def import_row_overhead(self) -> int: ...
    @property
    def import_address_length(self) -> int: ...
    @property
    def targets_per_call(self) -> int: ...
    @property
    def lists_per_call(self) -> int: ...
    @property
    def lists_per_contact(self) -> int: ...
    @property
    def address_length(self) -> int: ...


@frozen(kw_only=True)
class Packed:
    """A call, and what it makes true: the n-th change by its n-th row or target."""

    call: Call
    changes: tuple[Change, ...]
    """An `Add` or `Remove` names only those of its audiences that this call is for."""


def urgency(packed: Packed) -> tuple[Purpose, bool]:
    """Sort calls by it: the most urgent comes first, and who is new before a name."""
    brings = any(isinstance(change, Add) for change in packed.changes)
    return purpose_of(packed.call), not brings


@frozen(kw_only=True)
class Packing:
    """All changes of a plan that need a request, each in exactly one place."""

    stages: tuple[tuple[Packed, ...], ...]
    """A stage begins when all jobs of the one before have ended. Within a stage, no
    two calls touch the same mailbox on the same list, so all may run at once. They
    stand in the order of urgency."""
    over_limit: tuple[tuple[Mailbox, frozenset[AudienceId]], ...]
    """Audiences beyond the most lists that the provider lets a contact be on."""
    too_long: tuple[Mailbox, ...]
    """Longer than any address that the provider takes."""
    unknown_ids: tuple[Mailbox, ...]
    """The provider's ids of these must be learnt before their changes can be sent."""


T = TypeVar("T")


def batches(
    items: Sequence[T],
    most: int,
    weight: Callable[[T], int] = lambda _: 0,
    heaviest: int = 0,
) -> Iterator[tuple[T, ...]]:
    """Yield *items* in order, at most so many at once and together not too heavy.

    One that is too heavy on its own comes alone.
    """
    batch: list[T] = []
    load = 0
    for item in items:
        heavier = weight(item)
        if batch and (len(batch) == most or load + heavier > heaviest):
            yield tuple(batch)
            batch, load = [], 0
        batch.append(item)
        load += heavier
    if batch:
        yield tuple(batch)
