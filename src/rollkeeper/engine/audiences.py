"""Which audiences there are, and which provider list each of them fills."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from rollkeeper.core.policy import (
    DEFAULT,
    Leaving,
    NewAddress,
    NoneLeft,
    Policy,
    Strangers,
)
from rollkeeper.core.values import AudienceId, ListId, ProviderListId, one_line
from rollkeeper.directory.models import ContactList
from rollkeeper.engine.session import Session
from rollkeeper.ledger.models import Audience, AudienceState
from rollkeeper.ledger.services import audiences as ledger
from rollkeeper.ledger.services import runs
from rollkeeper.providers.port import ProviderList


@frozen(kw_only=True)
class Audiences:
    """A connection's audiences that are kept true."""

    by_list: Mapping[ListId, AudienceId]
    policies: Mapping[AudienceId, Policy]
    provider_lists: Mapping[AudienceId, ProviderListId]
    """Lacks the audiences whose provider list is not made yet."""
    names: Mapping[AudienceId, str]

    @property
    def by_provider_list(self) -> Mapping[ProviderListId, AudienceId]:
        return {there: audience for audience, there in self.provider_lists.items()}


def current(*, association_id: int, connection_id: int) -> Audiences:
    """Bring the audiences in line with the switches, and return those kept true."""
    ledger.follow_switches(
        association_id=association_id, connection_id=connection_id, policy=DEFAULT
    )
    active = list(
        Audience.objects.filter(
            connection_id=connection_id, state=AudienceState.ACTIVE
        ).order_by("id")
    )
    return Audiences(
        by_list={ListId(row.list_id): AudienceId(row.pk) for row in active},
        policies={AudienceId(row.pk): _policy(row) for row in active},
        provider_lists={
            AudienceId(row.pk): ProviderListId(row.provider_list_id)
            for row in active
            if row.provider_list_id
        },
        names={AudienceId(row.pk): row.name for row in active},
    )


def _policy(row: Audience) -> Policy:
    return evolve(
        DEFAULT,
        leaving=Leaving(row.leaving),
        none_left=NoneLeft(row.none_left),
        new_address=NewAddress(row.new_address),
        strangers=Strangers(row.strangers),
    )


@frozen(kw_only=True)
class Matched:
    """What looking at the provider's lists told."""

    audiences: Audiences
    adopted: bool
    """Was a list found that may have people on it whom we have not seen yet?"""


def match_lists(session: Session, audiences: Audiences) -> Matched:
    """Find each audience's provider list: by its id, at first by its name.

    A list that is gone over there is forgotten, so that it is found or made anew.
    """
    there = list(session.provider.lists())
    ids = {one.list_id for one in there}
    for audience, list_id in audiences.provider_lists.items():
        if list_id not in ids:
            ledger.lose_list(audience)
    audiences = _again(session)
    taken = set(audiences.provider_lists.values())
    free = {_key(one.name): one for one in there if one.list_id not in taken}
    adopted = False
    for audience, wanted in _lacking(audiences).items():
        if found := free.pop(_key(wanted), None):
            ledger.fill(audience, provider_list_id=found.list_id, name=found.name)
            adopted = adopted or found.members != 0
    return Matched(audiences=_again(session), adopted=adopted)


def make_lists(session: Session, audiences: Audiences) -> Audiences:
    """Make the provider lists that are missing, each known as soon as it is made."""
    lacking = _lacking(audiences)
    if not lacking:
        return audiences
    taken = set(audiences.provider_lists.values())
    for audience, wanted in lacking.items():
        made = _make(session, wanted, taken)
        taken.add(made.list_id)
        ledger.fill(audience, provider_list_id=made.list_id, name=made.name)
        runs.note_count(session.run_id, "lists_created", 1)
    return _again(session)


def _make(session: Session, wanted: str, taken: set[ProviderListId]) -> ProviderList:
    """Two lists here may have one name; there, the second gets a number."""
    number, name = 1, wanted
    while (made := session.provider.create_list(name)).list_id in taken:
        number += 1
        name = f"{wanted} ({number})"
    return made


def _lacking(audiences: Audiences) -> dict[AudienceId, str]:
    """The audiences without a provider list, with the name that it should have."""
    names = dict(ContactList.objects.values_list("pk", "name"))
    return {
        audience: one_line(names[list_id])
        for list_id, audience in audiences.by_list.items()
        if audience not in audiences.provider_lists
    }


def _again(session: Session) -> Audiences:
    return current(
        association_id=session.association_id, connection_id=session.connection_id
    )


def _key(name: str) -> str:
    return one_line(name).casefold()
