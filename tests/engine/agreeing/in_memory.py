"""The world whose store is in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from attrs import define, field
from tests.engine.agreeing.world import EVERYBODY, World
from tests.memory_store import Memory, store_over
from tests.memory_store.audiences import Audiences
from tests.memory_store.deciding import Deciding
from tests.memory_store.directory import Directory
from tests.memory_store.suppressed import suppressed_among
from tests.prove.histories.clocks import Time

from rollkeeper.core.policy import Policy
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person
from rollkeeper.engine.store import ConnectionFacts
from rollkeeper.ledger.models.newsletter import REPRESENTATIVES_NAME
from rollkeeper.ledger.states import HoldState
from rollkeeper.providers.memory import MemoryAccount


class RollInMemory(Directory):
    def person(self, contact_id: ContactId) -> Person:
        return self.memory.tables.contacts[contact_id].person

    def is_on(self, contact_id: ContactId, list_id: ListId) -> bool:
        return (contact_id, list_id) in self.memory.tables.standings


@define(kw_only=True, eq=False)
class WorldInMemory(World):
    memory: Memory = field()

    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        return suppressed_among(self.memory, mailboxes)

    def set_policy(self, list_id: ListId, policy: Policy) -> None:
        for one in list(self.memory.tables.audiences.values()):
            if one.list_id == list_id:
                Audiences(self.memory).set_policy(one.id, policy)

    def decide(self, *, approve: bool) -> None:
        deciding = Deciding(self.memory)
        for hold_id in deciding.waiting():
            if approve:
                deciding.approve(hold_id)
            else:
                deciding.discard(hold_id)

    def remembered(self) -> Mapping[str, object]:
        tables = self.memory.tables
        list_of = {one.id: one.list_id for one in tables.audiences.values()}
        mailbox_of = {one.id: one.mailbox for one in tables.remotes.values()}
        return {
            "remotes": {
                one.mailbox: (
                    one.provider_id is not None,
                    one.permission.value,
                    one.elsewhere,
                    one.person,
                    one.agreed_person,
                    self.key_of(self.contacts, one.carried_by),
                    one.disabled_at is not None,
                    one.renamed_from,
                )
                for one in tables.remotes.values()
            },
            "memberships": {
                (mailbox_of[remote], self.key_of(self.lists, list_of[audience])): (
                    one.there,
                    one.ours,
                )
                for (remote, audience), one in tables.memberships.items()
            },
            "facts": sorted(
                (
                    one.mailbox,
                    self.key_of(self.contacts, one.contact_id) or "",
                    one.person or "",
                    one.kind.value,
                    self.key_of(self.lists, one.list_id) or "",
                )
                for one in tables.facts.values()
            ),
            "outcomes": {
                mailbox: (one.kind.value, str(one.cause), one.asked)
                for mailbox, one in tables.outcomes.items()
            },
            "open holds": {
                (one.guard.value, self.item_key(item, list_of))
                for one in tables.holds.values()
                if one.state is HoldState.OPEN
                for item in one.items
            },
            "decided holds": sorted(
                (one.guard.value, one.state.value)
                for one in tables.holds.values()
                if one.state is not HoldState.OPEN
            ),
            "marks": sorted(
                (
                    one.mailbox or "",
                    self.key_of(self.contacts, one.contact_id) or "",
                    self.key_of(self.lists, one.list_id) or "",
                    self.key_of(self.members, one.member) or "",
                )
                for one in tables.marks.values()
            ),
            "open operations": [
                (one.kind, one.state, one.rows)
                for one in self.store.operations.open_operations(self.connection_id)
            ],
            "audiences": {
                (
                    self.key_of(self.lists, one.list_id),
                    one.state.value,
                    one.name,
                    one.filled_at is None,
                    one.rule_changed_at is None,
                )
                for one in tables.audiences.values()
                if one.list_id in self.lists.values()
            },
        }


def a_world_in_memory() -> WorldInMemory:
    time = Time()
    memory = Memory(
        now=time.of_database,
        connection=ConnectionFacts(
            connection_id=1,
            association_id=1,
            provider="memory",
            connected=True,
            condition="connected",
            pulled_at=None,
            pulled_through=None,
            compared_at=None,
        ),
    )
    roll = RollInMemory(memory)
    return WorldInMemory(
        store=store_over(memory),
        connection_id=1,
        roll=roll,
        lists={EVERYBODY: roll.add_everybody(name=REPRESENTATIVES_NAME)},
        time=time,
        account=MemoryAccount(now=time.of_provider),
        memory=memory,
    )
