"""A week without access, while much changes here and over there; then coming back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import httpx2
import pytest
from attrs import define, evolve, field
from django.db.models.functions import Now
from django_scopes import scope, scopes_disabled
from pytest_django import Settings as DjangoSettings
from tests.builders import a_contact, a_list, an_association, on_list
from tests.connections.given import again
from tests.connections.test_tokens import put
from tests.connections.test_with_a_twin import begin, finish
from tests.connections.twin import Twin

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.config.environment import ProviderAccess
from rollkeeper.connections.models import Application, Connection, ConnectionState
from rollkeeper.connections.services import disconnect
from rollkeeper.consent.models import Suppression
from rollkeeper.directory.models import (
    Association,
    Contact,
    ContactList,
    ListMembership,
)
from rollkeeper.engine import due, reconcile
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.store import Run
from rollkeeper.jobs.tasks import surroundings
from rollkeeper.ledger.models import RunState

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


@pytest.fixture
def twin(settings: DjangoSettings) -> Iterator[Twin]:
    with running(Settings(limits=False, job_seconds=(0.0, 0.0))) as server:
        settings.PROVIDERS = {
            "constant_contact": ProviderAccess(
                client_id="our-key",
                client_secret=None,
                api_url=f"{server.url}/v3",
                auth_url=f"{server.url}/oauth2/default/v1",
            )
        }
        yield Twin(url=server.url)


@define
class Chamber:
    """An association that is kept true, and the truth by the test's own book."""

    association: Association
    twin: Twin
    random: Random
    clock_off: timedelta = timedelta(0)
    people: dict[str, Contact] = field(factory=dict)
    on: dict[str, set[str]] = field(factory=dict)
    lists: dict[str, ContactList] = field(factory=dict)
    opted_out: set[str] = field(factory=set)
    left: set[tuple[str, str]] = field(factory=set)
    untouched: list[str] = field(factory=list)
    """Mailboxes that nothing has happened to yet."""

    @classmethod
    def of(cls, twin: Twin, *, people: int, seed: int) -> Chamber:
        chamber = cls(an_association(), twin, Random(seed))
        for name in ("News", "Board", "Events"):
            chamber.lists[name] = a_list(chamber.association, name=name)
            chamber.on[name] = set()
        for _ in range(people):
            chamber.join()
        chamber.untouched = sorted(chamber.people)
        chamber.random.shuffle(chamber.untouched)
        return chamber

    def join(self) -> None:
        mailbox = f"person{len(self.people)}@members.example"
        self.people[mailbox] = a_contact(self.association, address=mailbox)
        for name in self.random.sample(sorted(self.lists), 2):
            on_list(self.people[mailbox], self.lists[name])
            self.on[name].add(mailbox)

    def quits(self, mailbox: str) -> None:
        name = self.random.choice([one for one in self.on if mailbox in self.on[one]])
        with scope(association=self.association):
            ListMembership.objects.get(
                contact=self.people[mailbox], list=self.lists[name]
            ).delete()
        self.on[name].discard(mailbox)

    def renamed(self, mailbox: str) -> None:
        with scope(association=self.association):
            Contact.objects.filter(pk=self.people[mailbox].pk).update(first_name="New")

    def unsubscribes(self, mailbox: str) -> None:
        self.twin.control("unsubscribe", address=mailbox)
        self.opted_out.add(mailbox)

    def leaves(self, mailbox: str) -> None:
        name = self.random.choice([one for one in self.on if mailbox in self.on[one]])
        self.twin.control("leave_list", address=mailbox, list=name)
        self.left.add((name, mailbox))

    def time_passes(self, time: timedelta) -> None:
        self.twin.control("clock", advance=time.total_seconds())
        self.clock_off += time

    def a_day(self) -> None:
        """Somebody joins, and three to whom nothing has happened yet do something."""
        self.time_passes(DAY)
        self.join()
        self.unsubscribes(self.untouched.pop())
        self.renamed(self.untouched.pop())
        rare = self.random.choice((self.leaves, self.renamed))
        rare(self.untouched.pop())

    @property
    def truth(self) -> dict[str, set[str]]:
        gone = {
            name: {who for one, who in self.left if one == name} for name in self.on
        }
        return {
            name: members - self.opted_out - gone[name]
            for name, members in self.on.items()
        }

    @property
    def there(self) -> dict[str, set[str]]:
        state = httpx2.get(f"{self.twin.url}/__control__/state").json()
        return {one["name"]: set(one["members"]) for one in state["lists"]}

    def work(self, connection: Connection) -> list[Run]:
        """Do what a worker would, by the clock over there."""
        inside = evolve(surroundings(), now=lambda: datetime.now(UTC) + self.clock_off)
        done = []
        while connection.pk in due.to_synchronize():
            with scopes_disabled():
                run = reconcile.sync(
                    connection_id=connection.pk, by="test", surroundings=inside
                )
            done.append(run)
        return done


def signed_in(chamber: Chamber) -> Connection:
    """Connect; the twin counts no requests, so no pace need be kept."""
    back = chamber.twin.allow(begin(chamber.association))
    connection = finish(chamber.association, back)
    Application.objects.update(requests_per_second=1_000)
    return connection


def a_true_chamber(twin: Twin, seed: int) -> tuple[Chamber, Connection]:
    chamber = Chamber.of(twin, people=60, seed=seed)
    connection = signed_in(chamber)
    reconcile.request(STORE, connection_id=connection.pk, by_hand=True)
    chamber.work(connection)
    assert chamber.there == chamber.truth
    return chamber, connection


def come_back(chamber: Chamber) -> list[tuple[str, str]]:
    """Connect again and work; return the requests that this took, in their order."""
    url = f"{chamber.twin.url}/__control__/calls"
    before = len(httpx2.get(url).json()["calls"])
    connection = signed_in(chamber)
    assert connection.state == ConnectionState.CONNECTED
    chamber.work(connection)
    calls = httpx2.get(url).json()["calls"][before:]
    return [
        (call["method"], call["path"])
        for call in calls
        if call["path"].startswith("/v3/")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("how", ["revoked", "disconnected"])
def test_a_week_away_loses_nothing_and_brings_nobody_back(  # S4
    twin: Twin, how: str, seed: int
) -> None:
    chamber, connection = a_true_chamber(twin, seed)
    twin.control("revoke")
    if how == "disconnected":
        disconnect(connection_id=connection.pk, by="staff:ann")

    for day in range(7):
        chamber.a_day()
        chamber.work(connection)
        assert day == 0 or connection.pk not in due.to_synchronize() + due.to_pull()
    state = again(connection).state
    assert state == {
        "revoked": ConnectionState.RECONNECT_NEEDED,
        "disconnected": ConnectionState.DISCONNECTED,
    }.get(how)

    calls = come_back(chamber)

    first_write = next(n for n, (method, _) in enumerate(calls) if method != "GET")
    assert ("GET", "/v3/contacts") in calls[:first_write], "who opted out comes first"
    assert chamber.there == chamber.truth
    with scope(association=chamber.association):
        learnt = set(Suppression.objects.values_list("mailbox", flat=True))
    assert learnt == chamber.opted_out | {who for _, who in chamber.left}
    assert chamber.work(connection) == []


@pytest.mark.django_db(transaction=True)
def test_coming_back_compares_everything_once(twin: Twin) -> None:
    """What happened over there leaves no marks here."""
    chamber, connection = a_true_chamber(twin, seed=9)
    disconnect(connection_id=connection.pk, by="staff:ann")
    mailbox = chamber.untouched[0]
    chamber.time_passes(timedelta(hours=1))
    chamber.leaves(mailbox)

    come_back(chamber)

    assert chamber.there == chamber.truth
    with scope(association=chamber.association):
        assert Suppression.objects.get().mailbox == mailbox


@pytest.mark.django_db(transaction=True)
def test_the_run_that_was_cut_off_says_why(twin: Twin) -> None:
    chamber, connection = a_true_chamber(twin, seed=1)
    chamber.join()
    twin.control("revoke")
    put(connection, access_expires_at=Now())

    (run,) = chamber.work(connection)

    assert run.state == RunState.RECONNECT_NEEDED
    assert again(connection).state_reason == run.message
