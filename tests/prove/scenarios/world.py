"""An association in memory, in the words that scenarios are told in.

A contact goes by a short name, and so does its mailbox: `ann` has `ann@x.example`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from attrs import define, evolve, field
from tests.prove.histories.chamber import Chamber, a_chamber

from rollkeeper.core.policy import LIVE, Policy, When
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person, ProviderListId

LONG: Final = "l" * 44
"""A name whose mailbox is too long to be imported."""


def box(name: str) -> Mailbox:
    return Mailbox(f"{name}@x.example")


def names(mailboxes: object) -> str:
    """Say mailboxes by their names, in order."""
    assert isinstance(mailboxes, set | frozenset)
    return " ".join(sorted(one.partition("@")[0] for one in mailboxes))


@define
class World:
    chamber: Chamber = field(factory=a_chamber)
    people: dict[str, ContactId] = field(factory=dict)
    lists: dict[str, ListId] = field(factory=dict)

    # In the directory

    def person(self, name: str, *lists: str, **said: Any) -> None:
        """Add a contact, with a mailbox of its own name unless another is said."""
        said = {"mailbox": box(name), "person": Person(first_name=name), **said}
        self.people[name] = self.chamber.directory.add_contact(**said)
        self.put(name, *lists)

    def a_list(self, name: str, *members: str, sync: bool = True) -> None:
        self.lists[name] = self.chamber.directory.add_list(name=name, sync=sync)
        for one in members:
            if one not in self.people:
                self.person(one)
            self.put(one, name)

    def put(self, name: str, *lists: str, **standing: bool) -> None:
        for one in lists:
            self.chamber.directory.put_on(
                self.people[name], self.lists[one], **standing
            )

    def take(self, name: str, *lists: str) -> None:
        for one in lists:
            self.chamber.directory.take_off(self.people[name], self.lists[one])

    def move(self, name: str, to: str | None) -> None:
        mailbox = None if to is None else box(to)
        self.chamber.directory.readdress(self.people[name], mailbox)

    def tell(self, name: str, **person: str) -> None:
        """Change what is told of somebody."""
        contact = self.chamber.memory.tables.contacts[self.people[name]]
        self.change(name, person=evolve(contact.person, **person))

    def change(self, name: str, **fields: Any) -> None:
        self.chamber.directory.change_contact(self.people[name], **fields)

    def stop(self, name: str, *, value: bool = True) -> None:
        """Set *do not contact*, or clear it."""
        self.change(name, do_not_contact=value)

    def delete(self, name: str) -> None:
        self.chamber.directory.delete_contact(self.people.pop(name))

    def delete_list(self, name: str) -> None:
        self.chamber.directory.delete_list(self.lists.pop(name))

    def switch(self, name: str, *, on: bool) -> None:
        self.chamber.directory.change_list(self.lists[name], sync=on)

    # How the product is set

    def follow(self, policy: Policy, *lists: str) -> None:
        """Have the audiences of these lists, or all, follow the policy, as if they
        always had, and live."""
        policy = evolve(policy, when=When.LIVE)
        rows = self.chamber.memory.tables.audiences
        only = {self.lists[one] for one in lists}
        for one in list(rows.values()):
            if not only or one.list_id in only:
                rows[one.id] = evolve(one, policy=policy)

    def set_policy(self, name: str, policy: Policy) -> None:
        """Do as staff do, who are asked about what comes of it."""
        rows = self.chamber.memory.tables.audiences.values()
        for one in [one for one in rows if one.list_id == self.lists[name]]:
            self.chamber.audiences.set_policy(one.id, evolve(policy, when=When.LIVE))

    def approve(self) -> None:
        for hold in self.chamber.deciding.waiting():
            self.chamber.deciding.approve(hold)

    def discard(self) -> None:
        for hold in self.chamber.deciding.waiting():
            self.chamber.deciding.discard(hold)

    # Over there

    def on(self, name: str) -> str:
        """Say who is on the provider's list of that name."""
        there = self.chamber.account.list_named(name)
        return names(self.chamber.account.members(there)) if there else ""

    def there(self, name: str) -> ProviderListId:
        """Return the provider's list of that name; staff over there make a missing
        one."""
        account = self.chamber.account
        return account.list_named(name) or account.make_list(name)

    def hand_add(self, name: str, *lists: str) -> None:
        there = [self.there(one) for one in lists]
        self.chamber.account.hand_add(box(name), lists=there)

    def leave_there(self, name: str, its_list: str) -> None:
        self.chamber.account.leave_list(box(name), self.there(its_list))

    def unsubscribe(self, name: str) -> None:
        self.chamber.account.unsubscribe(box(name))

    def delete_there(self, name: str) -> None:
        self.chamber.account.hand_delete(box(name))

    # Time and runs

    def wait(self, **duration: float) -> None:
        self.chamber.wait(timedelta(**duration))

    def settle(self, policy: Policy = LIVE) -> None:
        """Synchronize, undisturbed, until all is as it shall be under *policy*."""
        for _ in range(2):
            self.chamber.request()
            self.chamber.sync()
            self.follow(policy)
            self.chamber.adopt()
            self.wait(hours=25)
