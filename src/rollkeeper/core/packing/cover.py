"""The fewest groups of "these mailboxes, each with all of these audiences".

A bulk call has one set of lists for all of its rows. Mailboxes can thus be grouped by
identical sets of lists, or list by list, or some sets on their own and the rest list by
list. The best mixture is a smallest vertex cover between sets and lists: for each list
of each set, either the set has a group of its own or the list has. König's theorem
gives it from a largest matching.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from attrs import define, field, frozen

from rollkeeper.core.values import AudienceId, Mailbox

Audiences: TypeAlias = frozenset[AudienceId]
BySet: TypeAlias = Mapping[Audiences, Sequence[Mailbox]]


@frozen(kw_only=True)
class Group:
    mailboxes: tuple[Mailbox, ...]
    audiences: tuple[AudienceId, ...]


def fewest(
    edges: Mapping[Mailbox, Audiences], split: Callable[[Group], Iterable[Group]]
) -> list[Group]:
    """Return groups as *split* makes them, as few as the three ways of grouping give.

    Every mailbox meets each of its audiences in exactly one group, and no others.
    """
    by_set = _by_set(edges)
    ways: tuple[Collection[Audiences], ...] = (by_set, (), _smallest_cover(by_set))
    return min(
        (
            [part for group in _grouped(by_set, alone) for part in split(group)]
            for alone in ways
        ),
        key=len,
    )


def _by_set(edges: Mapping[Mailbox, Audiences]) -> BySet:
    by_set: dict[Audiences, list[Mailbox]] = defaultdict(list)
    for mailbox, audiences in edges.items():
        by_set[audiences].append(mailbox)
    return by_set


def _grouped(by_set: BySet, alone: Collection[Audiences]) -> Iterator[Group]:
    """Yield a group for each set in *alone*, then one for each list of the others."""
    by_list: dict[AudienceId, list[Mailbox]] = defaultdict(list)
    for audiences, mailboxes in by_set.items():
        if audiences in alone:
            yield Group(mailboxes=tuple(mailboxes), audiences=tuple(sorted(audiences)))
            continue
        for audience in audiences:
            by_list[audience].extend(mailboxes)
    for audience in sorted(by_list):
        yield Group(mailboxes=tuple(by_list[audience]), audiences=(audience,))


def _smallest_cover(by_set: BySet) -> frozenset[Audiences]:
    """Return the sets that get a group of their own."""
    sets_with: dict[AudienceId, list[Audiences]] = defaultdict(list)
    for audiences in by_set:
        for audience in audiences:
            sets_with[audience].append(audiences)
    matching = _Matching(sets_with=sets_with)
    for audience in sorted(sets_with):
        matching.enlarge(audience)
    return matching.reached_from_unmatched()


@define(kw_only=True)
class _Matching:
    """Pairs of a list and a set that has it, none in two pairs."""

    sets_with: Mapping[AudienceId, Sequence[Audiences]]
    list_of: dict[Audiences, AudienceId] = field(factory=dict)
    set_of: dict[AudienceId, Audiences] = field(factory=dict)

    def enlarge(self, start: AudienceId) -> None:
        """Pair *start* too, if moving other pairs along makes room for it."""
        came_from: dict[Audiences, AudienceId] = {}
        for audiences in self._walk([start], came_from):
            if audiences not in self.list_of:
                self._move_along(audiences, came_from)
                return

    def reached_from_unmatched(self) -> frozenset[Audiences]:
        free = [audience for audience in self.sets_with if audience not in self.set_of]
        return frozenset(self._walk(free, {}))

    def _walk(
        self, starts: Iterable[AudienceId], came_from: dict[Audiences, AudienceId]
    ) -> Iterator[Audiences]:
        """Yield every set reached by a list, and by the list paired with a set."""
        waiting = deque(starts)
        while waiting:
            audience = waiting.popleft()
            for audiences in self.sets_with[audience]:
                if audiences in came_from:
                    continue
                came_from[audiences] = audience
                yield audiences
                if audiences in self.list_of:
                    waiting.append(self.list_of[audiences])

    def _move_along(
        self, end: Audiences, came_from: Mapping[Audiences, AudienceId]
    ) -> None:
        step: Audiences | None = end
        while step is not None:
            audience = came_from[step]
            given_up = self.set_of.get(audience)
            self.list_of[step], self.set_of[audience] = audience, step
            step = given_up
