"""Who must be left in peace: by what people said, and what the engine was shown of it.

Facts of consent are not asked; this is worked out from the log of what people said and
from the pages that were read to the end of their handling. Where a person acted while
a page was handled nobody can say who had the mailbox: then *surely* holds for fewer,
and *maybe* for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import define, field, frozen
from tests.memory_store import Memory
from tests.memory_store.rows import Contact
from tests.prove.consenting.people import Consenting, Word
from tests.prove.histories.chamber import Chamber
from tests.prove.histories.watch import Watch, mailboxes_of
from tests.prove.level import Promise

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.calls import BulkCall, Call, Delete, Leave, SingleCall
from rollkeeper.core.values import Mailbox, ProviderContactId
from rollkeeper.core.views import Permission
from rollkeeper.providers.port import Accepted, Done, Page, Provider, Seen

EXACT: Final = (timedelta(0), timedelta(0))
OF_TWO_CLOCKS: Final = (timedelta(seconds=30), timedelta(seconds=120))
"""After how long a later act maybe, and surely, counts as later."""


@define
class Refused:
    """A refusal of all mail that was heard of."""

    by: ProviderContactId | None
    """The contact over there; None when it was noted here or elsewhere."""
    mailbox: Mailbox
    at: datetime
    spare: tuple[timedelta, timedelta]
    handled: bool
    """Was what told of it handled to the end?"""
    surely_of: frozenset[str]
    maybe_of: frozenset[str]
    """Ids of the people whose refusal it is."""
    first_of: frozenset[str] = frozenset()
    """Whose it may have been when it was first shown."""
    maybe_lifted: bool = False
    surely_lifted: bool = False
    maybe_back: set[str] = field(factory=set)
    surely_back: set[str] = field(factory=set)

    def is_surely_before(self, act: datetime) -> bool:
        return act > self.at + self.spare[1]

    def is_maybe_before(self, act: datetime) -> bool:
        return act > self.at + self.spare[0]


@frozen
class Around:
    """Who had which mailbox, and for whom it was sent, at one moment."""

    holders: Mapping[Mailbox, frozenset[str]]
    carriers: Mapping[Mailbox, str]

    @staticmethod
    def now(memory: Memory) -> Around:
        tables = memory.tables
        people = tables.departed | {
            one.id: one.external_id for one in tables.contacts.values()
        }
        holders: dict[Mailbox, set[str]] = {}
        for one in tables.contacts.values():
            if one.mailbox:
                holders.setdefault(one.mailbox, set()).add(one.external_id)
        return Around(
            {mailbox: frozenset(those) for mailbox, those in holders.items()},
            {
                one.mailbox: people[one.carried_by]
                for one in tables.remotes.values()
                if one.carried_by in people
            },
        )

    def have(self, mailbox: Mailbox) -> frozenset[str]:
        return self.holders.get(mailbox, frozenset())

    def concerned(self, mailbox: Mailbox) -> frozenset[str]:
        carrier = self.carriers.get(mailbox)
        return self.have(mailbox) | ({carrier} if carrier else set())


@define
class Heard:
    chamber: Chamber
    people: Consenting
    refusals: list[Refused] = field(factory=list)

    # Who must, and who may have to, be left in peace

    def must_be_left(self, mailbox: Mailbox) -> bool:
        holders = self._holders(mailbox)
        return any(
            one.handled
            and (
                (one.mailbox == mailbox and not one.maybe_lifted)
                or not holders.isdisjoint(one.surely_of - one.maybe_back)
            )
            for one in self.refusals
        )

    def may_be_left(self, mailbox: Mailbox) -> bool:
        holders = self._holders(mailbox)
        return any(
            (one.mailbox == mailbox and not one.surely_lifted)
            or not holders.isdisjoint(one.maybe_of - one.surely_back)
            for one in self.refusals
        )

    def _holders(self, mailbox: Mailbox) -> frozenset[str]:
        return Around.now(self.chamber.memory).have(mailbox)

    # What was heard

    def noted(self, contact: Contact, kind: Kind) -> None:
        """Here by staff, or at another provider: it is known at once."""
        assert contact.mailbox is not None, "it is what refuses"
        just_now = self.chamber.time.now - timedelta(minutes=1)
        person = frozenset({contact.external_id})
        if kind is Kind.STAFF and any(
            (one.by, one.mailbox, one.surely_of) == (None, contact.mailbox, person)
            and one.at > just_now
            for one in self.refusals
        ):
            return  # said twice in one breath
        self.refusals.append(
            Refused(
                by=None,
                mailbox=contact.mailbox,
                at=self.chamber.time.now,
                spare=OF_TWO_CLOCKS,
                handled=True,
                surely_of=person,
                maybe_of=person,
            )
        )

    def shown(self, contacts: Iterable[Seen], before: Around, *, handled: bool) -> None:
        """The engine was shown these, and has handled them, or maybe has."""
        after = Around.now(self.chamber.memory)
        for seen in contacts:
            words = self.people.words.get(seen.provider_id)
            if seen.mailbox is None or not words:
                continue
            if seen.permission is Permission.UNSUBSCRIBED:
                self._refused(seen.mailbox, seen, words, (before, after), handled)
            elif seen.permission is Permission.MAILABLE and not words[-1].refuses:
                self._back(seen.mailbox, words[-1].at, (before, after), handled)

    def _refused(
        self,
        mailbox: Mailbox,
        seen: Seen,
        words: list[Word],
        around: tuple[Around, Around],
        handled: bool,
    ) -> None:
        at = [word.at for word in words if word.refuses][-1]
        before, after = (one.concerned(mailbox) for one in around)
        known = next(
            (
                one
                for one in self.refusals
                if (one.by, one.at) == (seen.provider_id, at)
            ),
            None,
        )
        if known is None:
            known = Refused(
                by=seen.provider_id,
                mailbox=mailbox,
                at=at,
                spare=EXACT,
                handled=handled,
                surely_of=(before & after) if handled else frozenset(),
                maybe_of=before | after,
                first_of=before | after,
            )
            self.refusals.append(known)
        elif not known.handled or not known.maybe_of:
            known.first_of = known.first_of or (before | after)
            if handled:  # it may have been known before, and is not told anew
                known.surely_of = before & after & known.first_of
            known.maybe_of |= before | after
            known.handled = known.handled or handled

    def _back(
        self,
        mailbox: Mailbox,
        act: datetime,
        around: tuple[Around, Around],
        handled: bool,
    ) -> None:
        before, after = (one.have(mailbox) for one in around)
        surely = self._surely(mailbox, before, after)
        those = self._maybe(mailbox, before, after)
        for one in self.refusals:
            if one.mailbox == mailbox:
                one.maybe_lifted |= one.is_maybe_before(act)
                one.surely_lifted |= handled and one.is_surely_before(act)
            if one.is_maybe_before(act):
                nobodys = not (before | after) and one.mailbox == mailbox
                one.maybe_back |= one.maybe_of if nobodys else those
            if handled and one.is_surely_before(act):
                one.surely_back |= surely

    def _maybe(
        self, mailbox: Mailbox, before: frozenset[str], after: frozenset[str]
    ) -> set[str]:
        """Whose act it may have been; of several not theirs who refused elsewhere."""
        if before != after or len(before) == 1:
            return {*before, *after}
        elsewhere = {
            person
            for one in self.refusals
            if one.handled and one.mailbox != mailbox
            for person in one.surely_of - one.maybe_back
        }
        return {*before} - elsewhere

    def _surely(
        self, mailbox: Mailbox, before: frozenset[str], after: frozenset[str]
    ) -> set[str]:
        """Whose act it was beyond doubt: who has the mailbox alone, or refused at no
        other one."""
        if before != after:
            return set()
        if len(before) == 1:
            return set(before)
        return {
            one
            for one in before
            if all(
                refused.mailbox == mailbox
                for refused in self.refusals
                if one in refused.maybe_of
            )
        }


@frozen
class Listener:
    """Implements `providers.port.Provider` by another one, and hears what is shown."""

    provider: Provider
    heard: Heard
    watch: Watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.provider, name)

    def contacts(self, *, created_after: datetime | None = None) -> Iterator[Page]:
        pages = self.provider.contacts(created_after=created_after)
        return pages if created_after else self._listen(pages)

    def opted_out(self, *, after: datetime | None = None) -> Iterator[Page]:
        return self._listen(self.provider.opted_out(after=after))

    def _listen(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            before = Around.now(self.heard.chamber.memory)
            self.heard.shown(page.contacts, before, handled=False)
            yield page
            self.heard.shown(page.contacts, before, handled=True)

    def look(self, provider_id: ProviderContactId) -> Seen | None:
        return self._glance(self.provider.look(provider_id))

    def find(self, mailbox: Mailbox) -> Seen | None:
        return self._glance(self.provider.find(mailbox))

    def _glance(self, seen: Seen | None) -> Seen | None:
        if seen is not None:
            around = Around.now(self.heard.chamber.memory)
            self.heard.shown([seen], around, handled=False)
        return seen

    def start(self, call: BulkCall) -> Accepted:
        refused = self._refused_in(call)
        try:
            return self.provider.start(call)
        finally:
            self._judge(call, refused)

    def make(self, call: SingleCall) -> Done:
        refused = self._refused_in(call)
        try:
            done = self.provider.make(call)
        finally:
            self._judge(call, refused)
        self._glance(done.seen)
        return done

    def _refused_in(self, call: Call) -> list[Mailbox]:
        if isinstance(call, Leave | Delete) or not call.lists:
            return []
        return [one for one in mailboxes_of(call) if self.heard.must_be_left(one)]

    def _judge(self, call: Call, refused: Iterable[Mailbox]) -> None:
        arrived = any(one is call for one in self.heard.chamber.account.calls)
        for mailbox in refused if arrived else ():
            what = f"{mailbox} refused, as was heard, and was sent: {call}"
            self.watch.note(Promise.MAILABLE, "heard", what)
