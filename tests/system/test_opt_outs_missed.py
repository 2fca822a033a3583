"""1,000 opt-outs, while pages go wrong and the worker's clock is wrong, too (I22).

The twin is asked over HTTP. Between it and us every third page is spoiled in one of
five ways, drawn by seed; and the worker's clock is off by fifteen minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import httpx2
import pytest
from attrs import define, evolve, field
from django.conf import settings as configured
from django_scopes import scope
from pytest_django import Settings as DjangoSettings
from tests.builders import an_association
from tests.connections.test_with_a_twin import begin, finish
from tests.connections.twin import Twin

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.config.environment import ProviderAccess
from rollkeeper.connections.models import Application, Connection
from rollkeeper.connections.quota import DatabaseGate
from rollkeeper.connections.tokens import StoredTokens
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.directory.models import Association, Contact, EmailAddress
from rollkeeper.engine import reconcile
from rollkeeper.engine.lending import (
    ConsentScreen,
    CountingGate,
    KeptTokens,
    TokenEndpoint,
)
from rollkeeper.jobs.tasks import surroundings
from rollkeeper.ledger.models import RunState
from rollkeeper.providers import registry
from rollkeeper.providers.http import Pace
from rollkeeper.providers.port import Provider

PEOPLE, AT_ONCE, PULLS = 1_000, 600, 40
PULL_EVERY = timedelta(minutes=5)
MOST_OFF_SECONDS = 15 * 60


@pytest.fixture
def twin(settings: DjangoSettings) -> Iterator[Twin]:
    with running(Settings(limits=False)) as server:
        settings.PROVIDERS = {
            "constant_contact": ProviderAccess(
                client_id="our-key",
                client_secret=None,
                api_url=f"{server.url}/v3",
                auth_url=f"{server.url}/oauth2/default/v1",
            )
        }
        yield Twin(url=server.url)


FAULTS = ("repeated", "cut", "500", "html", "lost")


@define
class BadLine(httpx2.BaseTransport):
    """Passes requests on, and spoils the answer to every third page of contacts."""

    random: Random
    good: bool = False
    done: Counter[str] = field(factory=Counter)
    pages: int = 0
    _over: httpx2.BaseTransport = field(factory=httpx2.HTTPTransport, init=False)
    _last: bytes = field(default=b"", init=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._over.handle_request(request)
        content = answer.read()
        if not request.url.path.endswith("/contacts"):
            return _answer(content, answer)
        self.pages += 1
        fault = self.random.choice(FAULTS) if self.random.random() < 1 / 3 else ""
        if self.good or not fault or (fault == "repeated" and not self._last):
            self._last = content
            return _answer(content, answer)
        self.done[fault] += 1
        return self._spoiled(fault, content, answer)

    def _spoiled(
        self, fault: str, content: bytes, answer: httpx2.Response
    ) -> httpx2.Response:
        match fault:
            case "repeated":  # the page before: of this pull, or the end of the last
                return _answer(self._last, answer)
            case "cut":
                return _answer(content[: len(content) // 2], answer)
            case "500":
                return _answer(b"[]", answer, status=500)
            case "html":
                return _answer(b"<h1>Back soon</h1>", answer, status=502)
            case _:
                raise httpx2.ReadError("the answer was lost on its way")

    def close(self) -> None:
        """Stay open: one line serves all pulls."""

    def hang_up(self) -> None:
        self._over.close()


def _answer(
    content: bytes, like: httpx2.Response, *, status: int | None = None
) -> httpx2.Response:
    told = {name: like.headers[name] for name in ("Date", "Content-Type")}
    return httpx2.Response(status or like.status_code, content=content, headers=told)


@define
class Worker:
    """Pulls over a bad line, by a clock that is off each time another way."""

    connection: Connection
    line: BadLine
    off: Callable[[], float]
    """Seconds by which its clock is wrong now."""
    passed: timedelta = timedelta(0)
    ended: Counter[str] = field(factory=Counter)

    def pull(self) -> None:
        off = self.passed + timedelta(seconds=self.off())
        inside = evolve(
            surroundings(),
            open_provider=self._open,
            now=lambda: datetime.now(UTC) + off,
        )
        run = reconcile.pull(
            connection_id=self.connection.pk, by="test", surroundings=inside
        )
        self.ended[run.state] += 1

    def _open(self, connection_id: int, run_id: int) -> Provider:
        access = access_settings()
        client = registry.oauth(self.connection.provider, access)
        stored = StoredTokens(
            connection_id=connection_id, refresher=TokenEndpoint(client=client)
        )
        gate = DatabaseGate(
            application_id=self.connection.application_id,
            connection_id=connection_id,
            run_id=run_id,
        )
        return registry.open(
            self.connection.provider,
            settings=access,
            tokens=KeptTokens(stored=stored),
            gate=CountingGate(gate=gate),
            screen=ConsentScreen(association_id=self.connection.association_id),
            pace=Pace(sleep=lambda _: None),
            transport=self.line,
        )


def access_settings() -> registry.ProviderSettings:
    given = configured.PROVIDERS[registry.CONSTANT_CONTACT]
    return registry.ProviderSettings(
        client_id=given.client_id,
        client_secret=given.client_secret,
        api_url=given.api_url,
        auth_url=given.auth_url,
    )


@pytest.fixture
def desk(twin: Twin) -> Iterator[Desk]:
    with httpx2.Client(base_url=f"{twin.url}/__control__/") as client:
        yield Desk(client)


@define
class Desk:
    """Where the twin is told what happens over there."""

    client: httpx2.Client

    def tell(self, call: str, **told: object) -> None:
        self.client.post(call, json=told).raise_for_status()


@pytest.fixture
def people(desk: Desk) -> list[str]:
    """The mailboxes of a thousand people who are known over there."""
    mailboxes = [f"person{number}@members.example" for number in range(PEOPLE)]
    for mailbox in mailboxes:
        desk.tell("hand_add", address=mailbox)
    return mailboxes


@pytest.fixture
def line() -> Iterator[BadLine]:
    line = BadLine(Random("bad line"))
    yield line
    line.hang_up()


def known_here(association: Association, mailboxes: list[str]) -> None:
    with scope(association=association):
        contacts = Contact.objects.bulk_create(
            Contact(association=association, external_id=one) for one in mailboxes
        )
        EmailAddress.objects.bulk_create(
            EmailAddress(
                association=association,
                contact=contact,
                typed=contact.external_id,
                mailbox=contact.external_id,
                primary=True,
            )
            for contact in contacts
        )


CLOCKS: dict[str, Callable[[Random], float]] = {
    "15 minutes behind": lambda _: -MOST_OFF_SECONDS,
    "15 minutes ahead": lambda _: MOST_OFF_SECONDS,
    "jumping": lambda random: random.uniform(-MOST_OFF_SECONDS, MOST_OFF_SECONDS),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("clock", CLOCKS)
def test_of_a_thousand_opt_outs_none_is_missed_and_none_is_doubled(  # I22
    twin: Twin,
    desk: Desk,
    line: BadLine,
    people: list[str],
    clock: str,
    record_property: Callable[[str, object], None],
) -> None:
    random = Random(f"opt-outs {clock}")
    association = an_association()
    known_here(association, people)
    worker = Worker(
        connection=signed_in(association, twin),
        line=line,
        off=lambda: CLOCKS[clock](random),
    )
    leaving = random.sample(people, PEOPLE)
    for number in range(PULLS):
        share = AT_ONCE if number == PULLS // 2 else (PEOPLE - AT_ONCE) // (PULLS - 1)
        for _ in range(min(share, len(leaving))):
            desk.tell("unsubscribe", address=leaving.pop())
        desk.tell("clock", advance=PULL_EVERY.total_seconds())
        worker.passed += PULL_EVERY
        worker.pull()
    while leaving:
        desk.tell("unsubscribe", address=leaving.pop())
    line.good = True
    worker.pull()

    learnt = facts_of(association)
    record_property("figure", sentence(clock, worker, learnt))
    assert learnt == Counter(people)
    assert min(line.done[fault] for fault in FAULTS) > 0
    assert worker.ended[RunState.WILL_TRY_AGAIN] > 0, "no pull was ever incomplete"


def facts_of(association: Association) -> Counter[str]:
    """Return how many facts there are of each mailbox."""
    with scope(association=association):
        facts = Suppression.objects.filter(kind=Kind.UNSUBSCRIBED)
        return Counter(facts.values_list("mailbox", flat=True))


def sentence(clock: str, worker: Worker, learnt: Counter[str]) -> str:
    line = worker.line
    faults = ", ".join(f"{kind} {line.done[kind]}" for kind in FAULTS)
    incomplete = worker.ended[RunState.WILL_TRY_AGAIN]
    doubled = sum(count > 1 for count in learnt.values())
    return (
        f"clock {clock}: {PEOPLE} opt-outs, {worker.ended.total()} pulls of which"
        f" {incomplete} incomplete; {line.pages} pages with faults ({faults});"
        f" missed {PEOPLE - len(learnt)}, doubled {doubled}"
    )


def signed_in(association: Association, twin: Twin) -> Connection:
    """Connect; the twin counts no requests, so no pace need be kept."""
    connection = finish(association, twin.allow(begin(association)))
    Application.objects.update(requests_per_second=1_000)
    return connection
