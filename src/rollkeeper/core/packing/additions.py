"""What brings people and names over there: imports, joins, and contacts one by one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import define, evolve, field

from rollkeeper.core.calls import Create, Import, Join, Rewrite, Row, Target
from rollkeeper.core.changes import Add, Readdress, Update
from rollkeeper.core.packing.cover import Audiences, Group, fewest
from rollkeeper.core.packing.packed import Limits, Packed, batches
from rollkeeper.core.values import AudienceId, Mailbox, Person, ProviderListId

_ENVELOPE = 200
"""More bytes than an import costs beside its rows and lists."""


@define(kw_only=True)
class Additions:
    """Takes adds, updates and new addresses, then gives the calls for all of them."""

    lists: Mapping[AudienceId, ProviderListId]
    limits: Limits
    refreshed: bool
    over_limit: list[tuple[Mailbox, Audiences]] = field(factory=list)
    too_long: list[Mailbox] = field(factory=list)
    unknown_ids: list[Mailbox] = field(factory=list)
    _bulk: dict[Mailbox, Add | Update] = field(factory=dict, init=False)
    _singles: list[Packed] = field(factory=list, init=False)

    def add(self, change: Add) -> None:
        if len(change.mailbox) > self.limits.address_length:
            self.too_long.append(change.mailbox)
            return
        room = max(self.limits.lists_per_contact - change.already_on, 0)
        kept = frozenset(sorted(change.audiences)[:room])
        if surplus := change.audiences - kept:
            self.over_limit.append((change.mailbox, surplus))
        if kept:
            self._add_within_limit(evolve(change, audiences=kept))
        elif change.renames:
            self.update(_only_renamed(change))

    def update(self, change: Update) -> None:
        """Import it where that cannot put anybody back on a list just left."""
        if self.refreshed and change.audiences and self._importable(change):
            self._bulk[change.mailbox] = change
        else:
            self._rewrite(change, change.before)

    def readdress(self, change: Readdress) -> None:
        if len(change.mailbox) > self.limits.address_length:
            self.too_long.append(change.mailbox)
        else:
            self._rewrite(change, change.person_before)

    def packed(self) -> Iterator[Packed]:
        for group in self._groups():
            yield self._bulk_call(group)
        yield from self._singles

    def _add_within_limit(self, change: Add) -> None:
        if self._importable(change):
            self._bulk[change.mailbox] = change
        elif change.provider_id or change.person.empties(change.before):
            self._rewrite(change, change.before)
        else:
            row = Row(mailbox=change.mailbox, person=change.person)
            call = Create(row=row, lists=self._ids(sorted(change.audiences)))
            self._singles.append(Packed(call=call, changes=(change,)))

    def _importable(self, change: Add | Update) -> bool:
        fits = len(change.mailbox) <= self.limits.import_address_length
        return fits and not change.person.empties(change.before)

    def _rewrite(self, change: Add | Update | Readdress, before: Person) -> None:
        if change.provider_id is None:
            known_as = (
                change.before if isinstance(change, Readdress) else change.mailbox
            )
            self.unknown_ids.append(known_as)
            return
        joined = sorted(change.audiences) if isinstance(change, Add) else ()
        call = Rewrite(
            target=Target(mailbox=change.mailbox, provider_id=change.provider_id),
            person=change.person,
            before=before,
            lists=self._ids(joined),
        )
        self._singles.append(Packed(call=call, changes=(change,)))

    def _groups(self) -> list[Group]:
        updates = [each for each in self._bulk.values() if isinstance(each, Update)]
        edges = {
            each.mailbox: each.audiences
            for each in self._bulk.values()
            if isinstance(each, Add)
        }
        for audience, touched in one_list_each(updates):
            edges.update(dict.fromkeys(touched, frozenset({audience})))
        sizes = {
            mailbox: _size(each) + self.limits.import_row_overhead
            for mailbox, each in self._bulk.items()
        }
        return fewest(edges, lambda group: self._split(group, sizes))

    def _split(self, group: Group, sizes: Mapping[Mailbox, int]) -> Iterator[Group]:
        for audiences in batches(group.audiences, self.limits.lists_per_call):
            named = len(json.dumps(self._ids(audiences)))
            room = self.limits.import_bytes - _ENVELOPE - named
            for mailboxes in batches(
                group.mailboxes, self.limits.import_rows, sizes.__getitem__, room
            ):
                yield Group(mailboxes=mailboxes, audiences=audiences)

    def _bulk_call(self, group: Group) -> Packed:
        changes = tuple(
            _narrowed(self._bulk[mailbox], group.audiences)
            for mailbox in group.mailboxes
        )
        lists = self._ids(group.audiences)
        if targets := _joiners(changes, self.limits.targets_per_call):
            return Packed(call=Join(targets=targets, lists=lists), changes=changes)
        rows = tuple(
            Row(mailbox=change.mailbox, person=change.person) for change in changes
        )
        return Packed(call=Import(rows=rows, lists=lists), changes=changes)

    def _ids(self, audiences: Iterable[AudienceId]) -> tuple[ProviderListId, ...]:
        return tuple(self.lists[audience] for audience in audiences)


def one_list_each(
    updates: Iterable[Update],
) -> Iterator[tuple[AudienceId, list[Mailbox]]]:
    """Yield few lists, each with those whose fields an import to it shall write.

    An import needs a list; one that the mailbox is on already changes nothing else.
    """
    left = list(updates)
    while left:
        on = Counter(audience for each in left for audience in each.audiences)
        fullest = max(sorted(on), key=on.__getitem__)
        yield fullest, [each.mailbox for each in left if fullest in each.audiences]
        left = [each for each in left if fullest not in each.audiences]


def _only_renamed(change: Add) -> Update:
    return Update(
        mailbox=change.mailbox,
        provider_id=change.provider_id,
        audiences=frozenset(),
        person=change.person,
        before=change.before,
        carried_by=change.carried_by,
    )


def _narrowed(change: Add | Update, audiences: Collection[AudienceId]) -> Add | Update:
    if isinstance(change, Update):
        return change
    return evolve(change, audiences=change.audiences.intersection(audiences))


def _joiners(changes: Collection[Add | Update], most: int) -> tuple[Target, ...]:
    """Return the targets of a call that touches no fields, none if that will not do."""
    targets = tuple(
        Target(mailbox=change.mailbox, provider_id=change.provider_id)
        for change in changes
        if isinstance(change, Add) and change.provider_id and not change.renames
    )
    return targets if len(targets) == len(changes) <= most else ()


def _size(change: Add | Update) -> int:
    """Return at least the bytes that the values of its row take as JSON."""
    person = change.person
    values = (change.mailbox, person.first_name, person.last_name, person.company)
    return len(json.dumps(values))
