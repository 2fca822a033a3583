"""What the lists must be in the end: worked out from the directory's rows and the facts
of consent alone, by BEHAVIOUR's sentences. Nothing of the engine's rules is used."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen
from tests.memory_store.rows import Contact, KeptFact, Tables

from rollkeeper.consent.kinds import Kind
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person


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
        return self._has_refused(mailbox, None) or any(
            self.person_refused(one.id) for one in self.holders(mailbox)
        )

    def person_refused(self, who: ContactId | None) -> bool:
        """Did they refuse all mail, at whatever address, and not come back since?"""
        return who is not None and self._stands(
            [
                fact
                for fact in self.tables.facts.values()
                if fact.contact_id == who and fact.kind is not Kind.BOUNCED
            ],
            None,
        )

    def _has_refused(self, mailbox: Mailbox, list_id: ListId | None) -> bool:
        own = [one for one in self.tables.facts.values() if one.mailbox == mailbox]
        return self._stands(own, list_id)

    def _stands(self, facts: list[KeptFact], list_id: ListId | None) -> bool:
        """Was the last word of these a refusal? In doubt it was."""
        about = [one for one in facts if one.list_id == list_id]
        back = [one for one in about if one.kind is Kind.RESUBSCRIBED]
        return any(
            not any(_later(one, refused) for one in back)
            for refused in about
            if refused.kind is not Kind.RESUBSCRIBED
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
            and not self._left(contact, list_id)
        )

    def _left(self, contact: Contact, list_id: ListId) -> bool:
        facts = self.tables.facts.values()
        own = [one for one in facts if one.contact_id == contact.id]
        at_their_mailbox = contact.mailbox and self._has_refused(
            contact.mailbox, list_id
        )
        return bool(at_their_mailbox) or self._stands(own, list_id)


def _later(act: KeptFact, refused: KeptFact) -> bool:
    """Surely: by the provider's own clock, or by a minute of ours at least."""
    if act.provider == refused.provider and refused.happened_at:
        assert act.happened_at is not None, "nobody comes back without a time"
        return act.happened_at > refused.happened_at
    return act.happened_here_at - refused.happened_here_at > timedelta(minutes=1)
