"""The directory: people's acts, each with the marks that its triggers would leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import evolve, frozen
from tests.memory_store.memory import Memory
from tests.memory_store.refusals import add_facts, copies_for
from tests.memory_store.rows import (
    Contact,
    ContactList,
    Follower,
    Mark,
    Member,
    Standing,
)

from rollkeeper.core.automatic import AutomaticKind
from rollkeeper.core.values import (
    AssociationId,
    ContactId,
    ListId,
    Mailbox,
    Person,
)


@frozen
class Directory:
    """Implements `engine.store.Directory`, and what staff do besides."""

    memory: Memory

    # What the engine asks

    def follow(self, *, association_id: AssociationId, name: str) -> Follower:
        with self.memory.transaction("follow"):
            followers = self.memory.tables.followers
            if name not in followers:
                followers[name] = Follower(
                    pk=self.memory.new_id(), association_id=association_id, name=name
                )
        return followers[name]

    def follower(self, name: str) -> Follower | None:
        return self.memory.tables.followers.get(name)

    def list_names(self) -> Mapping[ListId, str]:
        return {one.id: one.name for one in self.memory.tables.lists.values()}

    def holders_by_mailbox(
        self, mailboxes: Collection[Mailbox]
    ) -> Mapping[Mailbox, list[ContactId]]:
        wanted = set(mailboxes)
        holders: dict[Mailbox, list[ContactId]] = {}
        for contact in self.memory.tables.contacts.values():
            if contact.mailbox in wanted:
                holders.setdefault(contact.mailbox, []).append(contact.id)
        return holders

    def mailboxes_of(self, contacts: Collection[ContactId]) -> frozenset[Mailbox]:
        people = self.memory.tables.contacts.values()
        return frozenset(
            one.mailbox for one in people if one.id in contacts and one.mailbox
        )

    # What staff do

    def add_contact(self, **fields: Any) -> ContactId:
        contact_id = ContactId(self.memory.new_id())
        contact = Contact(
            id=contact_id,
            changed_at=self.memory.now(),
            **{"person": Person(), "external_id": str(contact_id), **fields},
        )
        self.memory.tables.contacts[contact_id] = contact
        copies = copies_for(self.memory, contact_id, contact.external_id)
        add_facts(self.memory, copies.values())
        self._mark_mailboxes(contact.mailbox)
        return contact_id

    def change_contact(self, contact_id: ContactId, **fields: Any) -> None:
        """Change what providers may be told, but for the address."""
        before = self.memory.tables.contacts[contact_id]
        after = evolve(before, **fields)
        if after != before:
            self.memory.tables.contacts[contact_id] = evolve(
                after, changed_at=self.memory.now()
            )
            self._mark(contact_id=contact_id)

    def readdress(self, contact_id: ContactId, mailbox: Mailbox | None) -> None:
        contacts = self.memory.tables.contacts
        before = contacts[contact_id].mailbox
        contacts[contact_id] = evolve(contacts[contact_id], mailbox=mailbox)
        if before != mailbox:
            self._mark_mailboxes(before, mailbox)

    def represent(self, contact_id: ContactId, member: int | None) -> None:
        """Let the contact belong to that member, or to none."""
        contacts = self.memory.tables.contacts
        if contacts[contact_id].member != member:
            contacts[contact_id] = evolve(contacts[contact_id], member=member)
            self._mark(contact_id=contact_id)

    def delete_contact(self, contact_id: ContactId) -> None:
        tables = self.memory.tables
        for key in [key for key in tables.standings if key[0] == contact_id]:
            self.take_off(*key)
        gone = tables.contacts.pop(contact_id)
        tables.departed[contact_id] = gone.external_id
        self._mark_mailboxes(gone.mailbox)

    def add_list(self, *, name: str, sync: bool = True) -> ListId:
        list_id = ListId(self.memory.new_id())
        made = ContactList(id=list_id, name=name, sync=sync)
        self.memory.tables.lists[list_id] = made
        self._mark(list_id=list_id)
        return list_id

    def add_everybody(self, *, name: str) -> ListId:
        """Make the list of all representatives, as every association has one."""
        return self._add_automatic(name, AutomaticKind.REPRESENTATIVES, None)

    def add_type(self, *, name: str) -> tuple[int, ListId]:
        """Make a membership type and its list."""
        of_type = self.memory.new_id()
        kind = AutomaticKind.MEMBERSHIP_TYPE
        return of_type, self._add_automatic(name, kind, of_type)

    def _add_automatic(
        self, name: str, kind: AutomaticKind, of_type: int | None
    ) -> ListId:
        list_id = self.add_list(name=name)
        lists = self.memory.tables.lists
        lists[list_id] = evolve(lists[list_id], kind=kind, of_type=of_type)
        return list_id

    def rename_type(self, of_type: int, name: str) -> None:
        self.change_list(self._list_of(of_type), name=name)

    def delete_type(self, of_type: int) -> None:
        """Delete a type that no member has, and its list."""
        self.delete_list(self._list_of(of_type))

    def is_had(self, of_type: int) -> bool:
        """Has any member the type?"""
        members = self.memory.tables.members.values()
        return any(one.of_type == of_type for one in members)

    def _list_of(self, of_type: int) -> ListId:
        lists = self.memory.tables.lists.values()
        return next(one.id for one in lists if one.of_type == of_type)

    def add_member(self, *, status: str, of_type: int | None) -> int:
        member = self.memory.new_id()
        self.memory.tables.members[member] = Member(status=status, of_type=of_type)
        return member

    def change_member(self, member: int, **fields: Any) -> None:
        members = self.memory.tables.members
        before = members[member]
        members[member] = evolve(before, **fields)
        if members[member] != before:
            self._mark(member=member)

    def delete_member(self, member: int) -> None:
        for contact in list(self.memory.tables.contacts.values()):
            if contact.member == member:
                self.represent(contact.id, None)
        del self.memory.tables.members[member]

    def choose(self, **sets: bool) -> None:
        """Change which sets of lists are kept."""
        tables = self.memory.tables
        tables.chosen = evolve(tables.chosen, **sets)

    def change_list(self, list_id: ListId, **fields: Any) -> None:
        lists = self.memory.tables.lists
        before = lists[list_id]
        lists[list_id] = evolve(before, **fields)
        if lists[list_id] != before:
            self._mark(list_id=list_id)

    def delete_list(self, list_id: ListId) -> None:
        tables = self.memory.tables
        for key in [key for key in tables.standings if key[1] == list_id]:
            self.take_off(*key)
        del tables.lists[list_id]
        self._mark(list_id=list_id)

    def put_on(
        self,
        contact_id: ContactId,
        list_id: ListId,
        *,
        disabled: bool = False,
        no_mass_email: bool = False,
    ) -> None:
        """Put the contact on the list, or change how it stands there."""
        standings = self.memory.tables.standings
        standing = Standing(disabled=disabled, no_mass_email=no_mass_email)
        if standings.get((contact_id, list_id)) != standing:
            standings[contact_id, list_id] = standing
            self._mark(contact_id=contact_id)

    def take_off(self, contact_id: ContactId, list_id: ListId) -> None:
        del self.memory.tables.standings[contact_id, list_id]
        self._mark(contact_id=contact_id)

    def _mark_mailboxes(self, *mailboxes: Mailbox | None) -> None:
        for mailbox in dict.fromkeys(mailboxes):
            if mailbox is not None:
                self._mark(mailbox=mailbox)

    def _mark(self, **what: Any) -> None:
        for _ in self.memory.tables.followers:
            mark = Mark(id=self.memory.new_id(), **what)
            self.memory.tables.marks[mark.id] = mark
