"""Which audiences there are, and which provider list each of them fills."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import evolve, frozen

from rollkeeper.core.policy import (
    DEFAULT,
    Leaving,
    NewAddress,
    NoneLeft,
    Parting,
    Policy,
)
from rollkeeper.core.values import AudienceId, ListId, ProviderListId, one_line
from rollkeeper.engine.session import Session
from rollkeeper.engine.store import Store
from rollkeeper.ledger.services.audiences import ActiveAudience
from rollkeeper.providers.port import ProviderList


@frozen(kw_only=True)
class Audiences:
    """A connection's audiences that are kept true."""

    by_list: Mapping[ListId, AudienceId]
    policies: Mapping[AudienceId, Policy]
    provider_lists: Mapping[AudienceId, ProviderListId]
    """Lacks the audiences whose provider list is not made yet."""
    names: Mapping[AudienceId, str]
    anew: frozenset[AudienceId] = frozenset()
    """Those whose provider list is another one than before, with other people on it."""

    @property
    def made(self) -> Collection[AudienceId]:
        """Those that have a provider list."""
        return self.provider_lists.keys()

    def only_made(self) -> Audiences:
        """Return those that have a provider list: to the others nobody can be added."""
        return evolve(
            self,
            by_list={
                list_id: audience
                for list_id, audience in self.by_list.items()
                if audience in self.made
            },
            policies={one: self.policies[one] for one in self.made},
        )

    def since(self, before: Audiences) -> Audiences:
        """Return these, with what is anew since *before*."""
        lists = self.provider_lists
        anew = (one for one in lists if lists[one] != before.provider_lists.get(one))
        return evolve(self, anew=frozenset(anew))

    @property
    def by_provider_list(self) -> Mapping[ProviderListId, AudienceId]:
        return {there: audience for audience, there in self.provider_lists.items()}


def current(store: Store, *, association_id: int, connection_id: int) -> Audiences:
    """Bring the audiences in line with the switches, and return those kept true."""
    store.audiences.follow_switches(
        association_id=association_id, connection_id=connection_id, policy=DEFAULT
    )
    active = store.audiences.active(connection_id)
    return Audiences(
        by_list={
            one.list_id: one.audience_id for one in active if not one.list_deleted
        },
        policies={one.audience_id: _policy(one) for one in active},
        provider_lists={
            one.audience_id: one.provider_list_id
            for one in active
            if one.provider_list_id
        },
        names={one.audience_id: one.name for one in active},
    )


def _policy(audience: ActiveAudience) -> Policy:
    """Nobody stays on a list that is to go, whatever keeps people on others."""
    if not audience.list_deleted:
        return audience.policy
    return evolve(
        audience.policy,
        leaving=Leaving.REMOVE,
        deleted=Parting.DISABLE
        if audience.policy.none_left is NoneLeft.DISABLE
        else Parting.REMOVE,
        new_address=NewAddress.UPDATE,
    )


def of(session: Session) -> Audiences:
    """Return the audiences of the session's connection, as they are by now."""
    return current(
        session.store,
        association_id=session.association_id,
        connection_id=session.connection_id,
    )


@frozen(kw_only=True)
class Matched:
    """What looking at the provider's lists told."""

    audiences: Audiences
    adopted: bool
    """Was a list found that may have people on it whom we have not seen yet?"""


def match_lists(session: Session, audiences: Audiences) -> Matched:
    """Find each audience's provider list: by its id, at first by its name.

    A list that is gone over there is forgotten, so that it is found or made anew, and
    marked, so that it is filled anew whatever the run was to look at.
    """
    there = list(session.provider.lists())
    ids = {one.list_id for one in there}
    with session.store.transaction():
        for audience, list_id in audiences.provider_lists.items():
            if list_id not in ids:
                _lose(session, audience)
    audiences = of(session)
    taken = session.store.audiences.taken(session.connection_id)
    free = {_key(one.name): one for one in there if one.list_id not in taken}
    adopted = False
    for audience, wanted in _lacking(session, audiences).items():
        if found := free.pop(_key(wanted), None):
            _fill(session, audience, found)
            adopted = adopted or found.members != 0
    return Matched(audiences=of(session), adopted=adopted)


def _lose(session: Session, audience: AudienceId) -> None:
    session.store.audiences.lose_list(audience)
    for one in session.store.audiences.active(session.connection_id):
        if one.audience_id == audience and session.follower:
            session.store.marks.mark_list(
                follower=session.follower, list_id=one.list_id
            )


def make_lists(session: Session, audiences: Audiences) -> Audiences:
    """Make the provider lists that are missing, each known as soon as it is made."""
    lacking = _lacking(session, audiences)
    if not lacking:
        return audiences
    taken = set(session.store.audiences.taken(session.connection_id))
    for audience, wanted in lacking.items():
        made = _make(session, wanted, taken)
        taken.add(made.list_id)
        _fill(session, audience, made)
        session.store.runs.note_count(session.run_id, "lists_created", 1)
    return of(session)


def _fill(session: Session, audience: AudienceId, found: ProviderList) -> None:
    with session.store.transaction():
        session.store.audiences.fill(
            audience, provider_list_id=found.list_id, name=found.name
        )


def _make(session: Session, wanted: str, taken: set[ProviderListId]) -> ProviderList:
    """Two lists here may have one name; there, the second gets a number."""
    number, name = 1, wanted
    while (made := session.provider.create_list(name)).list_id in taken:
        number += 1
        name = f"{wanted} ({number})"
    return made


def _lacking(session: Session, audiences: Audiences) -> dict[AudienceId, str]:
    """The audiences without a provider list, with the name that it should have."""
    names = session.store.directory.list_names()
    return {
        audience: one_line(names[list_id])
        for list_id, audience in audiences.by_list.items()
        if audience not in audiences.provider_lists
    }


def _key(name: str) -> str:
    return one_line(name).casefold()
