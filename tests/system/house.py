"""The product as its users run it: its own processes, its own database, the twin."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import psycopg
from attrs import define, field
from psycopg.conninfo import make_conninfo

from rollkeeper.config import embedded


@define
class House:
    """One `ROLLKEEPER_HOME` and one twin."""

    home: Path
    twin: str
    workers: list[subprocess.Popen[bytes]] = field(factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")},
            "ROLLKEEPER_HOME": str(self.home),
            "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID": "system-test",
            "ROLLKEEPER_CONSTANT_CONTACT_API_URL": f"{self.twin}/v3",
            "ROLLKEEPER_CONSTANT_CONTACT_AUTH_URL": f"{self.twin}/oauth2/default/v1",
        }

    def rollkeeper(self, *words: str, status: int = 0) -> Any:
        """Run a command with --json and return its document."""
        done = subprocess.run(
            [sys.executable, "-m", "rollkeeper", *words, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout) if done.stdout else None

    def connect(self) -> None:
        """Connect as a person does: log in and allow over there, then come back."""
        address = self.rollkeeper("connect", "constant_contact")["authorize_url"]
        self.rollkeeper(
            "connect", "constant_contact", "--redirect-url", log_in_and_allow(address)
        )

    def approve_everything(self) -> int:
        """Approve each hold as a person does who has looked at it; return how many."""
        waiting = self.rollkeeper("holds", status=3)
        for one in waiting:
            count = ("--count", str(one["people"])) if one["number_needed"] else ()
            self.rollkeeper("approve", one["hold"], "--yes", *count)
        return len(waiting)

    def start_worker(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [sys.executable, "-m", "rollkeeper", "worker"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.workers.remove(worker)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Speak to the database as somebody with a SQL prompt does."""
        where = make_conninfo("", **embedded.address(self.home))
        with psycopg.connect(where) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def control(self, call: str, **body: Any) -> Any:
        """Make a control call of the twin; with a body it is a POST."""
        method = "POST" if body else "GET"
        answer = httpx2.request(
            method, f"{self.twin}/__control__/{call}", json=body or None, timeout=60
        )
        answer.raise_for_status()
        return answer.json()

    def lists_over_there(self) -> dict[str, set[str]]:
        """Who is on each list of the twin's account."""
        lists = self.control("state")["lists"]
        return {one["name"]: set(one["members"]) for one in lists}

    def stop_workers(self) -> None:
        while self.workers:
            worker = self.workers.pop()
            worker.terminate()
            worker.wait()

    def stop(self) -> None:
        self.stop_workers()
        embedded.stop(self.home)


@contextmanager
def a_twin(folder: Path, *options: str) -> Iterator[str]:
    """Run the twin as a process of its own and give its address."""
    with (folder / "twin.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailtwin", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=log,
        )
        assert process.stdout
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


class _Form(HTMLParser):
    """The first form of a page: where it goes, its fields, its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self._choosing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = said.get("action", "")
        elif tag == "input" and "name" in said:
            self.fields[said["name"]] = said.get("value", "")
        elif tag == "select":
            self._choosing = said["name"]
        elif tag == "option" and self._choosing not in self.fields:
            self.fields[self._choosing] = said["value"]
        elif tag == "button":
            self.buttons.append((said.get("name", ""), said.get("value", "")))


def log_in_and_allow(address: str, *, account: str = "") -> str:
    """Press the first button of each page, and return where the browser ends up.

    Without *account*, by its id, the first is taken.
    """
    with httpx2.Client(follow_redirects=False, timeout=30) as browser:
        answer = browser.get(address)
        for _ in range(5):
            while answer.is_redirect:
                there = urljoin(str(answer.url), answer.headers["location"])
                if "/connections/constant_contact/callback" in there:
                    return there
                answer = browser.get(there)
            form = _Form()
            form.feed(answer.text)
            if account:
                form.fields["account"] = account
            name, value = form.buttons[0]
            target = urljoin(str(answer.url), form.action or str(answer.url))
            answer = browser.post(target, data={**form.fields, name: value})
    raise AssertionError("the twin did not send the browser back")


ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+"
)


@define
class Files:
    """A chamber's four files, and who belongs on which list by their plain words."""

    contacts: list[dict[str, str]]
    lists: list[dict[str, str]]
    memberships: list[dict[str, str]]

    @classmethod
    def read(cls, folder: Path) -> Files:
        def rows(name: str) -> list[dict[str, str]]:
            with (folder / name).open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        return cls(
            rows("contacts.csv"), rows("lists.csv"), rows("list_memberships.csv")
        )

    def write(self, folder: Path) -> None:
        for name, rows in (
            ("contacts.csv", self.contacts),
            ("lists.csv", self.lists),
            ("list_memberships.csv", self.memberships),
        ):
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)

    def expected(self) -> dict[str, set[str]]:
        """Who belongs on each flagged list."""
        mailbox = {
            row["contact_id"]: row["primary_email"].strip().lower()
            for row in self.contacts
            if ADDRESS.fullmatch(row["primary_email"].strip().lower())
        }
        stopped = {
            mailbox.get(row["contact_id"])
            for row in self.contacts
            if row["do_not_contact"] == "yes"
        }
        on = {row["list_id"]: set[str]() for row in self.lists if row["sync"] == "yes"}
        muted = {list_id: set[str]() for list_id in on}
        for row in self.memberships:
            who = mailbox.get(row["contact_id"])
            if row["list_id"] in on and who and len(who) <= 80:
                if row["no_mass_email"] == "yes":
                    muted[row["list_id"]].add(who)
                elif row["status"] == "active":
                    on[row["list_id"]].add(who)
        names = {row["list_id"]: row["name"] for row in self.lists}
        return {names[one]: on[one] - muted[one] - stopped for one in on}


def wait_until(condition: Any, *, seconds: float = 120) -> None:
    """Look again and again until it holds; the limit only ends a hopeless wait."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.25)
