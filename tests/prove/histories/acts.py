"""What people do, here and over there. Worlds are small, so that acts meet each other:
mailboxes are shared, swapped and taken over, contacts merged, lists switched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

from attrs import define, evolve, field, fields
from tests.memory_store.rows import Contact
from tests.prove.histories.chamber import Chamber

from rollkeeper.core.policy import DEFAULT, PRESETS, Policy
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person, ProviderListId
from rollkeeper.core.views import Permission
from rollkeeper.providers.memory.account import Held

POOL: Final = tuple(
    Mailbox(f"{name}@x.example") for name in ("ann", "bob", "cy", "di", "eve", "l" * 44)
)
STRANGER: Final = Mailbox("stranger@x.example")
LISTS: Final = ("Board", "Golf", "Dues")
FIRST: Final = ("Ann", "Bob", "Cy", "")
COMPANIES: Final = ("", "", "Acme", "Bank")
OWN: Final = "Their own"
MOST_CONTACTS: Final = 7
MOST_LISTS: Final = 4

POLICY_VALUES: Final = tuple(
    (one.name, value)
    for one in fields(Policy)
    for value in type(getattr(DEFAULT, one.name))
)
"""Every value of every policy field."""

Act = Callable[[], None]


@define
class People:
    """Acts by the seed. What cannot be done is not done."""

    chamber: Chamber
    rng: Random
    done: list[str] = field(factory=list)
    """What was done, in words, oldest first."""
    edited: set[Mailbox] = field(factory=set)
    """Whose name somebody changed over there."""

    def begin(self) -> None:
        rng = self.rng
        lists = [
            self.chamber.directory.add_list(name=name)
            for name in LISTS[: rng.randint(1, 3)]
        ]
        for _ in range(rng.randint(1, 6)):
            self._add(lists)
        if rng.random() < 0.4:  # somebody was there before us
            self.hand_add()

    def act(self) -> None:
        """Do one thing."""
        weights, acts = zip(*self._acts(), strict=True)
        act = self.rng.choices(acts, weights)[0]
        self.done.append(act.__name__)
        act()

    def act_there(self) -> None:
        """Do one thing over there."""
        acts = [self.opt_out, self.leave_list, self.hand_add, self.hand_delete]
        act = self.rng.choice(acts)
        self.done.append(act.__name__)
        act()

    def act_here(self) -> None:
        """Do one thing in the directory."""
        acts = [
            self.put_on,
            self.take_off,
            self.readdress,
            self.rename,
            self.set_do_not_contact,
            self.delete_contact,
        ]
        act = self.rng.choice(acts)
        self.done.append(act.__name__)
        act()

    def _acts(self) -> list[tuple[int, Act]]:
        return [
            (4, self.add_contact),
            (3, self.rename),
            (5, self.readdress),
            (2, self.swap),
            (2, self.merge),
            (3, self.delete_contact),
            (4, self.set_do_not_contact),
            (6, self.put_on),
            (5, self.take_off),
            (2, self.speak),
            (2, self.add_list),
            (2, self.switch_list),
            (1, self.rename_list),
            (1, self.delete_list),
            (2, self.set_policy),
            (4, self.opt_out),
            (1, self.come_back),
            (3, self.leave_list),
            (3, self.hand_add),
            (2, self.hand_delete),
            (1, self.edit_there),
            (1, self.delete_list_there),
            (2, self.decide),
        ]

    # In the directory

    def add_contact(self) -> None:
        if len(self._contacts) < MOST_CONTACTS:
            self._add(list(self.chamber.memory.tables.lists))

    def _add(self, lists: list[ListId]) -> None:
        contact = self.chamber.directory.add_contact(
            person=Person(
                first_name=self.rng.choice(FIRST), company=self.rng.choice(COMPANIES)
            ),
            mailbox=self._mailbox(),
        )
        for list_id in lists:
            if self.rng.random() < 0.6:
                self.chamber.directory.put_on(contact, list_id)

    def rename(self) -> None:
        if contact := self._contact():
            person = evolve(
                contact.person,
                **self.rng.choice(
                    [
                        {"first_name": self.rng.choice(FIRST)},
                        {"company": self.rng.choice(COMPANIES)},
                    ]
                ),
            )
            self.chamber.directory.change_contact(contact.id, person=person)

    def readdress(self) -> None:
        if contact := self._contact():
            gone = self.rng.random() < 0.1
            self.chamber.directory.readdress(
                contact.id, None if gone else self._mailbox()
            )

    def swap(self) -> None:
        one, other = self._contact(), self._contact()
        if one and other and one.id != other.id:
            self.chamber.directory.readdress(one.id, other.mailbox)
            self.chamber.directory.readdress(other.id, one.mailbox)

    def merge(self) -> None:
        """One of two contacts gets the lists of both; the other one goes."""
        kept, gone = self._contact(), self._contact()
        if kept and gone and kept.id != gone.id:
            for list_id in self._lists_of(gone.id):
                self.chamber.directory.put_on(kept.id, list_id)
            self.chamber.directory.delete_contact(gone.id)

    def delete_contact(self) -> None:
        if contact := self._contact():
            self.chamber.directory.delete_contact(contact.id)

    def set_do_not_contact(self) -> None:
        if contact := self._contact():
            self.chamber.directory.change_contact(
                contact.id, do_not_contact=self.rng.random() < 0.5
            )

    def speak(self) -> None:
        if contact := self._contact():
            self.chamber.directory.change_contact(
                contact.id, speaks_for_member=not contact.speaks_for_member
            )

    def put_on(self) -> None:
        contact, list_id = self._contact(), self._list()
        if contact and list_id:
            chance = self.rng.random()
            self.chamber.directory.put_on(
                contact.id,
                list_id,
                disabled=chance < 0.12,
                no_mass_email=0.12 < chance < 0.2,
            )

    def take_off(self) -> None:
        on = list(self.chamber.memory.tables.standings)
        if on:
            self.chamber.directory.take_off(*self.rng.choice(on))

    def add_list(self) -> None:
        if len(self.chamber.memory.tables.lists) < MOST_LISTS:
            list_id = self.chamber.directory.add_list(name=self.rng.choice(LISTS))
            if contact := self._contact():
                self.chamber.directory.put_on(contact.id, list_id)

    def switch_list(self) -> None:
        if list_id := self._list():
            on = self.rng.random() < 0.7
            self.chamber.directory.change_list(list_id, sync=on)

    def rename_list(self) -> None:
        if list_id := self._list():
            self.chamber.directory.change_list(list_id, name=self.rng.choice(LISTS))

    def delete_list(self) -> None:
        if list_id := self._list():
            self.chamber.directory.delete_list(list_id)

    # Where the product is looked after

    def set_policy(self) -> None:
        audiences = list(self.chamber.memory.tables.audiences.values())
        if audiences:
            audience = self.rng.choice(audiences)
            self.chamber.audiences.set_policy(audience.id, self._policy())

    def _policy(self) -> Policy:
        """A preset, in half of all cases with one thing another way."""
        policy = PRESETS[self.rng.choice(sorted(PRESETS))]
        if self.rng.random() < 0.5:
            return policy
        name, value = self.rng.choice(POLICY_VALUES)
        return evolve(policy, **{name: value})

    def decide(self) -> None:
        """Approve or discard one hold, as it is."""
        waiting = self.chamber.deciding.waiting()
        if waiting:
            hold = self.rng.choice(waiting)
            if self.rng.random() < 0.7:
                self.chamber.deciding.approve(hold)
            else:
                self.chamber.deciding.discard(hold)

    # Over there

    def opt_out(self) -> None:
        if held := self._held():
            self.chamber.account.unsubscribe(held.mailbox)

    def come_back(self) -> None:
        if (held := self._held()) and held.unsubscribed:
            self.edited.add(held.mailbox)  # the form may bring a name along
            self.chamber.account.resubscribe(held.mailbox)

    def leave_list(self) -> None:
        held = self._held()
        if held and held.lists:
            self.chamber.account.leave_list(
                held.mailbox, self.rng.choice(sorted(held.lists))
            )

    def hand_add(self) -> None:
        """Staff over there put somebody on a list: of theirs, or one of ours."""
        account = self.chamber.account
        mailbox = STRANGER if self.rng.random() < 0.6 else self._mailbox()
        held = account.contact(mailbox)
        if held is not None and held.permission is not Permission.MAILABLE:
            return
        account.hand_add(mailbox, lists=[self._list_there()])

    def _list_there(self) -> ProviderListId:
        account = self.chamber.account
        if not account.names or self.rng.random() < 0.3:
            return account.list_named(OWN) or account.make_list(OWN)
        return self.rng.choice(sorted(account.names))

    def hand_delete(self) -> None:
        if held := self._held():
            self.chamber.account.hand_delete(held.mailbox)

    def edit_there(self) -> None:
        if held := self._held():
            self.edited.add(held.mailbox)
            held.person = Person(first_name="Edited")

    def delete_list_there(self) -> None:
        account = self.chamber.account
        if account.names:
            gone = self.rng.choice(sorted(account.names))
            del account.names[gone]
            for held in account.held.values():
                held.lists.discard(gone)

    # Time

    def wait(self) -> None:
        minutes = self.rng.choice([0, 0, 1, 6, 12, 16, 45, 300, 1500])
        self.chamber.wait(timedelta(minutes=minutes))

    # Choosing

    @property
    def _contacts(self) -> dict[ContactId, Contact]:
        return self.chamber.memory.tables.contacts

    def _contact(self) -> Contact | None:
        return self.rng.choice(list(self._contacts.values()) or [None])

    def _list(self) -> ListId | None:
        return self.rng.choice(list(self.chamber.memory.tables.lists) or [None])

    def _lists_of(self, contact_id: ContactId) -> list[ListId]:
        standings = self.chamber.memory.tables.standings
        return [list_id for one, list_id in standings if one == contact_id]

    def _held(self) -> Held | None:
        return self.rng.choice(list(self.chamber.account.held.values()) or [None])

    def _mailbox(self) -> Mailbox:
        return self.rng.choice(POOL)
