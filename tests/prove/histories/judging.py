"""What is wrong in the end, when nothing is left to be done and nobody acts."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define
from tests.memory_store.rows import Audience
from tests.prove.histories.acts import POOL, People
from tests.prove.histories.chamber import Chamber
from tests.prove.histories.truth import Truth
from tests.prove.histories.watch import Watch
from tests.prove.level import Promise, Violation

from rollkeeper.core.guards import Deed, Item
from rollkeeper.core.policy import Leaving, NewAddress, Parting
from rollkeeper.core.values import FIELDS, ListId, Mailbox
from rollkeeper.engine.settling import UNEXPLAINED
from rollkeeper.ledger.states import AudienceState, HoldState, OutcomeKind
from rollkeeper.providers.memory.account import Held


@define
class Judge:
    chamber: Chamber
    people: People
    watch: Watch
    refused: frozenset[Mailbox]

    def violations(self) -> Iterator[Violation]:
        truth = Truth(self.chamber.memory.tables)
        for audience in self.chamber.memory.tables.audiences.values():
            if audience.state is AudienceState.ACTIVE:
                for mailbox in POOL:
                    yield from self._on_list(truth, audience, mailbox)
        for mailbox in POOL:
            yield from self._person(truth, mailbox)
            yield from self._opt_out(truth, mailbox)

    def _on_list(
        self, truth: Truth, audience: Audience, mailbox: Mailbox
    ) -> Iterator[Violation]:
        there = self.is_there(audience, mailbox)
        wanted = truth.is_wanted(mailbox, audience.list_id)
        if wanted and not there and not self.may_lack(mailbox, audience):
            yield _lost(f"{mailbox} is wanted on {audience.name} and not there")
        if there and not wanted and not self._may_stay(truth, mailbox, audience):
            yield _lost(f"{mailbox} is on {audience.name} and not wanted")

    def is_there(self, audience: Audience, mailbox: Mailbox) -> bool:
        held = self.chamber.account.contact(mailbox)
        return (
            held is not None
            and not held.deleted
            and audience.provider_list_id in held.lists
        )

    def may_lack(self, mailbox: Mailbox, audience: Audience) -> bool:
        """Is it known that the provider does not take it, or did somebody say no?"""
        return self._is_refused(mailbox) or any(
            self._declined(deed, mailbox, audience) for deed in (Deed.ADD, Deed.LEAVE)
        )

    def _is_refused(self, mailbox: Mailbox) -> bool:
        """Is it known, and on the exceptions page, that the provider does not take it?
        The least thing that changes about it is tried again."""
        outcome = self.chamber.memory.tables.outcomes.get(mailbox)
        return (
            outcome is not None
            and outcome.kind is OutcomeKind.REFUSED
            and (mailbox in self.refused or outcome.message == UNEXPLAINED)
        )

    def _may_stay(self, truth: Truth, mailbox: Mailbox, audience: Audience) -> bool:
        """Is it kept by the policy, or a stranger's, or did somebody say so? Or was
        the address refused that its holder has now?"""
        if self._declined(Deed.REMOVE, mailbox, audience):
            return True
        if self._declined(Deed.END, mailbox, None):
            return True
        if self._has_a_refused_address(mailbox):
            return True
        ours = self._was_ever_ours(mailbox, audience.list_id)
        if truth.is_off(mailbox, audience.list_id):
            return not ours
        policy = audience.policy
        keeps = (
            policy.leaving is Leaving.KEEP
            or policy.deleted is Parting.KEEP
            or policy.new_address is NewAddress.ADD_NEW
        )
        return keeps or not ours

    def _has_a_refused_address(self, mailbox: Mailbox) -> bool:
        tables = self.chamber.memory.tables
        remote = tables.remotes.get(mailbox)
        if remote is None or remote.carried_by is None:
            return False
        carrier = tables.contacts.get(remote.carried_by)
        return carrier is not None and carrier.mailbox in self.refused

    def _was_ever_ours(self, mailbox: Mailbox, list_id: ListId) -> bool:
        return (mailbox, list_id) in self.watch.ours

    def _declined(
        self, deed: Deed, mailbox: Mailbox, audience: Audience | None
    ) -> bool:
        item = Item(
            deed=deed, mailbox=mailbox, audience=audience.id if audience else None
        )
        return any(
            item in hold.items and not hold.items[item]
            for hold in self.chamber.memory.tables.holds.values()
            if hold.state is HoldState.DISCARDED
        )

    def _person(self, truth: Truth, mailbox: Mailbox) -> Iterator[Violation]:
        """Is the name over there the one of whom the directory tells?"""
        held = self.chamber.account.contact(mailbox)
        if held is None or held.deleted or mailbox in self.people.edited:
            return
        lists = [
            one.list_id
            for one in self.chamber.memory.tables.audiences.values()
            if one.state is AudienceState.ACTIVE
        ]
        wanted = truth.person(mailbox, lists)
        if wanted is None or self._is_refused(mailbox) or self._name_declined(mailbox):
            return
        for name in FIELDS:
            told, there = getattr(wanted, name), getattr(held.person, name)
            if told and told != there:
                yield _lost(f"{mailbox} is called {there!r}, not {told!r} ({name})")

    def _name_declined(self, mailbox: Mailbox) -> bool:
        """Who is not added where they are wanted is not renamed either."""
        return any(
            item.mailbox == mailbox
            and item.deed in (Deed.UPDATE, Deed.ADD)
            and not moot
            for hold in self.chamber.memory.tables.holds.values()
            if hold.state is HoldState.DISCARDED
            for item, moot in hold.items.items()
        )

    def _opt_out(self, truth: Truth, mailbox: Mailbox) -> Iterator[Violation]:
        """Does consent know of everybody who is unsubscribed over there?"""
        held: Held | None = self.chamber.account.contact(mailbox)
        if held is not None and held.unsubscribed and not truth.is_suppressed(mailbox):
            yield _lost(f"{mailbox} unsubscribed over there, and consent knows nothing")


def _lost(what: str) -> Violation:
    return Violation(promise=Promise.LOST, law="end state", what=what)
