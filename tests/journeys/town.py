"""One installation with all its processes, and a chamber for each journey."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
from attrs import define, field
from tests.notices.mailing import a_free_port
from tests.system.house import House, log_in_and_allow, wait_until

PASSWORD = "correct horse battery staple"

Rows: TypeAlias = list[dict[str, str]]

PEOPLE = ("Ada Harbor", "Bela Quay", "Cleo Pier", "Dora Mole", "Emil Sound")
CROWD = PEOPLE + tuple(f"Guest{number:02} Lark" for number in range(20))
NEWS, BOARD = "Weekly Update", "Board of Directors"
LISTS = {NEWS: "L1", BOARD: "L2"}


@define
class Town(House):
    """A house that serves pages, has a worker, and furnishes chambers."""

    port: int = field(factory=a_free_port, kw_only=True)
    numbers: Iterator[int] = field(factory=lambda: count(1), init=False)
    furnisher: subprocess.Popen[str] = field(init=False)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "ROLLKEEPER_BASE_URL": self.base,
            "ROLLKEEPER_NEW_PASSWORD": PASSWORD,
        }

    @contextmanager
    def open(self) -> Iterator[None]:
        """Run everything, and end all of it."""
        with (
            self._process("tests.journeys.furnishing") as self.furnisher,
            self._process("rollkeeper", "web", "--bind", f"127.0.0.1:{self.port}"),
        ):
            wait_until(self._is_up)
            self.start_worker()
            yield
            self.stop_workers()

    @contextmanager
    def _process(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        with (
            (self.home.parent / "town.log").open("a") as log,
            subprocess.Popen(
                [sys.executable, "-m", *words],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            ) as process,
        ):
            try:
                yield process
            finally:
                process.terminate()

    def _is_up(self) -> bool:
        try:
            return httpx2.get(f"{self.base}/accounts/login/").status_code == 200
        except httpx2.TransportError:
            return False

    def says(self, *words: str, status: int = 0) -> str:
        """Have a command run, and return what it answers."""
        answer = self.answers(*words)
        assert answer["status"] == status, answer
        return str(answer["said"])

    def answers(self, *words: str) -> dict[str, Any]:
        assert self.furnisher.stdin
        assert self.furnisher.stdout
        self.furnisher.stdin.write(json.dumps(words) + "\n")
        self.furnisher.stdin.flush()
        answer: dict[str, Any] = json.loads(self.furnisher.stdout.readline())
        return answer


@define
class Chamber:
    """An association, who works for it, its files and its account over there."""

    town: Town
    slug: str
    name: str
    folder: Path
    account: str = ""

    @classmethod
    def found(cls, town: Town) -> Chamber:
        """Make one with nothing in it but somebody who may sign in."""
        number = next(town.numbers)
        slug, name = f"chamber-{number}", f"Chamber {number} of Commerce"
        folder = town.home.parent / slug
        folder.mkdir()
        account = town.control("accounts", organization_name=name)["account_id"]
        town.says("association", slug, name)
        chamber = cls(town, slug, name, folder, account)
        chamber.says(
            "staff", "add", chamber.user, "--email", f"{slug}@x.example",
            "--administrator",
        )  # fmt: skip
        return chamber

    @property
    def user(self) -> str:
        return f"ada-of-{self.slug}"

    def says(self, *words: str, status: int = 0) -> str:
        return self.town.says(*words, "--association", self.slug, status=status)

    def write(self, contacts: Rows, lists: Rows, places: Rows) -> list[Path]:
        """Write the files of a roll, and return where they are."""
        written = []
        for name, rows in (
            ("contacts.csv", contacts),
            ("lists.csv", lists),
            ("list_memberships.csv", places),
        ):
            lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
            path = self.folder / name
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            written.append(path)
        return written

    def write_roll(
        self, people: tuple[str, ...] = PEOPLE, *, sync: str = "yes"
    ) -> list[Path]:
        """Everybody on the newsletter's list, the first two on the board."""
        return self.write(
            [a_contact(self, one) for one in people],
            [
                {"list_id": "L1", "name": NEWS, "kind": "group", "sync": sync},
                {"list_id": "L2", "name": BOARD, "kind": "committee", "sync": sync},
            ],
            [
                {
                    "list_id": one,
                    "contact_id": id_of(who),
                    "status": "active",
                    "no_mass_email": "no",
                }
                for one, on in (("L1", people), ("L2", people[:2]))
                for who in on
            ],
        )

    def connect(self) -> None:
        asked = json.loads(self.says("connect", "constant_contact", "--json"))
        back = log_in_and_allow(asked["authorize_url"], account=self.account)
        self.says("connect", "constant_contact", "--redirect-url", back)

    def is_true(self, people: tuple[str, ...] = PEOPLE) -> None:
        """Have the roll imported, connected and kept true by the worker."""
        self.write_roll(people)
        self.says("import", str(self.folder))
        self.connect()
        self.says("sync", "--yes")
        wait_until(lambda: self.there(NEWS) == addresses(self, *people))
        wait_until(lambda: self.there(BOARD) == addresses(self, *people[:2]))

    def disable(self, person: str, name: str) -> None:
        """Have a file say that a person no longer gets a list's mail."""
        *_, places = self.write_roll()
        place = f"{LISTS[name]},{id_of(person)}"
        said = places.read_text().replace(f"{place},active", f"{place},disabled")
        places.write_text(said)
        self.says("import", str(places))
        wait_until(lambda: address(self, person) not in self.there(name))

    def has_a_night(self) -> None:
        """Have the next night begin as soon as no other run is at work, and end."""
        for word in ("night", "morning"):
            wait_until(lambda: self.town.answers(word, self.slug)["status"] == 0)  # noqa: B023  # used at once

    def there(self, name: str) -> set[str]:
        """Who is on a list over there."""
        lists = self._state()["lists"]
        found = [set(one["members"]) for one in lists if one["name"] == name]
        return found[0] if found else set()

    def _state(self) -> Any:
        answer = httpx2.get(
            f"{self.town.twin}/__control__/state", params={"account": self.account}
        )
        return answer.raise_for_status().json()


def id_of(person: str) -> str:
    return person.split(maxsplit=1)[0].upper()


def address(chamber: Chamber, person: str) -> str:
    return f"{person.replace(' ', '.').lower()}@{chamber.slug}.example"


def addresses(chamber: Chamber, *people: str) -> set[str]:
    return {address(chamber, one) for one in people}


def a_contact(chamber: Chamber, person: str) -> dict[str, str]:
    first, last = person.split(maxsplit=1)
    return {
        "contact_id": id_of(person),
        "member_id": "",
        "first_name": first,
        "last_name": last,
        "title": "",
        "company": f"{last} & Co",
        "phone": "",
        "primary_email": address(chamber, person),
        "other_emails": "",
        "active": "yes",
        "do_not_contact": "no",
    }
