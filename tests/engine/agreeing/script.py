"""Random histories as data, told in keys that both stores translate to their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, TypeAlias

from attrs import field, frozen

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

    def beginning(self) -> Iterator[Step]:
        for name in LISTS[:2]:
            yield self.add_list(name)
        for _ in range(4):
            yield self.add_contact()
        for contact in self.contacts:
            yield "put_on", {"contact": contact, "list": self.rng.choice(self.lists)}
        yield "sync", {"everything": True, "kill_at": None}

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
                self.decide,
                self.wait,
            ]
        )
        return act()

    def add_contact(self) -> Step:
        key = f"contact {len(self.contacts) + 1}"
        self.contacts.append(key)
        fields = {"mailbox": self._mailbox(), "first_name": self.rng.choice(NAMES)}
        return "add_contact", {"contact": key, **fields}

    def change_contact(self) -> Step:
        fields: dict[str, Any] = self.rng.choice(
            [
                {"first_name": self.rng.choice(NAMES)},
                {"company": self.rng.choice(("Acme", ""))},
                {"do_not_contact": self.rng.random() < 0.5},
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
                "resubscribe",
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
        return "policy", {"list": self._list(), "preset": preset}

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


def script(seed: int) -> list[Step]:
    chosen = Script(Random(seed))
    return [*chosen.beginning(), *chosen.further(chosen.rng.randint(6, 14))]
