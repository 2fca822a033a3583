"""What a sync would do now, in figures and examples, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, TypeAlias

from attrs import frozen

from rollkeeper.core.changes import (
    Add,
    Disable,
    Readdress,
    Remove,
    Update,
)
from rollkeeper.core.guards import Guard, Holding
from rollkeeper.core.packing import forecast
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person
from rollkeeper.engine import audiences as audiences_of
from rollkeeper.engine.audiences import Audiences
from rollkeeper.engine.planning import Prepared, prepare
from rollkeeper.engine.reconcile import Surroundings, connected, look
from rollkeeper.engine.store import EVERYTHING, ConnectionFacts, Scope, Store
from rollkeeper.engine.words import CAUSES
from rollkeeper.ledger.states import RunState
from rollkeeper.providers.port import Capabilities

EXAMPLES: Final = 20

HELD: Final = "hold"
"""The word for mailboxes that wait for a person to decide."""

Sent: TypeAlias = Add | Update | Readdress | Remove | Disable
"""Changes that staff care to read of; the others only set our own record right."""

WORDS: Final[Mapping[type[Sent], str]] = {
    Add: "add",
    Update: "update",
    Readdress: "change address",
    Remove: "remove",
    Disable: "disable",
}


class CannotLook(Exception):
    """What is over there could not be read, so nothing can be said of a plan."""


@frozen(kw_only=True)
class Example:
    """One change, in words."""

    mailbox: Mailbox
    name: str
    what: str
    lists: tuple[str, ...]
    why: str


@frozen(kw_only=True)
class HeldBack:
    """What one guard would have a person decide about."""

    guard: Guard
    list: str | None
    """The list it is about; None for the whole account."""
    people: int
    of: int
    limit: int
    """How many might have been within 24 hours; 0 where there is no such number."""
    already: int
    """How many were, within the 24 hours before."""


@frozen(kw_only=True)
class Preview:
    """What a sync would do now."""

    counts: Mapping[str, int]
    """By word: add, update, change address, remove, disable, hold."""
    held: tuple[HeldBack, ...]
    """What would wait for a person."""
    lists_to_make: tuple[str, ...]
    examples: tuple[Example, ...]
    by_kind: Mapping[str, tuple[Example, ...]]
    """The first changes of each kind, by its word; kinds without any are left out."""
    requests: int
    """A forecast of the requests that the changes cost; reading comes on top."""
    fingerprint: str
    """Names exactly these changes; another preview that has it is the same."""

    @property
    def is_empty(self) -> bool:
        return not self.lists_to_make and not any(self.counts.values())


def preview(
    *,
    connection_id: int,
    by: str,
    surroundings: Surroundings,
    list_id: ListId | None = None,
) -> Preview:
    """Return what a sync of everything, or of one list, would do if somebody asked now.

    A connection that never compared is looked at first, which costs requests; then the
    preview goes by what was seen last. Raises `Busy`, `NotConnected`, `CannotLook`.
    """
    store = surroundings.store
    connection = connected(store, connection_id)
    if connection.compared_at is None:
        looked = look(connection_id=connection_id, by=by, surroundings=surroundings)
        if looked.state != RunState.DONE:
            raise CannotLook(looked.message)
    return as_seen_last(
        connection=connection, surroundings=surroundings, list_id=list_id
    )


def as_seen_last(
    *,
    connection: ConnectionFacts,
    surroundings: Surroundings,
    list_id: ListId | None = None,
    contacts: Collection[ContactId] = (),
) -> Preview:
    """Return what a sync would do by what is known of the account, asking nobody.

    Of everybody, or of a list, or of the mailboxes of some *contacts*.
    """
    store = surroundings.store
    with store.in_association(connection.association_id):
        audiences = audiences_of.current(
            store,
            association_id=connection.association_id,
            connection_id=connection.connection_id,
        )
        audiences = audiences.asked_for(list_id)
        capabilities = surroundings.capabilities(connection.provider)
        scope = _scope(store, connection, list_id, contacts)
        windows = _windows(store, connection, audiences, capabilities, scope)
        return _sum_up(windows, audiences)


def _scope(
    store: Store,
    connection: ConnectionFacts,
    list_id: ListId | None,
    contacts: Collection[ContactId],
) -> Scope:
    if list_id is None and not contacts:
        return EVERYTHING
    return store.sights.narrow(
        connection_id=connection.connection_id,
        mailboxes=store.directory.mailboxes_of(contacts),
        lists=() if list_id is None else (list_id,),
        contacts=contacts,
    )


def _windows(
    store: Store,
    connection: ConnectionFacts,
    audiences: Audiences,
    capabilities: Capabilities,
    scope: Scope,
) -> Iterator[Prepared]:
    after: Mailbox | None = None
    while True:
        prepared = prepare(
            store,
            association_id=connection.association_id,
            connection_id=connection.connection_id,
            capabilities=capabilities,
            audiences=audiences,
            scope=scope,
            after=after,
        )
        yield prepared
        after = prepared.plan.next_after
        if after is None:
            return


def _sum_up(windows: Iterable[Prepared], audiences: Audiences) -> Preview:
    counts: Counter[str] = Counter(dict.fromkeys((*WORDS.values(), HELD), 0))
    held: tuple[HeldBack, ...] = ()
    examples: list[Example] = []
    by_kind: dict[str, tuple[Example, ...]] = {}
    requests, prints = 0, []
    for prepared in windows:
        shown = [one for one in prepared.allowed if isinstance(one, Sent)]
        counts.update(WORDS[type(one)] for one in shown)
        counts[HELD] += prepared.counts.get("held", 0)
        held += tuple(_held_back(one, audiences) for one in prepared.held)
        examples += [_example(one, audiences) for one in shown[:EXAMPLES]]
        for kind, word in WORDS.items():
            first = islice((one for one in shown if type(one) is kind), EXAMPLES)
            more = tuple(_example(one, audiences) for one in first)
            by_kind[word] = (*by_kind.get(word, ()), *more)[:EXAMPLES]
        requests += forecast(prepared.packing)
        prints.append(prepared.plan.fingerprint)
    to_make = tuple(
        name
        for audience, name in audiences.names.items()
        if audience not in audiences.provider_lists
    )
    return Preview(
        counts=dict(counts),
        held=held,
        lists_to_make=to_make,
        examples=tuple(examples[:EXAMPLES]),
        by_kind={word: those for word, those in by_kind.items() if those},
        requests=requests + len(to_make),
        fingerprint=prints[0] if len(prints) == 1 else "+".join(prints),
    )


def _held_back(holding: Holding, audiences: Audiences) -> HeldBack:
    about = holding.audience
    people = len({item.mailbox for item in holding.items})
    return HeldBack(
        guard=holding.guard,
        list=None if about is None else audiences.names.get(about),
        people=people,
        of=max(holding.of, people),  # strangers among them are none of ours
        limit=holding.limit,
        already=holding.already,
    )


def _example(change: Sent, audiences: Audiences) -> Example:
    of = () if isinstance(change, Readdress) else change.audiences
    person = None if isinstance(change, Remove | Disable) else change.person
    return Example(
        mailbox=change.mailbox,
        name=_full_name(person),
        what=WORDS[type(change)],
        lists=tuple(
            sorted(audiences.names[one] for one in of if one in audiences.names)
        ),
        why=CAUSES[change.cause],
    )


def _full_name(person: Person | None) -> str:
    return f"{person.first_name} {person.last_name}".strip() if person else ""
