"""Decisions about holds, with what they do besides, as `engine.holding` has it."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen
from tests.memory_store.audiences import Audiences
from tests.memory_store.marks import Marks
from tests.memory_store.memory import Memory
from tests.memory_store.rows import Hold
from tests.memory_store.sightings import Sightings

from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import ListDeleted
from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.services.holds import APPROVAL_HOLDS
from rollkeeper.ledger.states import HoldState


@frozen
class Deciding:
    memory: Memory

    def waiting(self) -> list[int]:
        """Return the ids of the open holds, oldest first."""
        holds = self.memory.tables.holds.values()
        return [one.id for one in holds if one.state is HoldState.OPEN]

    def approve(self, hold_id: int) -> None:
        """Let exactly what it froze pass within a day."""
        now = self.memory.now()
        hold = self._put(
            hold_id,
            state=HoldState.APPROVED,
            decided_at=now,
            expires_at=now + APPROVAL_HOLDS,
        )
        if hold.guard is Guard.DELETED_OVER_THERE:
            Sightings(self.memory).give_up_deleted(0, _mailboxes_of(hold))
        self._rule_decided(hold)
        self._mark(hold)

    def discard(self, hold_id: int) -> None:
        hold = self._put(
            hold_id, state=HoldState.DISCARDED, decided_at=self.memory.now()
        )
        if hold.guard is Guard.LEFT_AT_ONCE and hold.audience:
            Sightings(self.memory).give_up(hold.audience, _mailboxes_of(hold))
            self._mark(hold)
        if hold.guard is Guard.LIST_DELETED and hold.audience:
            policy = self.memory.tables.audiences[hold.audience].policy
            Audiences(self.memory).set_policy(
                hold.audience, evolve(policy, list_deleted=ListDeleted.KEEP)
            )
        self._rule_decided(hold)

    def _rule_decided(self, hold: Hold) -> None:
        if hold.guard is Guard.RULE_CHANGED and hold.audience:
            Audiences(self.memory).rule_decided([hold.audience])

    def _mark(self, hold: Hold) -> None:
        for follower in self.memory.tables.followers.values():
            Marks(self.memory).mark_mailboxes(
                follower=follower, mailboxes=_mailboxes_of(hold)
            )

    def _put(self, hold_id: int, **fields: Any) -> Hold:
        holds = self.memory.tables.holds
        holds[hold_id] = evolve(holds[hold_id], **fields)
        return holds[hold_id]


def _mailboxes_of(hold: Hold) -> list[Mailbox]:
    return sorted({item.mailbox for item in hold.items if item.mailbox})
