"""A world that a script is lived in, whichever store remembers it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from attrs import define, evolve, field
from tests.engine.worlds import Killed, Meter
from tests.prove.histories.clocks import Time

from rollkeeper.core.guards import Item
from rollkeeper.core.policy import PRESETS, Policy
from rollkeeper.core.values import ContactId, ListId, Mailbox, Person
from rollkeeper.core.views import Permission
from rollkeeper.engine import reconcile
from rollkeeper.engine.reconcile import Surroundings
from rollkeeper.engine.store import Run, Store
from rollkeeper.providers.memory import MemoryAccount, MemoryProvider
from rollkeeper.providers.memory.account import Held
from rollkeeper.providers.memory.provider import CAPABILITIES
from rollkeeper.providers.port import Provider

OVER_THERE = [Mailbox(f"{name}@x.example") for name in ("ann", "bob", "home")]
"""The addresses that people are given at the provider: others' here, and a new one."""

EVERYBODY = "everybody"
"""The key of the list of all representatives."""

FEW = evolve(CAPABILITIES, page_size=4, targets_per_call=3)


class Roll(Protocol):
    """What staff can do to a directory."""

    def add_contact(
        self, *, external_id: str, person: Person, mailbox: Mailbox
    ) -> ContactId: ...
    def change_contact(self, contact_id: ContactId, **fields: Any) -> None: ...
    def person(self, contact_id: ContactId) -> Person: ...
    def readdress(self, contact_id: ContactId, mailbox: Mailbox | None) -> None: ...
    def delete_contact(self, contact_id: ContactId) -> None: ...
    def add_list(self, *, name: str) -> ListId: ...
    def change_list(self, list_id: ListId, **fields: Any) -> None: ...
    def delete_list(self, list_id: ListId) -> None: ...
    def put_on(
        self,
        contact_id: ContactId,
        list_id: ListId,
        *,
        disabled: bool = False,
        no_mass_email: bool = False,
    ) -> None: ...
    def take_off(self, contact_id: ContactId, list_id: ListId) -> None: ...
    def is_on(self, contact_id: ContactId, list_id: ListId) -> bool: ...
    def represent(self, contact_id: ContactId, member: int | None) -> None: ...
    def add_type(self, *, name: str) -> tuple[int, ListId]: ...
    def rename_type(self, of_type: int, name: str) -> None: ...
    def delete_type(self, of_type: int) -> None: ...
    def is_had(self, of_type: int) -> bool: ...
    def add_member(self, *, status: str, of_type: int | None) -> int: ...
    def change_member(self, member: int, **fields: Any) -> None: ...
    def delete_member(self, member: int) -> None: ...
    def choose(self, **sets: bool) -> None: ...


@define(kw_only=True, eq=False)
class World(ABC):
    """One store, one account; the script's keys are its ids."""

    store: Store
    connection_id: int
    roll: Roll
    time: Time
    account: MemoryAccount
    meter: Meter = field(factory=Meter)
    contacts: dict[str, ContactId] = field(factory=dict)
    people: dict[str, str] = field(factory=dict)
    """By contact, gone ones too, the id that files know it by."""
    lists: dict[str, ListId] = field(factory=dict)
    types: dict[str, int] = field(factory=dict)
    members: dict[str, int] = field(factory=dict)
    runs: list[Run] = field(factory=list)

    def live(self, what: str, said: Mapping[str, Any]) -> None:
        """Live through one step; one about somebody who is gone is none."""
        known: dict[str, Collection[str]] = {
            "contact": self.contacts,
            "list": self.lists,
            "member": self.members,
            "of_type": self.types,
        }
        missing = any(
            said.get(noun) is not None and said[noun] not in keys
            for noun, keys in known.items()
            if what != f"add_{noun}"
        )
        if not missing:
            step: Callable[..., None] = getattr(self, f"_{what}")
            step(**said)

    def _add_contact(
        self, contact: str, mailbox: str, first_name: str, again: str | None
    ) -> None:
        """Who left the directory may come *again*, under the id they had."""
        before = self.people.get(again or "")
        there = {self.people[one] for one in self.contacts}
        external_id = contact if before is None or before in there else before
        self.people[contact] = external_id
        self.contacts[contact] = self.roll.add_contact(
            external_id=external_id,
            person=Person(first_name=first_name),
            mailbox=Mailbox(mailbox),
        )

    def _change_contact(self, contact: str, **fields: Any) -> None:
        contact_id = self.contacts[contact]
        if not {"do_not_contact", "active"} & fields.keys():
            fields = {"person": evolve(self.roll.person(contact_id), **fields)}
        self.roll.change_contact(contact_id, **fields)

    def _readdress(self, contact: str, mailbox: str | None) -> None:
        self.roll.readdress(
            self.contacts[contact], None if mailbox is None else Mailbox(mailbox)
        )

    def _delete_contact(self, contact: str) -> None:
        self.roll.delete_contact(self.contacts.pop(contact))

    def _add_list(self, list: str, name: str) -> None:
        self.lists[list] = self.roll.add_list(name=name)

    def _change_list(self, list: str, **fields: Any) -> None:
        self.roll.change_list(self.lists[list], **fields)

    def _delete_list(self, list: str) -> None:
        self.roll.delete_list(self.lists.pop(list))

    def _put_on(self, contact: str, list: str, **standing: bool) -> None:
        self.roll.put_on(self.contacts[contact], self.lists[list], **standing)

    def _take_off(self, contact: str, list: str) -> None:
        if self.roll.is_on(self.contacts[contact], self.lists[list]):
            self.roll.take_off(self.contacts[contact], self.lists[list])

    def _represent(self, contact: str, member: str | None) -> None:
        self.roll.represent(self.contacts[contact], self._member(member))

    def _add_of_type(self, of_type: str, name: str) -> None:
        self.types[of_type], self.lists[of_type] = self.roll.add_type(name=name)

    def _rename_type(self, of_type: str, name: str) -> None:
        self.roll.rename_type(self.types[of_type], name)

    def _delete_type(self, of_type: str) -> None:
        if not self.roll.is_had(self.types[of_type]):
            self.roll.delete_type(self.types.pop(of_type))
            del self.lists[of_type]

    def _add_member(self, member: str, status: str, of_type: str | None) -> None:
        self.members[member] = self.roll.add_member(
            status=status, of_type=self._type(of_type)
        )

    def _change_member(self, member: str, **fields: Any) -> None:
        if "of_type" in fields:
            fields["of_type"] = self._type(fields["of_type"])
        self.roll.change_member(self.members[member], **fields)

    def _delete_member(self, member: str) -> None:
        self.roll.delete_member(self.members.pop(member))

    def _choose(self, **sets: bool) -> None:
        self.roll.choose(**sets)
        reconcile.request(self.store, connection_id=self.connection_id)

    def _member(self, key: str | None) -> int | None:
        return None if key is None else self.members[key]

    def _type(self, key: str | None) -> int | None:
        return None if key is None else self.types[key]

    def _over_there(self, what: str, mailbox: str, number: int) -> None:
        account, known = self.account, self.account.contact(Mailbox(mailbox))
        lists = sorted(account.names)[number : number + 1]
        match what:
            case "add":
                if known is None or known.permission is Permission.MAILABLE:
                    account.hand_add(Mailbox(mailbox), lists=lists)
            case "add own":
                own = account.list_named("Their own") or account.make_list("Their own")
                if known is None or known.permission is Permission.MAILABLE:
                    account.hand_add(Mailbox(mailbox), lists=[own])
            case "unsubscribe" if known:
                account.unsubscribe(known.mailbox)
            case "resubscribe" if known and known.unsubscribed:
                account.resubscribe(known.mailbox, lists=lists)
            case "leave" if known and lists:
                account.leave_list(known.mailbox, lists[0])
            case "delete" if known:
                account.hand_delete(known.mailbox)
            case _:
                if known:
                    self._edited_there(what, known, number)

    def _edited_there(self, what: str, known: Held, number: int) -> None:
        if what == "take back" and known.unsubscribed:
            self.account.hand_resubscribe(known.mailbox)
        if what == "rename":
            known.person = Person(first_name=f"Renamed {number}")
        if what == "readdress" and self.account.contact(OVER_THERE[number]) is None:
            self.account.readdress(known, OVER_THERE[number])

    def _policy(self, list: str, preset: str) -> None:
        self.set_policy(self.lists[list], PRESETS[preset])

    def _wait(self, minutes: int) -> None:
        self.time.now += timedelta(minutes=minutes)

    def _sync(self, *, everything: bool, kill_at: int | None) -> None:
        if everything:
            reconcile.request(self.store, connection_id=self.connection_id)
        self.meter.requests.clear()
        self.meter.stop_at = kill_at
        with suppress(Killed):
            self.runs.append(
                reconcile.sync(
                    connection_id=self.connection_id,
                    by="test",
                    surroundings=self.surroundings,
                )
            )
        self.meter.stop_at = None

    def _decide(self, *, approve: bool) -> None:
        """Decide about everything that waits, as it is."""
        self.decide(approve=approve)

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            store=self.store,
            open_provider=self._open,
            capabilities=lambda _: FEW,
            now=self.time.of_process,
            sleep=self.sleep,
        )

    def _open(self, connection_id: int, run_id: int) -> Provider:
        return MemoryProvider(
            held_by=self.account, gate=self.meter, screen=self, capabilities=FEW
        )

    def sleep(self, seconds: float) -> None:
        self.time.sleep(seconds)

    @abstractmethod
    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]: ...

    @abstractmethod
    def set_policy(self, list_id: ListId, policy: Policy) -> None: ...

    @abstractmethod
    def decide(self, *, approve: bool) -> None: ...

    @abstractmethod
    def remembered(self) -> Mapping[str, object]:
        """Return all that is remembered, in keys and mailboxes."""

    def over_there(self) -> Mapping[str, object]:
        names = self.account.names
        return {
            held.mailbox: (
                held.permission,
                held.deleted,
                held.person,
                sorted(names[one] for one in held.lists),
            )
            for held in self.account.held.values()
        }

    def last_run(self) -> object:
        if not self.runs:
            return None
        run = self.runs[-1]
        counted = {kind: n for kind, n in run.counts.items() if n}
        return len(self.runs), run.state, run.kind, counted, run.planned, run.done

    def key_of(self, keys: Mapping[str, int], number: int | None) -> str | None:
        return next((key for key, one in keys.items() if one == number), None)

    def item_key(self, item: Item, list_of: Mapping[Any, int]) -> tuple[object, ...]:
        about = None if item.audience is None else list_of[item.audience]
        return item.deed.value, item.mailbox, self.key_of(self.lists, about)
