"""Marks: claimed for a time, then settled or given back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from attrs import evolve, frozen
from tests.memory_store.memory import Memory
from tests.memory_store.rows import Mark

from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.directory.marks import ClaimedMarks, ClaimLost, Following


@frozen
class Marks:
    memory: Memory

    def claim(
        self, *, follower: Following, lease: timedelta, limit: int
    ) -> ClaimedMarks:
        assert self.memory.depth == 0, "what is read must be newer than the claim"
        now = self.memory.now()
        rows = [
            mark
            for mark in self.memory.tables.marks.values()
            if mark.claimed_until is None or mark.claimed_until < now
        ][:limit]
        if not rows:
            return _claimed(None, [], frozenset(), frozenset())
        claim = UUID(int=self.memory.new_id())
        with self.memory.transaction("claim"):
            for mark in rows:
                self._put(evolve(mark, claim=claim, claimed_until=now + lease))
        contacts = self._contacts_of(rows)
        return _claimed(claim, rows, contacts, self._mailboxes_of(contacts))

    def _contacts_of(self, rows: Collection[Mark]) -> frozenset[ContactId]:
        people = self.memory.tables.contacts.values()
        members = {mark.member for mark in rows} - {None}
        return frozenset(
            mark.contact_id for mark in rows if mark.contact_id is not None
        ) | {one.id for one in people if one.member in members}

    def _mailboxes_of(self, wanted: Collection[ContactId]) -> frozenset[Mailbox]:
        contacts = self.memory.tables.contacts
        now = (contacts[one].mailbox for one in wanted if one in contacts)
        return frozenset(mailbox for mailbox in now if mailbox is not None)

    def settle(self, claimed: ClaimedMarks) -> None:
        with self.memory.transaction("settle"):
            mine = self._mine(claimed)
            for mark in mine:
                del self.memory.tables.marks[mark.id]
            if len(mine) != len(claimed.ids):
                raise ClaimLost(f"{len(claimed.ids) - len(mine)} marks")

    def release(self, claimed: ClaimedMarks) -> None:
        with self.memory.transaction("release"):
            for mark in self._mine(claimed):
                self._put(evolve(mark, claim=None, claimed_until=None))

    def let_go(self, follower: Following) -> None:
        held = [one for one in self.memory.tables.marks.values() if one.claim]
        if held:
            with self.memory.transaction("let go"):
                for mark in held:
                    self._put(evolve(mark, claim=None, claimed_until=None))

    def mark_mailboxes(
        self, *, follower: Following, mailboxes: Collection[Mailbox]
    ) -> None:
        with self.memory.transaction("mark"):
            for mailbox in sorted(mailboxes):
                self._put(Mark(id=self.memory.new_id(), mailbox=mailbox))

    def mark_list(self, *, follower: Following, list_id: ListId) -> None:
        with self.memory.transaction("mark"):
            self._put(Mark(id=self.memory.new_id(), list_id=list_id))

    def mark_everything(self, *, follower: Following) -> None:
        with self.memory.transaction("mark"):
            self._put(Mark(id=self.memory.new_id()))

    def _put(self, mark: Mark) -> None:
        self.memory.tables.marks[mark.id] = mark

    def _mine(self, claimed: ClaimedMarks) -> list[Mark]:
        marks = self.memory.tables.marks
        return [
            marks[one]
            for one in claimed.ids
            if one in marks and marks[one].claim == claimed.claim
        ]


def _claimed(
    claim: UUID | None,
    rows: Collection[Mark],
    contacts: frozenset[ContactId],
    of_contacts: frozenset[Mailbox],
) -> ClaimedMarks:
    return ClaimedMarks(
        claim=claim,
        ids=tuple(mark.id for mark in rows),
        mailboxes=of_contacts
        | frozenset(mark.mailbox for mark in rows if mark.mailbox is not None),
        contacts=contacts,
        lists=frozenset(mark.list_id for mark in rows if mark.list_id is not None),
        everything=any(
            (mark.mailbox, mark.contact_id, mark.list_id, mark.member) == (None,) * 4
            for mark in rows
        ),
    )
