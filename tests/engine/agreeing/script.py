"""Random histories as data, told in keys that both stores translate to their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, TypeAlias

from attrs import field, frozen
from tests.engine.agreeing.world import EVERYBODY

from rollkeeper.core.policy import PRESETS

Step: TypeAlias = tuple[str, Mapping[str, Any]]

MAILBOXES = [f"{name}@x.example" for name in ("ann", "bob", "cy", "di", "eve")]
LONG = "l" * 45 + "@x.example"
LISTS = ("Board", "Golf", "Dues")
NAMES = ("Ann", "Bob", "Cy", "")


@frozen
class Script:
    """Chooses steps, and remembers which keys there are to choose from."""

    rng: Random
    contacts: list[str] = field(factory=list)
    lists: list[str] = field(factory=list)
    types: list[str] = field(factory=list)
    members: list[str] = field(factory=list)

    def beginning(self) -> Iterator[Step]:
        for name in LISTS[:2]:
            yield self.add_list(name)
        for _ in range(4):
            yield self.add_contact()
        for contact in self.contacts:
            yield "put_on", {"contact": contact, "list": self.rng.choice(self.lists)}
        yield from self._members_and_types()
        yield "sync", {"everything": True, "kill_at": None}

    def _members_and_types(self) -> Iterator[Step]:
        for _ in range(2):
            yield self.add_type()
            yield self.add_member()
        for contact in self.contacts[:3]:
            yield "represent", {"contact": contact, "member": self._member()}
        yield self.choose()

    def further(self, count: int) -> Iterator[Step]:
        for _ in range(count):
            yield self.act()
            if self.rng.random() < 0.4:
                yield self.sync()
        yield "wait", {"minutes": 60}
        yield "sync", {"everything": True, "kill_at": None}

    def sync(self) -> Step:
        chance = self.rng.random
        return "sync", {
            "everything": chance() < 0.3,
            "kill_at": self.rng.randint(1, 8) if chance() < 0.2 else None,
        }

    def act(self) -> Step:
        act: Callable[[], Step] = self.rng.choice(
            [
                self.add_contact,
                self.change_contact,
                self.readdress,
                self.readdress,
                self.delete_contact,
                self.put_on,
                self.put_on,
                self.take_off,
                self.change_list,
                self.add_list,
                self.delete_list,
                self.over_there,
                self.over_there,
                self.over_there,
                self.policy,
                self.add_type,
                self.rename_type,
                self.delete_type,
                self.add_member,
                self.change_member,
                self.change_member,
                self.delete_member,
                self.represent,
                self.represent,
                self.choose,
                self.decide,
                self.wait,
            ]
        )
        return act()

    def add_contact(self) -> Step:
        key = f"contact {len(self.contacts) + 1}"
        again = self.rng.choice([None, *self.contacts])
        self.contacts.append(key)
        fields = {"mailbox": self._mailbox(), "first_name": self.rng.choice(NAMES)}
        return "add_contact", {"contact": key, "again": again, **fields}

    def change_contact(self) -> Step:
        fields: dict[str, Any] = self.rng.choice(
            [
                {"first_name": self.rng.choice(NAMES)},
                {"company": self.rng.choice(("Acme", ""))},
                {"do_not_contact": self.rng.random() < 0.5},
                {"active": self.rng.random() < 0.5},
            ]
        )
        return "change_contact", {"contact": self._contact(), **fields}

    def readdress(self) -> Step:
        mailbox = None if self.rng.random() < 0.1 else self._mailbox()
        return "readdress", {"contact": self._contact(), "mailbox": mailbox}

    def delete_contact(self) -> Step:
        return "delete_contact", {"contact": self._contact()}

    def put_on(self) -> Step:
        return "put_on", {
            "contact": self._contact(),
            "list": self._list(),
            "disabled": self.rng.random() < 0.15,
            "no_mass_email": self.rng.random() < 0.1,
        }

    def take_off(self) -> Step:
        return "take_off", {"contact": self._contact(), "list": self._list()}

    def add_list(self, name: str = "") -> Step:
        key = f"list {len(self.lists) + 1}"
        self.lists.append(key)
        return "add_list", {"list": key, "name": name or self.rng.choice(LISTS)}

    def change_list(self) -> Step:
        fields: dict[str, Any] = self.rng.choice(
            [{"sync": self.rng.random() < 0.6}, {"name": self.rng.choice(LISTS)}]
        )
        return "change_list", {"list": self._list(), **fields}

    def delete_list(self) -> Step:
        return "delete_list", {"list": self._list()}

    def over_there(self) -> Step:
        what = self.rng.choice(
            [
                "unsubscribe",
                "unsubscribe",
                "resubscribe",
                "resubscribe",
                "take back",
                "leave",
                "add",
                "delete",
                "rename",
                "readdress",
                "add own",
            ]
        )
        return "over_there", {
            "what": what,
            "mailbox": self._mailbox(),
            "number": self.rng.randrange(3),
        }

    def policy(self) -> Step:
        preset = self.rng.choice(sorted(PRESETS))
        one = self.rng.choice([self._list(), EVERYBODY, self._type()])
        return "policy", {"list": one, "preset": preset}

    def add_type(self) -> Step:
        key = f"type {len(self.types) + 1}"
        self.types.append(key)
        return "add_of_type", {"of_type": key, "name": self._name_of_type()}

    def rename_type(self) -> Step:
        return "rename_type", {"of_type": self._type(), "name": self._name_of_type()}

    def delete_type(self) -> Step:
        return "delete_type", {"of_type": self._type()}

    def add_member(self) -> Step:
        key = f"member {len(self.members) + 1}"
        self.members.append(key)
        fields = {"status": self._status(), "of_type": self._type_or_none()}
        return "add_member", {"member": key, **fields}

    def change_member(self) -> Step:
        fields: dict[str, Any] = self.rng.choice(
            [{"status": self._status()}, {"of_type": self._type_or_none()}]
        )
        return "change_member", {"member": self._member(), **fields}

    def delete_member(self) -> Step:
        return "delete_member", {"member": self._member()}

    def represent(self) -> Step:
        member = None if self.rng.random() < 0.2 else self._member()
        return "represent", {"contact": self._contact(), "member": member}

    def choose(self) -> Step:
        sets = ("representatives", "membership_types", "lists")
        chances = dict.fromkeys(sets[:2], 0.7) | {"lists": 0.9}
        return "choose", {one: self.rng.random() < chances[one] for one in sets}

    def decide(self) -> Step:
        return "decide", {"approve": self.rng.random() < 0.7}

    def wait(self) -> Step:
        return "wait", {"minutes": self.rng.choice([1, 12, 20, 60, 1500])}

    def _mailbox(self) -> str:
        return LONG if self.rng.random() < 0.05 else self.rng.choice(MAILBOXES)

    def _contact(self) -> str:
        return self.rng.choice(self.contacts)

    def _list(self) -> str:
        return self.rng.choice(self.lists)

    def _type(self) -> str:
        return self.rng.choice(self.types)

    def _type_or_none(self) -> str | None:
        return None if self.rng.random() < 0.2 else self._type()

    def _name_of_type(self) -> str:
        """Return one that no other type has: sometimes with a list's beginning."""
        return f"{self.rng.choice(LISTS)} {self.rng.randrange(1_000_000)}"

    def _member(self) -> str:
        return self.rng.choice(self.members)

    def _status(self) -> str:
        return self.rng.choice(("active", "active", "courtesy", "prospect", "dropped"))


def script(seed: int) -> list[Step]:
    chosen = Script(Random(seed))
    return [*chosen.beginning(), *chosen.further(chosen.rng.randint(6, 14))]
