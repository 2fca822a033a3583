"""Which audiences there are, and which provider list each of them fills."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from operator import itemgetter

from attrs import evolve, field, frozen

from rollkeeper.core import timing
from rollkeeper.core.policy import (
    DEFAULT,
    REPLACE,
    Leaving,
    Namesake,
    NewAddress,
    NoneLeft,
    Parting,
    Policy,
)
from rollkeeper.core.values import AudienceId, ListId, ProviderListId
from rollkeeper.engine.naming import key, names_for, names_here, note_names
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
    asked: frozenset[AudienceId] = frozenset()
    """Those that somebody asked for by hand."""
    due: frozenset[AudienceId] = frozenset()
    """Those that may be changed now; see `timed`."""
    undecided: Mapping[ListId, AudienceId] = field(factory=dict)
    """Those that wait for staff to choose what to do about a list of their name. They
    are in none of the others."""
    namesakes: Mapping[AudienceId, Namesake] = field(factory=dict)
    """What is done about a provider list of that name that has people already."""

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

    def timed(self, *, comparing_everything: bool) -> Audiences:
        """Return these, with those due that may be changed now."""
        due = timing.due(
            self.policies,
            comparing_everything=comparing_everything,
            asked_for=self.asked,
        )
        return evolve(self, due=due)

    def asked_for(self, list_id: ListId | None) -> Audiences:
        """Return these as if somebody asked for all of them, or for that list."""
        asked = self.asked.union(
            audience for one, audience in self.by_list.items() if list_id in (None, one)
        )
        return evolve(self, asked=asked).timed(comparing_everything=list_id is None)

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
        association_id=association_id,
        connection_id=connection_id,
        policy=DEFAULT,
        of_automatic=REPLACE,
    )
    kept = store.audiences.active(connection_id)
    active = [one for one in kept if not one.undecided]
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
        asked=frozenset(one.audience_id for one in active if one.asked),
        undecided={
            one.list_id: one.audience_id
            for one in kept
            if one.undecided and not one.list_deleted
        },
        namesakes={one.audience_id: one.namesake for one in kept},
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
    note_names(session, there)
    audiences = of(session)
    taken = session.store.audiences.taken(session.connection_id)
    free = {key(one.name): one for one in there if one.list_id not in taken}
    adopted = False
    for audience, wanted in lacking(session, audiences, undecided=True).items():
        found = free.pop(key(wanted), None)
        if found and _is_taken(audiences.namesakes[audience], found):
            _fill(session, audience, found, wanted)
            adopted = adopted or found.members != 0
        else:
            _note_namesake(session, audiences, audience, found)
    matched = of(session)
    for decided in audiences.undecided.keys() - matched.undecided.keys():
        _mark_list(session, decided)  # what changed meanwhile was left aside
    return Matched(audiences=matched, adopted=adopted)


def _mark_list(session: Session, list_id: ListId) -> None:
    if session.follower:
        session.store.marks.mark_list(follower=session.follower, list_id=list_id)


def _is_taken(namesake: Namesake, found: ProviderList) -> bool:
    """One that nobody is on is taken in any case."""
    return found.members == 0 or namesake is Namesake.ADOPT


def _note_namesake(
    session: Session,
    audiences: Audiences,
    audience: AudienceId,
    found: ProviderList | None,
) -> None:
    """Have staff choose what to do about the list found, if that is the policy."""
    asks = found is not None and audiences.namesakes[audience] is Namesake.ASK
    with session.store.transaction():
        session.store.audiences.note_namesake(
            audience,
            provider_list_id=found.list_id if found and asks else None,
            members=found.members if found and asks else None,
        )


def _lose(session: Session, audience: AudienceId) -> None:
    session.store.audiences.lose_list(audience)
    for one in session.store.audiences.active(session.connection_id):
        if one.audience_id == audience:
            _mark_list(session, one.list_id)


def make_lists(session: Session, audiences: Audiences) -> Audiences:
    """Make the provider lists that are missing, each known as soon as it is made."""
    wanting = lacking(session, audiences)
    if not wanting:
        return audiences
    taken = set(session.store.audiences.taken(session.connection_id))
    for audience, wanted in wanting.items():
        made = _make(session, wanted, taken, audiences.namesakes[audience])
        taken.add(made.list_id)
        _fill(session, audience, made, wanted)
        session.store.runs.note_count(session.run_id, "lists_created", 1)
    return of(session)


def _fill(
    session: Session, audience: AudienceId, found: ProviderList, named_after: str
) -> None:
    with session.store.transaction():
        session.store.audiences.fill(
            audience,
            provider_list_id=found.list_id,
            name=found.name,
            named_after=named_after,
        )


def _make(
    session: Session, wanted: str, taken: set[ProviderListId], namesake: Namesake
) -> ProviderList:
    """Make a list, of a name that no list has yet that is taken or, unless it may be
    adopted, has people."""
    names = names_for(wanted)
    made = session.provider.create_list(next(names))
    adopts = namesake is Namesake.ADOPT
    while made.list_id in taken or (made.members and not adopts):
        with session.store.transaction():
            pass  # whoever was taken over meanwhile makes no other list
        made = session.provider.create_list(next(names))
    return made


def lacking(
    session: Session, audiences: Audiences, *, undecided: bool = False
) -> dict[AudienceId, str]:
    """Return the audiences without a provider list, with the name that it should have,
    oldest first; the *undecided* ones as well, if so told."""
    names = names_here(session)
    wanting = {**audiences.by_list, **(audiences.undecided if undecided else {})}
    return {
        audience: names[list_id]
        for list_id, audience in sorted(wanting.items(), key=itemgetter(1))
        if audience not in audiences.provider_lists
    }
