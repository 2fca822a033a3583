"""An association, its account over there, and the engine between them, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import date, timedelta

from attrs import Factory, define, evolve, field
from tests.memory_store import Memory, store_over
from tests.memory_store.audiences import Audiences
from tests.memory_store.deciding import Deciding
from tests.memory_store.directory import Directory
from tests.memory_store.suppressed import suppressed_among
from tests.prove.histories.clocks import Time

from rollkeeper.core.policy import Namesake
from rollkeeper.core.values import Mailbox
from rollkeeper.engine import reconcile
from rollkeeper.engine.reconcile import Surroundings
from rollkeeper.engine.store import ConnectionFacts, Run, Store
from rollkeeper.providers.errors import QuotaSpent
from rollkeeper.providers.memory import MemoryAccount, MemoryProvider
from rollkeeper.providers.memory.provider import CAPABILITIES
from rollkeeper.providers.memory.work import finish
from rollkeeper.providers.port import Capabilities, Provider, Purpose

ASSOCIATION, CONNECTION = 1, 1

SMALL: Capabilities = evolve(CAPABILITIES, page_size=4, targets_per_call=3)
"""So small that six contacts make several pages and several calls."""


@define
class Gate:
    """Counts each request of a day before it leaves, and stops the first too many."""

    time: Time
    per_day: int = 10_000
    used: Counter[date] = Factory(Counter)
    counted: int = 0

    def debit(self, purpose: Purpose) -> None:
        today = self.time.now.date()
        if self.used[today] >= self.per_day:
            raise QuotaSpent("The day's requests are used up.", retry_after=self.rest())
        self.used[today] += 1
        self.counted += 1

    def rest(self) -> timedelta:
        now = self.time.now
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=1) - now

    def close_until_tomorrow(self) -> None:
        self.used[self.time.now.date()] = self.per_day


@define
class Chamber:
    time: Time
    memory: Memory
    account: MemoryAccount
    gate: Gate
    capabilities: Capabilities = SMALL
    open_provider: Callable[[Provider], Provider] = lambda provider: provider
    """Puts something between the engine and the provider."""
    screens: bool = True
    """Is there a last look before a body leaves?"""
    store: Store = field(init=False)
    directory: Directory = field(init=False)
    audiences: Audiences = field(init=False)
    deciding: Deciding = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.store = store_over(self.memory)
        self.directory = Directory(self.memory)
        self.audiences = Audiences(self.memory)
        self.deciding = Deciding(self.memory)

    def request(self, *, by_hand: bool = False) -> None:
        """Ask for everything to be compared, as the night does, or a person."""
        reconcile.request(self.store, connection_id=CONNECTION, by_hand=by_hand)

    def adopt(self) -> bool:
        """Use the provider lists that staff are asked about; were there any?"""
        undecided = [
            one.audience_id
            for one in self.audiences.active(CONNECTION)
            if one.undecided
        ]
        for audience in undecided:
            self.audiences.choose_namesake(audience, Namesake.ADOPT)
        return bool(undecided)

    def sync(self) -> Run:
        return reconcile.sync(
            connection_id=CONNECTION, by="test", surroundings=self.surroundings
        )

    def pull(self) -> Run:
        return reconcile.pull(
            connection_id=CONNECTION, by="test", surroundings=self.surroundings
        )

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            store=self.store,
            open_provider=self._open,
            capabilities=lambda _: self.capabilities,
            now=self.time.of_process,
            sleep=self.time.sleep,
        )

    def _open(self, connection_id: int, run_id: int) -> Provider:
        provider = MemoryProvider(
            held_by=self.account,
            gate=self.gate,
            screen=self,
            capabilities=self.capabilities,
        )
        return self.open_provider(provider)

    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        """The last look before a body leaves."""
        return suppressed_among(self.memory, mailboxes) if self.screens else frozenset()

    def wait(self, duration: timedelta) -> None:
        """Let time pass, in which jobs end; one that hangs is given up after hours."""
        self.time.now += duration
        for job in self.account.queue.values():
            if job.polls >= 0 and duration > timedelta(minutes=5):
                finish(self.account, job)
            elif duration > timedelta(hours=2):
                self.account.fail_job(job.shown.job_id)

    def reconnect(self) -> None:
        """Done by a person, after *reconnect needed*."""
        self.memory.alter_connection(connected=True, condition="connected")


def a_chamber(time: Time | None = None) -> Chamber:
    time = time or Time()
    return Chamber(
        time=time,
        memory=Memory(
            now=time.of_database,
            connection=ConnectionFacts(
                connection_id=CONNECTION,
                association_id=ASSOCIATION,
                provider="memory",
                connected=True,
                condition="connected",
                pulled_at=None,
                pulled_through=None,
                compared_at=None,
            ),
        ),
        account=MemoryAccount(now=time.of_provider),
        gate=Gate(time),
    )
