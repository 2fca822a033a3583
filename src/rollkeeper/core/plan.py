"""All mailboxes, one after another, into one plan: to be shown, stored, compared."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from attrs import Attribute, asdict, frozen

from rollkeeper.core.changes import Change
from rollkeeper.core.decide import decide
from rollkeeper.core.policy import Policies
from rollkeeper.core.values import Mailbox
from rollkeeper.core.views import Desired, Observed, Synced, Views

T = TypeVar("T")
Sorted = Iterable[tuple[Mailbox, T]]
"""Pairs in rising order of code points, which is COLLATE "C" in the database."""


class OutOfOrder(ValueError):
    """Mailboxes did not come in rising order, so a view may have been overlooked."""


@frozen(kw_only=True)
class Plan:
    """Changes in the order of their mailboxes, those of one mailbox side by side."""

    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    """By kind, such as "add"; kinds that do not occur are left out."""
    fingerprint: str
    next_after: Mailbox | None
    """Set when the limit was reached: plan on with the mailboxes after this one."""


def merge(
    desired: Sorted[Desired | None],
    observed: Sorted[Observed | None],
    synced: Sorted[Synced | None],
) -> Iterator[Views]:
    """Yield the views of every mailbox that one of the three names, in rising order.

    Holds one pair of each stream in memory. A pair may hold None, so that streams with
    a common source can be read in step.
    """
    wishes, sights, agreements = _Ahead(desired), _Ahead(observed), _Ahead(synced)
    heads = wishes, sights, agreements
    while waiting := [each.head[0] for each in heads if each.head is not None]:
        mailbox = min(waiting)
        yield Views(
            mailbox=mailbox,
            desired=wishes.take(mailbox),
            observed=sights.take(mailbox),
            synced=agreements.take(mailbox),
        )


def build_plan(views: Iterable[Views], policies: Policies, *, limit: int) -> Plan:
    """Return the changes that make the mailboxes of *views* true.

    Stops after the mailbox that fills *limit*, so that memory is bounded by it. The
    same views give the same plan. Raises `OutOfOrder` unless mailboxes rise.
    """
    changes: list[Change] = []
    last: Mailbox | None = None
    full = False
    for each in views:
        if last is not None and each.mailbox <= last:
            raise OutOfOrder("mailboxes must rise; is a stream sorted another way?")
        last = each.mailbox
        changes.extend(decide(each, policies))
        if len(changes) >= limit:
            full = True
            break
    return Plan(
        changes=tuple(changes),
        counts=Counter(kind_of(change) for change in changes),
        fingerprint=fingerprint(changes),
        next_after=last if full else None,
    )


def kind_of(change: Change) -> str:
    """Return the word for this kind of change, such as "add"."""
    return type(change).__name__.lower()


def fingerprint(changes: Iterable[Change]) -> str:
    """Return the SHA-256, in hexadecimal, of what *changes* would make true.

    Learning the provider's id of a mailbox does not alter it.
    """
    digest = hashlib.sha256()
    for change in changes:
        said = asdict(change, filter=_is_said, value_serializer=_plain)
        line = json.dumps([kind_of(change), said], sort_keys=True)
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _is_said(attribute: Attribute[object], _value: object) -> bool:
    return attribute.name not in {"provider_id", "already_on"}


def _plain(_instance: object, _attribute: Attribute[object], value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


class _Ahead(Generic[T]):
    """A stream whose next pair can be looked at before it is taken."""

    def __init__(self, pairs: Sorted[T]) -> None:
        self._pairs = iter(pairs)
        self.head = next(self._pairs, None)

    def take(self, mailbox: Mailbox) -> T | None:
        """Return the value of *mailbox*, if its pair is next, and go on after it."""
        if self.head is None or self.head[0] != mailbox:
            return None
        _, value = self.head
        self.head = next(self._pairs, None)
        return value
