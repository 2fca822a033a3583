"""Facts of consent, which of them are in effect, and what is written down of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from attrs import frozen
from tests.memory_store.memory import Memory
from tests.memory_store.rows import KeptFact, Mark, Tables

from rollkeeper.consent.kinds import OF_THE_MAILBOX, Kind
from rollkeeper.consent.selectors import InEffect
from rollkeeper.consent.services import Fact
from rollkeeper.core.values import ContactId, ListId, Mailbox

SURELY_LATER = timedelta(minutes=1)


@frozen
class Refusals:
    """The facts that no later act of a person has lifted."""

    of_mailboxes: tuple[KeptFact, ...]
    of_people: tuple[KeptFact, ...]

    @staticmethod
    def among(facts: Iterable[KeptFact]) -> Refusals:
        known = list(facts)
        back = [one for one in known if one.kind is Kind.RESUBSCRIBED]
        refused = [one for one in known if one.kind is not Kind.RESUBSCRIBED]
        return Refusals(
            tuple(one for one in refused if not _lifted(one, back, _same_mailbox)),
            tuple(
                one
                for one in refused
                if one.contact_id is not None
                and one.kind not in OF_THE_MAILBOX
                and not _lifted(one, back, _same_person)
            ),
        )

    def mailboxes(self, list_id: ListId | None = None) -> set[Mailbox]:
        return {one.mailbox for one in self.of_mailboxes if one.list_id == list_id}

    def people(self, list_id: ListId | None = None) -> set[ContactId]:
        return {
            one.contact_id
            for one in self.of_people
            if one.list_id == list_id and one.contact_id is not None
        }


def _lifted(
    fact: KeptFact,
    back: Iterable[KeptFact],
    same: Callable[[KeptFact, KeptFact], bool],
) -> bool:
    return any(
        same(one, fact) and one.list_id == fact.list_id and came_after(one, fact)
        for one in back
    )


def _same_mailbox(one: KeptFact, other: KeptFact) -> bool:
    return one.mailbox == other.mailbox


def _same_person(one: KeptFact, other: KeptFact) -> bool:
    return one.contact_id == other.contact_id


def came_after(act: KeptFact, fact: KeptFact) -> bool:
    if act.provider == fact.provider and act.happened_at and fact.happened_at:
        return act.happened_at > fact.happened_at
    return act.happened_here_at > fact.happened_here_at + SURELY_LATER


@frozen
class Consent:
    """Implements `engine.store.Consent`."""

    memory: Memory

    def suppress(self, *, association_id: int, facts: Iterable[Fact]) -> int:
        return self._write("suppress", facts, self._is_new)

    def lift(self, *, association_id: int, facts: Iterable[Fact]) -> int:
        return self._write("lift", facts, self._lifts)

    def refusals_about(
        self,
        association_id: int,
        mailboxes: Collection[Mailbox],
        contacts: Collection[ContactId],
    ) -> list[InEffect]:
        found = Refusals.among(self.memory.tables.facts.values())
        by_mailbox = [
            _in_effect(one, mailbox=one.mailbox)
            for one in found.of_mailboxes
            if one.mailbox in mailboxes
        ]
        by_person = [
            _in_effect(one, contact_id=one.contact_id)
            for one in found.of_people
            if one.contact_id in contacts
        ]
        return by_mailbox + by_person

    def _write(
        self,
        name: str,
        facts: Iterable[Fact],
        worth_telling: Callable[[KeptFact, Collection[KeptFact]], bool],
    ) -> int:
        with self.memory.transaction(name):
            known = list(self.memory.tables.facts.values())
            told = [one for one in self._kept(facts) if worth_telling(one, known)]
            add_facts(self.memory, told)
        return len(told)

    def _kept(self, facts: Iterable[Fact]) -> list[KeptFact]:
        """As rows; of two that say the same the first."""
        now = self.memory.now()
        told: dict[object, KeptFact] = {}
        for fact in facts:
            person = _person(self.memory.tables, fact.contact_id)
            row = KeptFact(
                id=self.memory.new_id(),
                mailbox=fact.mailbox,
                contact_id=self._now(person) or fact.contact_id,
                person=person,
                kind=fact.kind,
                list_id=fact.list_id,
                provider=fact.provider,
                happened_at=fact.happened_at,
                happened_here_at=_by_our_clock(fact, now),
                run_id=fact.run_id,
            )
            told.setdefault(row.key, row)
        return list(told.values())

    def _now(self, person: str | None) -> ContactId | None:
        """Who is that person now; they may have left the directory and come back."""
        people = self.memory.tables.contacts.values()
        return next((one.id for one in people if one.external_id == person), None)

    def _is_new(self, told: KeptFact, known: Collection[KeptFact]) -> bool:
        in_effect = {one.id for one in Refusals.among(known).of_mailboxes}
        return not any(
            one.said == told.said
            and (one.contact_id == told.contact_id or self._is_taken(one, told))
            and (
                told.kind is not Kind.STAFF
                or one.happened_here_at + SURELY_LATER > told.happened_here_at
            )
            and (
                (one.provider, one.happened_at) == (told.provider, told.happened_at)
                if told.happened_at
                else one.id in in_effect
            )
            for one in known
        )

    def _is_taken(self, one: KeptFact, told: KeptFact) -> bool:
        """Is it known whose act it was? Then it is not that of who has it now."""
        return one.contact_id is not None and told.kind is not Kind.STAFF

    def _lifts(self, told: KeptFact, known: Collection[KeptFact]) -> bool:
        refusals = Refusals.among(known)
        concerned = [
            *(one for one in refusals.of_mailboxes if one.mailbox == told.mailbox),
            *(
                one
                for one in refusals.of_people
                if one.contact_id == told.contact_id is not None
            ),
        ]
        return any(
            one.list_id == told.list_id and came_after(told, one) for one in concerned
        )


def add_facts(memory: Memory, facts: Collection[KeptFact]) -> None:
    """Write them, and mark the mailboxes and the people for whoever follows."""
    tables = memory.tables
    tables.facts |= {one.id: one for one in facts}
    for _ in tables.followers:
        for mailbox in sorted({one.mailbox for one in facts}):
            _mark(memory, Mark(id=memory.new_id(), mailbox=mailbox))
        for contact in sorted({one.contact_id for one in facts if one.contact_id}):
            _mark(memory, Mark(id=memory.new_id(), contact_id=contact))


def copies_for(
    memory: Memory, contact_id: ContactId, person: str
) -> Mapping[object, KeptFact]:
    """Return the facts of who had this `external_id` before, as the contact's."""
    found: dict[object, KeptFact] = {}
    for fact in memory.tables.facts.values():
        if fact.person == person:
            copy = fact.copied(memory.new_id(), contact_id)
            found.setdefault((copy.key, copy.happened_here_at), copy)
    return found


def _mark(memory: Memory, mark: Mark) -> None:
    memory.tables.marks[mark.id] = mark


def _person(tables: Tables, contact_id: ContactId | None) -> str | None:
    if contact_id is None:
        return None
    if contact_id in tables.contacts:
        return tables.contacts[contact_id].external_id
    return tables.departed.get(contact_id)


def _by_our_clock(fact: Fact, now: datetime) -> datetime:
    if fact.happened_at is None:
        return now
    return min(now, fact.happened_at + (now - (fact.told_at or now)))


def _in_effect(
    fact: KeptFact,
    *,
    mailbox: Mailbox | None = None,
    contact_id: ContactId | None = None,
) -> InEffect:
    return InEffect(
        mailbox=mailbox,
        contact_id=contact_id,
        list_id=fact.list_id,
        made_at=fact.mailbox,
        made_by=fact.contact_id,
    )
