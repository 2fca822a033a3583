"""What a comparison of everything finds to do that no mark had asked for."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from tests.memory_store.memory import Memory
from tests.memory_store.rows import Run

from rollkeeper.core.values import AudienceId, ContactId, Mailbox
from rollkeeper.directory.marks import Following
from rollkeeper.ledger.states import HoldState, RunKind, RunState

_DONE = (RunState.DONE, RunState.DONE_WITH_EXCEPTIONS)


@frozen
class Capture:
    memory: Memory

    def missed(
        self,
        *,
        connection_id: int,
        run_id: int,
        follower: Following,
        changed: Iterable[tuple[Mailbox, frozenset[AudienceId]]],
    ) -> frozenset[Mailbox]:
        before = self._true_before(run_id)
        if before is None:
            return frozenset()
        lists = self._explaining_lists()
        explained = self._explained(before) | self._on(lists)
        return frozenset(
            mailbox
            for mailbox, audiences in changed
            if mailbox not in explained and lists.isdisjoint(audiences)
        )

    def _true_before(self, run_id: int) -> Run | None:
        """The last comparison of everything, if all that was tried since went well."""
        before = [one for one in self.memory.tables.runs.values() if one.pk < run_id]
        for run in reversed(before):
            if run.state not in _DONE:
                return None
            if run.kind is RunKind.EVERYTHING:
                return run
        return None

    def _explained(self, before: Run) -> set[Mailbox | None]:
        tables = self.memory.tables
        return {
            *(one.mailbox for one in tables.marks.values()),
            *self._of_marked_people(),
            *(mailbox for run, mailbox in tables.drift if run > before.pk),
            *tables.outcomes,
            *(
                item.mailbox
                for hold in tables.holds.values()
                if hold.state is not HoldState.OVER
                for item in hold.items
            ),
        }

    def _of_marked_people(self) -> set[Mailbox | None]:
        """What those have whom a mark names, or of whom an outcome is kept."""
        tables = self.memory.tables
        members = {one.member for one in tables.marks.values() if one.member}
        named = {*tables.outcomes, *(one.mailbox for one in tables.marks.values())}
        marked: set[ContactId | None] = {
            *(one.id for one in tables.contacts.values() if one.mailbox in named),
            *(one.contact_id for one in tables.marks.values() if one.contact_id),
            *(one.id for one in tables.contacts.values() if one.member in members),
        }
        return {
            *(one.mailbox for one in tables.contacts.values() if one.id in marked),
            *(
                one.mailbox
                for one in tables.remotes.values()
                if one.carried_by in marked
            ),
        }

    def _on(self, audiences: set[AudienceId]) -> set[Mailbox | None]:
        """Whoever is, or should be, on one of them, here or there."""
        tables = self.memory.tables
        lists = {tables.audiences[one].list_id for one in audiences}
        people = {who for who, list_id in tables.places() if list_id in lists}
        there = {remote for remote, one in tables.memberships if one in audiences}
        contacts, remotes = tables.contacts.values(), tables.remotes.values()
        return {
            *(one.mailbox for one in contacts if one.id in people),
            *(one.mailbox for one in remotes if one.carried_by in people),
            *(one.mailbox for one in remotes if one.id in there),
        }

    def _explaining_lists(self) -> set[AudienceId]:
        """Those that are new, or have a new policy, or that a mark names."""
        marked = {one.list_id for one in self.memory.tables.marks.values()}
        return {
            one.id
            for one in self.memory.tables.audiences.values()
            if one.filled_at is None or one.rule_changed_at or one.list_id in marked
        }
