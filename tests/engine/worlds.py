"""A chamber, a connection and an account in memory: whole runs without a network."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from attrs import Factory, asdict, define, evolve, field
from django_scopes import scope
from tests.builders import a_connection, an_application, an_association

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.core.policy import Namesake, Policy, When
from rollkeeper.core.values import ListId, Mailbox, ProviderListId
from rollkeeper.directory.models import Association
from rollkeeper.engine import namesakes, reconcile
from rollkeeper.engine.lending import ConsentScreen
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.reconcile import Surroundings
from rollkeeper.engine.store import Run, Store
from rollkeeper.ledger.models import Audience
from rollkeeper.providers.memory import MemoryAccount, MemoryProvider, finish_jobs
from rollkeeper.providers.memory.account import Held
from rollkeeper.providers.memory.provider import CAPABILITIES
from rollkeeper.providers.port import Provider, Purpose, Screen


class Killed(BaseException):
    """Stands for kill -9: nothing catches it, nothing is tidied up on purpose."""


@define
class Clock:
    """Time that goes on only when somebody sleeps."""

    now: datetime = Factory(lambda: datetime.now(UTC))

    def read(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@define
class Meter:
    """A gate that counts, and stops the run before the n-th request."""

    requests: list[Purpose] = Factory(list)
    stop_at: int | None = None
    stop_with: Callable[[], BaseException] = Killed

    def debit(self, purpose: Purpose) -> None:
        self.requests.append(purpose)
        if self.stop_at is not None and len(self.requests) >= self.stop_at:
            raise self.stop_with()

    def close_until_tomorrow(self) -> None:
        raise AssertionError("the account in memory has no quota of its own")


@define
class World:
    """One association with a connection, and what is over there."""

    association: Association
    connection: Connection
    account: MemoryAccount
    clock: Clock = Factory(Clock)
    meter: Meter = field(factory=Meter)
    store: Store = STORE
    screen: Screen | None = None
    """The last look before a body leaves; None for the one used in earnest."""

    def sync(self, *, everything: bool = False, list_id: int | None = None) -> Run:
        """Run once, after asking for everything if so told."""
        if everything or list_id is not None:
            reconcile.request(
                STORE,
                connection_id=self.connection.pk,
                list_id=None if list_id is None else ListId(list_id),
            )
        self.meter.requests.clear()
        return reconcile.sync(
            connection_id=self.connection.pk, by="test", surroundings=self.surroundings
        )

    def adopt(self) -> None:
        """Do what staff do who use the lists that were there already."""
        with scope(association=self.association):
            for one in namesakes.undecided(self.connection.pk):
                namesakes.choose(
                    audience_id=one.audience_id, choice=Namesake.ADOPT, by="test"
                )
        self.sync()

    def killed_at(self, request: int) -> None:
        """Run everything and be killed when that request is about to leave."""
        self.meter.stop_at = request
        with suppress(Killed):
            self.sync(everything=True)
        self.meter.stop_at = None

    def pull(self) -> Run:
        return reconcile.pull(
            connection_id=self.connection.pk, by="test", surroundings=self.surroundings
        )

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            store=self.store,
            open_provider=self._open,
            capabilities=lambda _: CAPABILITIES,
            now=self.clock.read,
            sleep=self.clock.sleep,
        )

    def _open(self, connection_id: int, run_id: int) -> Provider:
        screen = self.screen or ConsentScreen(association_id=self.association.pk)
        return MemoryProvider(held_by=self.account, gate=self.meter, screen=screen)

    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        """Return who must be left in peace."""
        return ConsentScreen(association_id=self.association.pk).suppressed(mailboxes)

    def on(self, name: str) -> set[str]:
        """The mailboxes on the provider's list of that name."""
        list_id = self.account.list_named(name)
        return set(self.account.members(list_id)) if list_id else set()

    def held(self, mailbox: str) -> Held:
        """What the account holds of a contact that is there, maybe deleted."""
        found = self.account.contact(Mailbox(mailbox))
        assert found is not None, f"nobody has {mailbox}"
        return found

    def finish_jobs(self) -> None:
        finish_jobs(self.account)

    def follow(self, policy: Policy) -> None:
        """Have every list follow this policy, as if it always had, and after each
        change."""
        policy = evolve(policy, when=When.LIVE)
        with scope(association=self.association):
            Audience.objects.update(
                **asdict(policy, value_serializer=lambda _, __, value: str(value))
            )

    def theirs(self, name: str) -> ProviderListId:
        """Make a list that staff over there made by hand."""
        return self.account.make_list(name)

    def reconnect(self) -> None:
        """Do what a person does after "reconnect needed"."""
        with scope(association=self.association):
            Connection.objects.update(state=ConnectionState.CONNECTED)

    def list_id(self, name: str) -> ProviderListId:
        found = self.account.list_named(name)
        assert found is not None
        return found


def a_world() -> World:
    association = an_association()
    application = an_application(provider="memory")
    clock = Clock()
    return World(
        association=association,
        connection=a_connection(association, application=application),
        account=MemoryAccount(now=clock.read),
        clock=clock,
    )
