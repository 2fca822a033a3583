"""Somebody unsubscribes over there: when it is known here, where it shows, and that
nothing that happens afterwards puts them back. Real processes, a printed timeline.

The clock asks for opt-outs every five minutes (`jobs/test_asking`); here a person does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from attrs import Factory, define
from tests.notices.mailing import Post, a_free_port, a_mail_server
from tests.system.house import Files, House, wait_until
from tests.system.watching import Watch, watched

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ANN, NEW, THIRD = "ann@oak.example", "ann.new@oak.example", "ann@third.example"
ADDRESSES = (ANN, NEW, THIRD)
LISTS = ("News", "Golf", "Board")
UNUSED = ("member_id", "title", "company", "phone", "other_emails")
PASSWORD = "correct horse battery staple"
BRINGS = ("POST /v3/activities/contacts_json_import", "POST /v3/contacts")


@define(kw_only=True)
class Town(House):
    """A house with pages and a mail server, for which somebody works."""

    port: int
    mail: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            **House.environment.fget(self),  # type: ignore[attr-defined]  # a property
            "ROLLKEEPER_BASE_URL": f"http://127.0.0.1:{self.port}",
            "ROLLKEEPER_EMAIL_URL": f"smtp://127.0.0.1:{self.mail}?from=us@oak.example",
        }

    def add_staff(self, name: str) -> None:
        subprocess.run(
            [
                *(sys.executable, "-m", "rollkeeper", "staff", "add", name),
                *("--administrator", "--email", f"{name}@oak.example"),
            ],
            env={**self.environment, "ROLLKEEPER_NEW_PASSWORD": PASSWORD},
            check=True,
            capture_output=True,
        )

    @contextmanager
    def pages(self) -> Iterator[httpx2.Client]:
        """Serve the pages, and give somebody who signed in."""
        web = subprocess.Popen(
            [sys.executable, "-m", "rollkeeper", "web"], env=self.environment
        )
        base = f"http://127.0.0.1:{self.port}"
        try:
            with httpx2.Client(base_url=base, follow_redirects=True) as visitor:
                wait_until(lambda: answers(visitor))
                visitor.get("/accounts/login/")
                said = visitor.post(
                    "/accounts/login/",
                    data={
                        "login": "pat",
                        "password": PASSWORD,
                        "csrfmiddlewaretoken": visitor.cookies["csrftoken"],
                    },
                )
                assert "Sign out" in said.text
                yield visitor
        finally:
            web.terminate()
            web.wait()


def answers(visitor: httpx2.Client) -> bool:
    try:
        return visitor.get("/accounts/login/").status_code == 200
    except httpx2.TransportError:
        return False


@define
class Timeline:
    """What happened, and how long after it began."""

    record: Callable[[str, object], None]
    began: float = Factory(time.monotonic)

    def note(self, what: str) -> None:
        self.record("figure", f"{time.monotonic() - self.began:6.1f} s  {what}")


def chamber(address: str = ANN, first_name: str = "Ann") -> Files:
    """Ann and three others on three lists."""
    people = {"a": (first_name, address)} | {
        one: (one.title(), f"{one}@oak.example") for one in ("bob", "cat", "dan")
    }
    return Files(
        contacts=[
            {
                "contact_id": key,
                "first_name": name,
                "last_name": "Oak",
                "primary_email": mailbox,
                "active": "yes",
                "do_not_contact": "no",
                **dict.fromkeys(UNUSED, ""),
            }
            for key, (name, mailbox) in people.items()
        ],
        lists=[
            {"list_id": one.lower(), "name": one, "kind": "list", "sync": "yes"}
            for one in LISTS
        ],
        memberships=[
            {
                "list_id": one.lower(),
                "contact_id": key,
                "status": "active",
                "no_mass_email": "no",
            }
            for one in LISTS
            for key in people
        ],
    )


def import_(town: Town, files: Files, folder: Path) -> None:
    files.write(folder)
    town.rollkeeper("import", *(str(one) for one in sorted(folder.glob("*.csv"))))


def settle(town: Town) -> None:
    """Wait until the worker has nothing left to do."""
    wait_until(
        lambda: (
            town.sql(
                "SELECT NOT EXISTS (SELECT FROM directory_mark) AND NOT EXISTS ("
                " SELECT FROM ledger_operation WHERE state IN"
                " ('planned', 'sending', 'accepted', 'unknown')) AND NOT EXISTS ("
                " SELECT FROM ledger_run WHERE state = 'running')"
            )
            == [(True,)]
        ),
        seconds=300,
    )


def on_lists(house: House) -> int:
    """On how many lists over there is she, by whatever address?"""
    lists = house.lists_over_there().values()
    return sum(not members.isdisjoint(ADDRESSES) for members in lists)


@pytest.fixture
def town(house: House, tmp_path: Path) -> Iterator[tuple[Town, Watch, Post]]:
    """Four people on three lists that are true over there; pat wants to be told."""
    post, watch = Post(), Watch(look=lambda: on_lists(house))
    with watched(house.twin, watch) as twin, a_mail_server(post) as mail:
        town = Town(home=house.home, twin=twin, port=a_free_port(), mail=mail)
        opens = datetime.now(UTC) + timedelta(minutes=3)
        closes = opens + timedelta(minutes=4)
        town.rollkeeper("settings", "time_zone", "UTC")
        town.rollkeeper("settings", "window", f"{opens:%H:%M}-{closes:%H:%M}")
        import_(town, chamber(), tmp_path)
        town.connect()
        town.rollkeeper("sync", "--wait")
        town.add_staff("pat")
        town.rollkeeper("notices", "--subscribe", "unsubscribed", "--user", "pat")
        town.start_worker()
        yield town, watch, post
        town.stop()


def test_who_unsubscribed_is_known_shown_told_of_and_never_put_back(
    town: tuple[Town, Watch, Post],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    house, watch, post = town
    assert on_lists(house) == len(LISTS)
    settle(house)
    house.control("unsubscribe", address=ANN, reason="Too many mails.")
    timeline = Timeline(record_property)
    watch.sizes.clear()
    watch.sent.clear()

    house.rollkeeper("pull")
    assert house.sql("SELECT kind FROM consent_suppression") == [("unsubscribed",)]
    timeline.note("the suppression is written, after a pull that somebody asked for")
    with house.pages() as visitor:
        assert_shown(house, visitor)
        timeline.note(f"No Mass Emails is shown on all her {len(LISTS)} lists")
    wait_until(lambda: post.taken)
    assert_told(post)
    timeline.note("who wanted to be told has the mail")

    for what, happens in AFTERWARDS.items():
        started = time.monotonic()
        happens(house, tmp_path)
        settle(house)
        assert on_lists(house) == 0, what
        timeline.note(f"{what}: not put back ({time.monotonic() - started:.1f} s)")

    assert_never_added(house, watch)
    come_back(house, tmp_path)
    timeline.note("asked once, she confirmed, and is back on all her lists")
    assert house.control("violations")["violations"] == []


def assert_shown(house: Town, visitor: httpx2.Client) -> None:
    rows = house.sql(
        "SELECT id FROM directory_contactlist WHERE name = ANY(%s)", [*LISTS]
    )
    assert len(rows) == len(LISTS)
    for (list_id,) in rows:
        page = visitor.get(f"/lists/{list_id}/?no_mass_emails=1").text
        assert "No Mass Emails</span>" in page
        assert "Ann Oak" in page
        assert "Bob Oak" not in page
    ((contact,),) = house.sql(
        "SELECT id FROM directory_contact WHERE external_id = 'a'"
    )
    page = visitor.get(f"/contacts/{contact}/").text
    assert "by their own act. Lists: all." in page


def assert_told(post: Post) -> None:
    (mail,) = post.taken
    assert mail["To"] == "pat@oak.example"
    assert ANN not in mail["Subject"]
    assert "unsubscribed" in mail.as_string()


def assert_never_added(house: Town, watch: Watch) -> None:
    """Not by any of her addresses, not by her id, not for a moment."""
    assert max(watch.sizes) == 0
    contacts = house.control("state")["contacts"]
    (hers,) = (one for one in contacts if one["address"] in ADDRESSES)
    assert (hers["address"], hers["lists"]) == (ANN, [])
    bringing = [body for what, body in watch.sent if what.split("?")[0] in BRINGS]
    assert bringing  # the others' names were sent meanwhile
    assert not any(one.encode() in body for one in ADDRESSES for body in bringing)
    joins = [body for what, body in watch.sent if what.endswith("add_list_memberships")]
    assert not any(hers["contact_id"].encode() in body for body in joins)


# What happens afterwards


def live_change(house: Town, folder: Path) -> None:
    """Everybody gets another first name, she too."""
    house.sql("UPDATE directory_contact SET first_name = 'Now ' || first_name")


def sync_now(house: Town, folder: Path) -> None:
    for name in LISTS:
        house.rollkeeper("sync", "--audience", name, "--wait")


def import_again(house: Town, folder: Path) -> None:
    import_(house, chamber(), folder)


def nightly_run(house: Town, folder: Path) -> None:
    wait_until(
        lambda: house.sql(
            "SELECT id FROM ledger_run WHERE by = 'rule:night' AND kind = 'everything'"
            " AND state = 'done'"
        ),
        seconds=600,
    )


def new_address(house: Town, folder: Path) -> None:
    import_(house, chamber(NEW), folder)


def list_made_again(house: Town, folder: Path) -> None:
    """The list goes, over there too, and one of the same name comes."""
    house.sql(
        "WITH list AS (SELECT id FROM directory_contactlist WHERE name = 'News'),"
        " gone AS (DELETE FROM directory_listmembership"
        "           WHERE list_id IN (SELECT id FROM list) RETURNING 1)"
        " SELECT count(*) FROM gone"
    )
    house.sql("DELETE FROM directory_contactlist WHERE name = 'News'")
    settle(house)
    house.rollkeeper("sync", "--wait", status=3)
    house.approve_everything()
    house.rollkeeper("sync", "--wait")
    assert "News" not in house.lists_over_there()
    import_(house, chamber(NEW), folder)
    settle(house)
    assert house.lists_over_there()["News"] == {
        f"{one}@oak.example" for one in ("bob", "cat", "dan")
    }


def deleted_and_imported(house: Town, folder: Path) -> None:
    """She is deleted, and comes with a third address under the id she had."""
    for table in ("listmembership", "emailaddress"):
        house.sql(
            f"DELETE FROM directory_{table} WHERE contact_id IN"
            " (SELECT id FROM directory_contact WHERE external_id = 'a')"
        )
    house.sql("DELETE FROM directory_contact WHERE external_id = 'a'")
    settle(house)
    import_(house, chamber(THIRD), folder)


AFTERWARDS: dict[str, Callable[[Town, Path], None]] = {
    "a live change": live_change,
    "Sync Now of each list": sync_now,
    "the same files imported again": import_again,
    "a nightly run, waited for": nightly_run,
    "another address": new_address,
    "a list deleted, and made again": list_made_again,
    "deleted, and imported again with a third address": deleted_and_imported,
}


def come_back(house: Town, folder: Path) -> None:
    """With her old address again she is asked, once, and says yes."""
    import_(house, chamber(), folder)
    settle(house)
    assert house.rollkeeper("resubscribe", ANN, "--yes")["state"] == "sent"
    house.rollkeeper("sync", "--wait")
    assert on_lists(house) == 0
    house.rollkeeper("resubscribe", ANN, "--yes", status=3)

    house.control("resubscribe", address=ANN)
    house.rollkeeper("sync", "--wait")

    assert on_lists(house) == len(LISTS)
    found = json.dumps(house.rollkeeper("explain", ANN))
    assert found.count('"there": true') == len(LISTS)
