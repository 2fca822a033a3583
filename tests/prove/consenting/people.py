"""What people do about mail, what others do to them, and when they did it in truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from attrs import define, field, frozen
from tests.memory_store.rows import Contact
from tests.prove.histories.acts import MOST_CONTACTS, Act, People
from tests.prove.histories.chamber import ASSOCIATION

from rollkeeper.consent.kinds import Kind
from rollkeeper.consent.services import Fact
from rollkeeper.core.values import ContactId, ListId, Person, ProviderContactId
from rollkeeper.providers.memory.account import Held

SKEWS = (-15, 0, 15, 180)
"""How many minutes our clock may be off, until somebody puts it right, or wrong."""


@frozen
class Word:
    """What a contact over there said, by the true time."""

    at: datetime
    refuses: bool


@define
class Consenting(People):
    words: dict[ProviderContactId, list[Word]] = field(factory=dict)
    """People's own words alone; but a refusal may be made by staff over there."""
    hear: Callable[[Contact, Kind], None] = lambda contact, kind: None
    """Told of each refusal that is noted here, or at another provider."""
    gone: list[str] = field(factory=list)
    """Ids of people who left the directory, and may come back."""

    def _acts(self) -> list[tuple[int, Act]]:
        return [
            (8, self.opt_out),
            (2, self.opt_out_by_staff),
            (6, self.come_back),
            (3, self.sign_up),
            (3, self.take_back),
            (3, self.leave_list),
            (3, self.note_refusal),
            (2, self.refuse_elsewhere),
            (6, self.readdress),
            (2, self.swap),
            (3, self.merge),
            (3, self.delete_contact),
            (5, self.come_again),
            (3, self.add_contact),
            (3, self.put_on),
            (1, self.take_off),
            (1, self.set_do_not_contact),
            (1, self.rename),
            (2, self.make_list_anew),
            (1, self.switch_list),
            (1, self.delete_list_there),
            (2, self.set_policy),
            (2, self.hand_add),
            (2, self.hand_delete),
            (2, self.decide),
            (2, self.pull),
            (1, self.set_clock),
        ]

    # Over there

    def opt_out(self) -> None:
        self._refuse(by_person=True)

    def opt_out_by_staff(self) -> None:
        self._refuse(by_person=False)

    def _refuse(self, *, by_person: bool) -> None:
        held = self._held()
        if held and not held.unsubscribed:
            self.chamber.account.unsubscribe(held.mailbox, by_person=by_person)
            self._say(held, refuses=True)

    def come_back(self) -> None:
        """By their own act, as after the mail that asks whether they would."""
        if held := self._unsubscribed():
            self.chamber.account.resubscribe(held.mailbox)
            self._say(held, refuses=False)

    def sign_up(self) -> None:
        """By a form, whether or not they had refused: maybe at a new address."""
        account, mailbox = self.chamber.account, self._mailbox()
        account.resubscribe(mailbox, lists=[self._list_there()])
        held = account.contact(mailbox)
        assert held is not None, "who signs up is there"
        self._say(held, refuses=False)

    def take_back(self) -> None:
        """Staff over there say so; nobody asked the person."""
        if held := self._unsubscribed():
            self.chamber.account.hand_resubscribe(held.mailbox)

    def _unsubscribed(self) -> Held | None:
        everybody = self.chamber.account.held.values()
        return self.rng.choice([one for one in everybody if one.unsubscribed] or [None])

    def _say(self, held: Held, *, refuses: bool) -> None:
        if not refuses:
            self.edited.add(held.mailbox)  # a form may bring a name along
        said = self.words.setdefault(held.provider_id, [])
        said.append(Word(self.chamber.time.now, refuses))

    # In the directory

    def note_refusal(self) -> None:
        """Somebody asked staff not to be mailed, at all or on one list."""
        contact, list_id = self._contact(), self._list()
        if contact and contact.mailbox:
            of_list = list_id if self.rng.random() < 0.3 else None
            self._write(contact, Kind.STAFF, of_list)

    def refuse_elsewhere(self) -> None:
        contact = self._contact()
        if contact and contact.mailbox:
            self._write(contact, Kind.UNSUBSCRIBED, None)

    def _write(self, contact: Contact, kind: Kind, list_id: ListId | None) -> None:
        assert contact.mailbox is not None, "it is what refuses"
        at = self.chamber.time.now if kind is Kind.UNSUBSCRIBED else None
        fact = Fact(
            mailbox=contact.mailbox,
            contact_id=contact.id,
            kind=kind,
            list_id=list_id,
            provider="" if kind is Kind.STAFF else "another",
            happened_at=at,
            told_at=at,
            source="test",
            actor="test",
        )
        with self._unseen():
            self.chamber.store.consent.suppress(
                association_id=ASSOCIATION, facts=[fact]
            )
        if list_id is None:
            self.hear(contact, kind)

    @contextmanager
    def _unseen(self) -> Iterator[None]:
        """It is another process that writes: nothing of this one fails by it."""
        memory = self.chamber.memory
        at, memory.at = memory.at, lambda point: None
        try:
            yield
        finally:
            memory.at = at

    def delete_contact(self) -> None:
        if contact := self._contact():
            self._delete(contact)

    def _delete(self, contact: Contact) -> None:
        self.gone.append(contact.external_id)
        self.chamber.directory.delete_contact(contact.id)

    def merge(self) -> None:
        """One of two contacts gets the lists of both, and maybe the other's address."""
        kept, gone = self._contact(), self._contact()
        if kept and gone and kept.id != gone.id:
            for list_id in self._lists_of(gone.id):
                self.chamber.directory.put_on(kept.id, list_id)
            self._delete(gone)
            if self.rng.random() < 0.5:
                self.chamber.directory.readdress(kept.id, gone.mailbox)

    def come_again(self) -> None:
        """A later file has somebody who was missing in one before."""
        if self.gone and len(self._contacts) < MOST_CONTACTS:
            person = self.gone.pop(self.rng.randrange(len(self.gone)))
            contact_id = self.chamber.directory.add_contact(
                external_id=person, person=Person(), mailbox=self._mailbox()
            )
            self._put_on_some(contact_id)

    def _put_on_some(self, contact_id: ContactId) -> None:
        for list_id in list(self.chamber.memory.tables.lists):
            if self.rng.random() < 0.7:
                self.chamber.directory.put_on(contact_id, list_id)

    def make_list_anew(self) -> None:
        """It is deleted, and another of its name is made with everybody on it."""
        if (list_id := self._list()) is not None:
            directory = self.chamber.directory
            name = self.chamber.memory.tables.lists[list_id].name
            directory.delete_list(list_id)
            again = directory.add_list(name=name)
            for contact_id in list(self._contacts):
                directory.put_on(contact_id, again)

    # Time

    def pull(self) -> None:
        """Another process does, as every five minutes; here nothing goes wrong."""
        if self.chamber.memory.connection.connected and not self.chamber.memory.locked:
            with self._unseen(), self._undisturbed():
                self.chamber.pull()

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        account = self.chamber.account
        hooks = account.on_request, account.on_answer
        account.on_request = account.on_answer = lambda operation: None
        try:
            yield
        finally:
            account.on_request, account.on_answer = hooks

    def set_clock(self) -> None:
        self.chamber.time.here = timedelta(minutes=self.rng.choice(SKEWS))
