"""Looks at each call just before it leaves: would it wrong somebody?

Everything is judged by what the store knew at that moment, in the words of `truth`.
What people did while the run was working (`racing`) it could not know when it planned;
refusals are the exception: they are asked for again at the last moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from attrs import define, field
from tests.memory_store.rows import RemoteContact
from tests.prove.histories.acts import STRANGER
from tests.prove.histories.chamber import Chamber
from tests.prove.histories.faults import Injector, is_running
from tests.prove.histories.truth import Truth
from tests.prove.level import Promise, Violation

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.calls import Call, Create, Delete, Import, Join, Leave, Rewrite
from rollkeeper.core.guards import Deed, Item
from rollkeeper.core.policy import Strangers
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    ListId,
    Mailbox,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Permission
from rollkeeper.engine.capture import COUNT
from rollkeeper.engine.store import Run
from rollkeeper.ledger.states import AudienceState, HoldState

Joining: TypeAlias = Import | Join | Create | Rewrite

NEVER_HEARD_OF: Final = timedelta(hours=6) - timedelta(minutes=40)
"""A job so old may be taken for dead; clocks differ."""


@define
class Watch:
    chamber: Chamber
    injector: Injector
    brought: set[Mailbox] = field(factory=set)
    """Mailboxes that calls of ours brought, or that were in the directory once."""
    ours: set[tuple[Mailbox, ListId]] = field(factory=set)
    """Where we put somebody who has been there ever since."""
    had: set[tuple[ContactId | None, Mailbox]] = field(factory=set)
    """Who has had which mailbox, when a run began or ended."""
    buried: set[Mailbox] = field(factory=set)
    """Who was deleted over there when opt-outs were last asked for."""
    removals: list[tuple[datetime, ProviderListId, ProviderContactId]] = field(
        factory=list
    )
    largest: dict[ProviderListId, int] = field(factory=dict)
    violations: list[Violation] = field(factory=list)

    def look_at(self, call: Call) -> None:
        """Note what is wrong with a call that is about to leave."""
        self._look_at_duplicates(call)
        if isinstance(call, Leave | Delete):
            self._look_at_removal(call)
        else:
            self._look_at_mailable(call)

    def note_arrived(self, call: Call) -> None:
        """The provider took the call: whom it brings is ours."""
        if isinstance(call, Leave | Delete):
            return
        audiences = [self._audience_of(one) for one in call.lists]
        for mailbox in mailboxes_of(call):
            self.brought.add(mailbox)
            for audience in audiences:
                if audience is not None:
                    self.ours.add((mailbox, self._list_of(audience)))

    def follow(self, old: Mailbox, new: Mailbox) -> None:
        """The contact over there has a new address, and what was ours with it."""
        followed = {list_id for one, list_id in self.ours if one == old}
        self.ours -= {(old, list_id) for list_id in followed}
        self.ours |= {(new, list_id) for list_id in followed}

    def look_back_at(self, run: Run) -> None:
        """Did it find what marks should have named before?"""
        if missed := run.counts.get(COUNT):
            self.note(Promise.LAWS, "I10", f"{missed} were missed by marks")

    def look_at_refusals(self) -> None:
        """After a run that nothing disturbed, is anybody who refused where we put them?

        Whoever must not be contacted besides may wait for a decision.
        """
        tables = self.chamber.memory.tables
        remotes = {one.id: one for one in tables.remotes.values()}
        for (remote, audience), one in tables.memberships.items():
            ours = one.there and one.ours and self._is_kept_true(audience)
            if ours and self._refused(remotes[remote]):
                what = f"{remotes[remote].mailbox} is still on a list"
                self.note(Promise.MAILABLE, "I8", what)

    def _refused(self, remote: RemoteContact) -> bool:
        """Did the mailbox, or who has it, or who had it last when nobody has?

        But for whom the provider sends no mail anyhow.
        """
        if remote.permission in (Permission.UNSUBSCRIBED, Permission.DELETED):
            return False
        tables = self.chamber.memory.tables
        truth = Truth(tables)
        carrier = tables.contacts.get(remote.carried_by or ContactId(0))
        if truth.is_do_not_contact(remote.mailbox) or (
            carrier and carrier.do_not_contact
        ):
            return False
        return truth.is_suppressed(remote.mailbox) or (
            remote.carried_by is not None
            and not truth.holders(remote.mailbox)
            and truth.person_refused(remote.carried_by)
        )

    def note(self, promise: Promise, law: str, what: str) -> None:
        self.violations.append(Violation(promise=promise, law=law, what=what))

    def _look_at_mailable(self, call: Joining) -> None:
        truth = Truth(self.chamber.memory.tables)
        joins = bool(call.lists)
        for mailbox in mailboxes_of(call):
            held = self.chamber.account.contact(mailbox)
            makes = joins or held is None or held.deleted
            if makes and truth.is_suppressed(mailbox):
                self._look_at_refused(call, mailbox)
            if makes and not self.injector.racing and truth.is_do_not_contact(mailbox):
                self.note(
                    Promise.MAILABLE, "do not contact", f"{mailbox} is not: {call}"
                )

    def _look_at_refused(self, call: Joining, mailbox: Mailbox) -> None:
        self.note(Promise.MAILABLE, "I2", f"{mailbox} refused: {call}")

    def _look_at_duplicates(self, call: Call) -> None:
        """Of one mailbox, only calls may be under way that agree with each other."""
        oldest = self.chamber.account.now() - NEVER_HEARD_OF
        for job in self.chamber.account.queue.values():
            if is_running(job) and job.shown.created_at > oldest:
                twice = set(mailboxes_of(call)) & set(mailboxes_of(job.call))
                twice = {one for one in twice if not _agree(one, call, job.call)}
                if twice:
                    self.note(
                        Promise.TWICE, "I13", f"{twice}: {job.call}, yet {call} leaves"
                    )

    def _look_at_removal(self, call: Leave | Delete) -> None:
        truth = Truth(self.chamber.memory.tables)
        for mailbox in mailboxes_of(call):
            held = self.chamber.account.contact(mailbox)
            if held is None or held.deleted:
                continue
            lists = (
                held.lists & set(call.lists) if isinstance(call, Leave) else held.lists
            )
            for provider_list in sorted(lists):
                audience = self._audience_of(provider_list)
                self._look_at_stranger(mailbox, call, audience)
                if audience is None or not self._is_kept_true(audience):
                    continue
                its_list = self._list_of(audience)
                known = self._is_known_there(mailbox, audience)
                self.ours.discard((mailbox, its_list))
                if not self.injector.racing and truth.is_wanted(mailbox, its_list):
                    self.note(Promise.LAWS, "I5", f"{mailbox} is wanted: {call}")
                if known and not self._may_pass(truth, mailbox, audience):
                    self._count_removal(provider_list, held.provider_id, call)

    def _is_known_there(self, mailbox: Mailbox, audience: AudienceId) -> bool:
        """Could we know that it is on the list? Not if others put it there lately."""
        tables = self.chamber.memory.tables
        remote = tables.remotes.get(mailbox)
        place = tables.memberships.get((remote.id, audience)) if remote else None
        known = place is not None and place.there
        return known or (mailbox, self._list_of(audience)) in self.ours

    def _look_at_stranger(
        self, mailbox: Mailbox, call: Call, audience: AudienceId | None
    ) -> None:
        if mailbox != STRANGER or mailbox in self.brought:
            return
        rows = self.chamber.memory.tables.audiences
        allowed = (
            audience is not None
            and isinstance(call, Leave)
            and rows[audience].policy.strangers is Strangers.REMOVE
        )
        if not allowed:
            self.note(Promise.LAWS, "strangers untouched", f"{mailbox}: {call}")

    def _may_pass(self, truth: Truth, mailbox: Mailbox, audience: AudienceId) -> bool:
        """Is it the person's own refusal, or did somebody approve it?"""
        refused = truth.is_suppressed(mailbox) or self._was_of_one_who_refused(mailbox)
        if refused and not truth.is_do_not_contact(mailbox):
            return True
        item = Item(deed=Deed.REMOVE, mailbox=mailbox, audience=audience)
        return any(
            item in hold.items
            and hold.state in (HoldState.APPROVED, HoldState.APPLIED, HoldState.EXPIRED)
            for hold in self.chamber.memory.tables.holds.values()
        )

    def _was_of_one_who_refused(self, mailbox: Mailbox) -> bool:
        return any(
            fact.kind is not Kind.RESUBSCRIBED
            and (fact.contact_id, mailbox) in self.had
            for fact in self.chamber.memory.tables.facts.values()
        )

    def _count_removal(
        self, provider_list: ProviderListId, contact: ProviderContactId, call: Call
    ) -> None:
        """Whom an earlier call left where they were, or was the same, counts once."""
        now = self.chamber.memory.now()
        self.removals = [one for one in self.removals if self._was_removed(*one[1:])]
        self.removals.append((now, provider_list, contact))
        since = now - timedelta(hours=23, minutes=50)
        today = len(
            {
                removed
                for at, there, removed in self.removals
                if there == provider_list and at > since
            }
        )
        limits = self.chamber.memory.limits
        most = limits.removals_of_list.of(self.largest.get(provider_list, 0))
        if today > most:
            self.note(Promise.LIMITS, "I24", f"{today} of at most {most}: {call}")

    def _was_removed(
        self, provider_list: ProviderListId, contact: ProviderContactId
    ) -> bool:
        """Did it leave the list, or is it about to? Who has refused would be gone by
        their own act."""
        held = self.chamber.account.held[contact]
        facts = self.chamber.memory.tables.facts.values()
        if any(one.mailbox == held.mailbox and one.list_id is None for one in facts):
            return False
        if provider_list not in held.lists:
            return True
        return any(
            is_running(job) and held.mailbox in mailboxes_of(job.call)
            for job in self.chamber.account.queue.values()
        )

    def measure(self) -> None:
        """Remember how large each list has been, and who is there no more."""
        sizes: dict[ProviderListId, int] = {}
        for held in self.chamber.account.held.values():
            for one in held.lists:
                sizes[one] = sizes.get(one, 0) + 1
        for one, size in sizes.items():
            self.largest[one] = max(size, self.largest.get(one, 0))
        account, tables = self.chamber.account, self.chamber.memory.tables
        self.had.update(
            (one.id, one.mailbox) for one in tables.contacts.values() if one.mailbox
        )
        there = {
            (held.mailbox, one.list_id)
            for held in account.held.values()
            for one in tables.audiences.values()
            if one.provider_list_id in held.lists
        }
        self.ours &= there

    def _audience_of(self, provider_list: ProviderListId) -> AudienceId | None:
        return next(
            (
                one.id
                for one in self.chamber.memory.tables.audiences.values()
                if one.provider_list_id == provider_list
            ),
            None,
        )

    def _is_kept_true(self, audience: AudienceId) -> bool:
        rows = self.chamber.memory.tables.audiences
        return rows[audience].state is AudienceState.ACTIVE

    def _list_of(self, audience: AudienceId) -> ListId:
        return self.chamber.memory.tables.audiences[audience].list_id


def mailboxes_of(call: object) -> Iterator[Mailbox]:
    match call:
        case Import():
            yield from (row.mailbox for row in call.rows)
        case Create():
            yield call.row.mailbox
        case Rewrite():
            yield call.target.mailbox
        case Join() | Leave() | Delete():
            yield from (target.mailbox for target in call.targets)
        case _:
            pass  # the end of a list that nobody is on


def _agree(mailbox: Mailbox, one: object, other: object) -> bool:
    """May both be done to the mailbox, in either order and twice?"""
    if isinstance(one, Import) and isinstance(other, Import):
        (person,) = {row.person for row in one.rows if row.mailbox == mailbox}
        return all(row.person == person for row in other.rows if row.mailbox == mailbox)
    adds = (Import, Join)
    return (isinstance(one, adds) and isinstance(other, adds)) or (
        isinstance(one, Leave) and isinstance(other, Leave)
    )
