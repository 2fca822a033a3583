"""What the lists must be in the end: worked out from the directory's rows and the facts
of consent alone, by BEHAVIOUR's sentences. Nothing of the engine's rules is used."""

from __future__ import annotations

from attrs import frozen
from tests.memory_store.rows import Contact, Tables

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import ListId, Mailbox, Person


@frozen
class Truth:
    tables: Tables

    def holders(self, mailbox: Mailbox) -> list[Contact]:
        """Whose name is told first: who speaks, who changed last, who came first."""
        found = [one for one in self.tables.contacts.values() if one.mailbox == mailbox]
        found.sort(key=lambda one: one.id)
        found.sort(key=lambda one: one.changed_at, reverse=True)
        found.sort(key=lambda one: one.speaks_for_member, reverse=True)
        return found

    def is_do_not_contact(self, mailbox: Mailbox) -> bool:
        return any(one.do_not_contact for one in self.holders(mailbox))

    def is_suppressed(self, mailbox: Mailbox) -> bool:
        """Did the mailbox refuse all mail, or anybody who has it?"""
        people = {one.id for one in self.holders(mailbox)}
        return any(
            fact.kind is Kind.UNSUBSCRIBED
            and (fact.mailbox == mailbox or fact.contact_id in people)
            for fact in self.tables.facts.values()
        )

    def carriers(self, mailbox: Mailbox, list_id: ListId) -> list[Contact]:
        """Who brings the mailbox to the list, the one whose name counts first."""
        if self.is_do_not_contact(mailbox) or self.is_suppressed(mailbox):
            return []
        holders = self.holders(mailbox)
        if any(self._is_muted(one, list_id) for one in holders):
            return []
        return [one for one in holders if self._is_on(one, list_id)]

    def is_wanted(self, mailbox: Mailbox, list_id: ListId) -> bool:
        return bool(self.carriers(mailbox, list_id))

    def person(self, mailbox: Mailbox, lists: list[ListId]) -> Person | None:
        """Whose name is told: the first who brings it to any of the lists."""
        carrying = {
            one.id for list_id in lists for one in self.carriers(mailbox, list_id)
        }
        for one in self.holders(mailbox):
            if one.id in carrying:
                return one.person
        return None

    def is_off(self, mailbox: Mailbox, list_id: ListId) -> bool:
        """Did somebody disable it in the list, or mute it, or stop it altogether?"""
        holders = self.holders(mailbox)
        return (
            self.is_do_not_contact(mailbox)
            or self.is_suppressed(mailbox)
            or any(self._is_muted(one, list_id) for one in holders)
        )

    def _is_muted(self, contact: Contact, list_id: ListId) -> bool:
        standing = self.tables.standings.get((contact.id, list_id))
        return standing is not None and standing.no_mass_email

    def _is_on(self, contact: Contact, list_id: ListId) -> bool:
        standing = self.tables.standings.get((contact.id, list_id))
        return (
            standing is not None
            and not standing.disabled
            and not any(
                fact.kind is Kind.LEFT_LIST
                and fact.list_id == list_id
                and (fact.mailbox == contact.mailbox or fact.contact_id == contact.id)
                for fact in self.tables.facts.values()
            )
        )
