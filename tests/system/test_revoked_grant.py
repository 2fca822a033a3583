"""Access is revoked while 10,000 people are being loaded: who is told, when, and what
becomes of the load once a person has signed in again (S4, S5)."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest
from attrs import define, field
from tests.notices.mailing import Post, a_free_port, a_mail_server
from tests.system.house import Files, House, a_twin, wait_until
from tests.system.test_ten_thousand import PEOPLE, chamber, rename, waiting

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

INTEGRATION = "/settings/integrations/constant_contact/"
PAGES = ("/", "/contacts/", "/lists/", "/waiting/", "/settings/limits/", INTEGRATION)
LOCKED_OUT = "Constant Contact no longer lets us in"
PASSWORD = "correct horse battery staple"
IN_THE_MIDST = 6
"""So many imports have been accepted when access is revoked."""


@define
class Office(House):
    """A house that serves pages and sends mail."""

    port: int = field(factory=a_free_port, kw_only=True)
    mail_port: int = field(kw_only=True)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "ROLLKEEPER_BASE_URL": self.base,
            "ROLLKEEPER_EMAIL_URL": (
                f"smtp://127.0.0.1:{self.mail_port}?from=office@chamber.example"
            ),
            "ROLLKEEPER_NEW_PASSWORD": PASSWORD,
        }

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def let_in(self, name: str) -> None:
        """Let an administrator sign in."""
        words = ("staff", "add", name, "--email", f"{name}@staff.example")
        subprocess.run(
            [sys.executable, "-m", "rollkeeper", *words, "--administrator"],
            env=self.environment,
            check=True,
            capture_output=True,
        )

    @contextmanager
    def pages(self) -> Iterator[None]:
        served = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "rollkeeper",
                "web",
                "--bind",
                f"127.0.0.1:{self.port}",
            ],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(self._answers)
            yield
        finally:
            served.terminate()
            served.wait()

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.base}/accounts/login/").status_code == 200
        except httpx2.TransportError:
            return False

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx2.Client]:
        with httpx2.Client(base_url=self.base, follow_redirects=True) as browser:
            page = browser.get("/accounts/login/").text
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert token
            answer = browser.post(
                "/accounts/login/",
                data={
                    "csrfmiddlewaretoken": token[1],
                    "login": name,
                    "password": PASSWORD,
                },
            )
            assert 'id="standing"' in answer.text
            yield browser

    def state(self) -> str:
        ((state,),) = self.sql("SELECT state FROM connections_connection")
        return str(state)

    def calls(self) -> list[dict[str, str]]:
        calls: list[dict[str, str]] = self.control("calls")["calls"]
        return [one for one in calls if one["path"].startswith("/v3/")]

    def imports(self) -> int:
        return sum(
            one["path"].endswith("/contacts_json_import") for one in self.calls()
        )


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def office(tmp_path: Path, post: Post) -> Iterator[Office]:
    with (
        a_mail_server(post) as mail_port,
        a_twin(tmp_path, "--job-seconds", "0.1:0.6") as twin,
    ):
        office = Office(tmp_path / "home", twin, mail_port=mail_port)
        yield office
        office.stop()


@define
class Watch:
    """Measures from when access was revoked, or given again."""

    record: Callable[[str, object], None]
    since: float = field(factory=time.monotonic)

    def begin(self) -> None:
        self.since = time.monotonic()

    def note(self, what: str) -> None:
        self.record("figure", f"{what}: {time.monotonic() - self.since:.1f} s")


def test_a_grant_that_is_revoked_in_the_midst_of_a_load(  # S4, S5
    office: Office,
    post: Post,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    files = chamber()
    files.write(tmp_path)
    office.rollkeeper("import", str(tmp_path))
    office.let_in("boss")
    office.connect()
    office.start_worker()
    with office.pages(), office.signed_in("boss") as browser:
        office.rollkeeper("sync")
        wait_until(lambda: office.imports() >= IN_THE_MIDST)
        watch = Watch(record_property)
        office.control("revoke", client_id="system-test")
        everybody_is_told(office, post, browser, watch)
        loaded = sum(len(one) for one in office.lists_over_there().values())
        wanted = sum(len(one) for one in files.expected().values())
        record_property(
            "figure", f"loaded by then: {loaded} of {wanted} places on lists"
        )
        assert 0 < loaded < wanted, "it was not in the midst of the load"
        gone = a_day_goes_by(office, files)
        it_comes_true_again(office, files, gone, watch)
        assert LOCKED_OUT not in browser.get("/").text
    nobody_twice_nobody_lost(office, files, gone, record_property)


def everybody_is_told(
    office: Office, post: Post, browser: httpx2.Client, watch: Watch
) -> None:
    wait_until(lambda: office.state() == "reconnect_needed")
    watch.note("from revoking to the state reconnect needed")
    for page in PAGES:
        shown = browser.get(page).text
        assert LOCKED_OUT in shown, page
        assert INTEGRATION in shown, page
    watch.note("to the banner, seen on every page")
    wait_until(lambda: failures(post))
    watch.note("to the e-mail, taken by a mail server")
    (mail,) = failures(post)
    body = mail.get_body(("plain",))
    assert body
    link = re.search(rf"{re.escape(office.base)}/\S+", body.get_content())
    assert link
    landed = browser.get(link[0])
    assert landed.url.path == INTEGRATION
    assert "Reconnect needed" in landed.text
    assert httpx2.get(link[0], follow_redirects=True).url.path == "/accounts/login/"
    told = office.rollkeeper("history", "--messages")
    (entry,) = [one for one in told if one["event"] == "connection_failed"]
    assert entry["state"] == "sent"
    assert "Integration Connection Failed" in browser.get("/communications/").text
    watch.note("to the entry in the communication history, read")


def failures(post: Post) -> list[EmailMessage]:
    return [
        mail for mail in post.taken if "no longer lets us in" in str(mail["Subject"])
    ]


def a_day_goes_by(office: Office, files: Files) -> set[str]:
    """People are renamed here, and some unsubscribe over there, among those loaded."""
    rename(office, files)
    loaded = sorted(set().union(*office.lists_over_there().values()))
    gone = set(loaded[:50])
    for address in gone:
        office.control("unsubscribe", address=address)
    return gone


def it_comes_true_again(
    office: Office, files: Files, gone: set[str], watch: Watch
) -> None:
    before = len(office.calls())
    office.connect()
    watch.begin()
    truth = {name: one - gone for name, one in files.expected().items()}
    wait_until(
        lambda: not waiting(office) and office.lists_over_there() == truth, seconds=600
    )
    watch.note("from signing in again until every list was true")
    watch.record("figure", f"requests for that: {len(office.calls()) - before}")


def nobody_twice_nobody_lost(
    office: Office,
    files: Files,
    gone: set[str],
    record_property: Callable[[str, object], None],
) -> None:
    there = [one["address"] for one in office.control("state")["contacts"]]
    assert len(there) == len(set(there)), "somebody is there twice"
    wanted = set().union(*files.expected().values())
    assert set(there) == wanted
    counted = office.sql("SELECT count(*) FROM connections_requestdebit")[0][0]
    made = len(office.calls())
    record_property(
        "figure",
        f"{PEOPLE} people: {made} requests seen over there, {counted} counted here;"
        f" {len(gone)} who unsubscribed meanwhile are on no list",
    )
    assert counted >= made
    assert office.control("violations")["violations"] == []
