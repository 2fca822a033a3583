"""A session: a house full of associations, and everything that happens to it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Final

import httpx2
from attrs import define, evolve, field, frozen
from tests.prove.level import Cell, Promise, Trace, Violation
from tests.prove.live.account import Account
from tests.prove.live.aftermath import keep_record, look_back
from tests.prove.live.chamber import CONTACTS, LISTS, Chamber
from tests.prove.live.deciding import hold_back
from tests.prove.live.edits import Database, Editor, only_value
from tests.prove.live.faults import Weather
from tests.prove.live.household import Household, a_twin
from tests.prove.live.journal import Journal
from tests.prove.live.proxy import Proxy, running

LOOK_EVERY: Final = 0.2
STUCK_AFTER: Final = 240.0
"""Seconds in which nothing at all moved. It only ends a hopeless wait."""
LAG_AT_WORST: Final = 3.5


@frozen(kw_only=True)
class Size:
    associations: int
    rounds: int
    """Of each on average. Who is held up has fewer, and nobody waits for the last."""
    workers: int
    workers_killed: int
    databases_killed: int
    requests_per_second: int = 4
    """More than the provider allows: then it does not limit us, and we ourselves do."""

    @property
    def is_crowded(self) -> bool:
        return self.requests_per_second > 4


@define
class Session:
    """The things of a session while it runs."""

    size: Size
    chance: Random
    household: Household
    proxy: Proxy
    control: httpx2.Client
    journal: Journal
    lag: float
    """Seconds by which the twin's reads may lag behind."""
    chambers: list[Chamber] = field(factory=list)
    calamities: list[str] = field(factory=list)
    rounds_left: int = 0
    violations: list[Violation] = field(factory=list)
    held: int = 0
    moved: tuple[object, ...] = ()
    moved_at: float = field(factory=time.monotonic)

    def furnish(self) -> None:
        made = self.household.furnish(
            self.size.associations,
            f"http://127.0.0.1:{self.proxy.port}",
            pause=0.0 if self.size.is_crowded else 1.1,
        )
        with self.household.database() as database:
            database.execute(
                "UPDATE connections_application SET requests_per_second = %s",
                [self.size.requests_per_second],
            )
            for one in made:
                chance = Random(self.chance.random())
                editor = Editor(one["association"], chance, self.journal)
                editor.fill(database, lists=LISTS, contacts=CONTACTS)
                self.chambers.append(
                    Chamber(
                        association=one["association"],
                        slug=one["slug"],
                        connection=one["connection"],
                        account=Account(self.control, one["account"]),
                        chance=chance,
                        editor=editor,
                    )
                )
        calamities = ["worker"] * self.size.workers_killed
        calamities += ["database"] * self.size.databases_killed
        self.chance.shuffle(calamities)
        self.calamities = calamities

    def live(self) -> None:
        """All rounds of all associations, in bad weather, with calamities between."""
        for _ in range(self.size.workers):
            self.household.start_worker()
        together = self.rounds_left = self.size.associations * self.size.rounds
        between = together / (len(self.calamities) + 1)
        struck = 0
        while self._rounds_go_on():
            lived = sum(one.histories for one in self.chambers)
            if self.calamities and lived >= between * (struck + 0.5):
                struck += 1
                self._calamity(self.calamities.pop())

    def _calamity(self, kind: str) -> None:
        self.journal.note(None, f"kill a {kind}")
        if kind == "worker":
            self.household.kill_worker(self.chance.randrange(self.size.workers))
            self.household.start_worker()
            return
        self.proxy.forgive()
        before = self._acknowledged()
        self.household.kill_database(
            whole=self.chance.random() < 0.7, helped=self.chance.random() < 0.5
        )
        if self._acknowledged() != before:
            what = "the directory is not what it was before PostgreSQL was killed"
            self.violations.append(Violation(promise=Promise.LOST, law="I7", what=what))

    def _acknowledged(self) -> object:
        with self.household.database() as database:
            return database.execute(_DIRECTORY).fetchall()

    def _rounds_go_on(self) -> bool:
        """Take one look at every association and do what is next there."""
        time.sleep(LOOK_EVERY)
        with self.household.database() as database:
            busy = self._busy(database)
            for chamber in self.chambers:
                self._next_of(chamber, database, quiet=chamber.connection not in busy)
        if all(one.gave_up for one in self.chambers):
            return False
        return bool(self.rounds_left) or any(one.round_open for one in self.chambers)

    def _next_of(self, chamber: Chamber, database: Database, *, quiet: bool) -> None:
        if chamber.steps:
            chamber.go_on(database)
        elif not quiet:
            chamber.quiet_since = None
            if self.is_stuck and not chamber.gave_up:
                why = "there is still work, and nothing moves"
                self.violations.append(chamber.gives_up(why))
        elif chamber.round_open:
            found = chamber.end(database)
            self.journal.note(chamber.association, "compared", *found)
            self.violations += found
            self.proxy.refused |= {
                mailbox.encode() for mailbox in chamber.acts.unsubscribed
            }
        elif (
            self.rounds_left
            and not chamber.gave_up
            and chamber.has_rested(now=time.monotonic(), seconds=self.lag)
        ):
            chamber.begin(database)
            self.rounds_left -= 1

    def _busy(self, database: Database) -> set[int]:
        """The connections with something left to do, or with somebody at it."""
        rows = database.execute(_LEFT_TO_DO).fetchall()
        moved = database.execute(_MOVEMENT).fetchone()
        if moved != self.moved:
            self.moved, self.moved_at = moved or (), time.monotonic()
        return {connection for (connection,) in rows}

    @property
    def is_stuck(self) -> bool:
        return time.monotonic() - self.moved_at > STUCK_AFTER

    def settle(self) -> None:
        """Fair weather: everything is compared twice; the second writes nothing."""
        self.proxy.weather.fair = True
        for _ in range(2):
            with self.household.database() as database:
                before = only_value(
                    database, "SELECT coalesce(max(id), 0) FROM ledger_run"
                )
                database.execute(_NO_MORE_WAITING)
                for chamber in self.chambers:
                    chamber.compare_everything(database)
            self.wait_until_quiet()
            with self.household.database() as database:
                for chamber in self.chambers:
                    self.violations += chamber.judged(database)
        with self.household.database() as database:
            if writes := only_value(database, _WRITES, before):
                what = f"a full comparison of true lists wrote {writes} times"
                self.note(Promise.LAWS, "I1", what)

    def wait_until_quiet(self) -> None:
        while not self.is_stuck:
            time.sleep(LOOK_EVERY)
            with self.household.database() as database:
                if not self._busy(database):
                    return
        self.note(Promise.LOST, "I1", "in fair weather there is still work at the end")

    def note(self, promise: Promise, law: str, what: str) -> None:
        self.violations.append(Violation(promise=promise, law=law, what=what))

    def trace(self) -> Trace:
        edits: Counter[str] = sum((one.done for one in self.chambers), Counter())
        struck = {f"fault: {kind}": count for kind, count in self.proxy.struck.items()}
        return Trace(
            counts={
                "histories": sum(one.histories for one in self.chambers),
                "workers killed": self.household.workers_killed,
                "PostgreSQL killed": self.household.databases_killed,
                "holds approved": self.held,
                "requests": self.proxy.passed,
                **struck,
                **{f"edit: {kind}": count for kind, count in edits.items()},
            },
            histories=sum(one.histories for one in self.chambers),
            cells=frozenset(self._cells()),
            violations=tuple(self.violations),
        )

    def _cells(self) -> Iterator[Cell]:
        for kind in self.proxy.struck:
            yield "fault", kind.value
        if self.household.workers_killed:
            yield "killed", "worker"
        if self.household.databases_killed:
            yield "killed", "PostgreSQL"


_LEFT_TO_DO: Final = """
    SELECT substr(follower.name, 12)::bigint FROM directory_follower AS follower
     WHERE EXISTS (SELECT FROM directory_mark WHERE follower_id = follower.id)
    UNION
    SELECT connection_id FROM ledger_operation
     WHERE state IN ('planned', 'sending', 'accepted', 'unknown')
    UNION
    SELECT objid::bigint FROM pg_locks
     WHERE locktype = 'advisory' AND classid = 1383033964
"""
_MOVEMENT: Final = """
    SELECT (SELECT count(*) FROM connections_requestdebit),
           (SELECT coalesce(max(id), 0) FROM directory_mark),
           (SELECT count(*) FROM ledger_run WHERE finished_at IS NOT NULL)
"""
_WRITES: Final = "SELECT coalesce(sum(writes), 0) FROM ledger_run WHERE id > %s"
_NO_MORE_WAITING: Final = "UPDATE ledger_run SET retry_at = NULL"
_DIRECTORY: Final = """
    SELECT md5(string_agg(row::text, ',' ORDER BY row::text)) FROM (
        SELECT contact::text FROM directory_contact AS contact
        UNION ALL SELECT address::text FROM directory_emailaddress AS address
        UNION ALL SELECT list::text FROM directory_contactlist AS list
        UNION ALL SELECT place::text FROM directory_listmembership AS place
    ) AS row
"""


def live_through(seed: int, size: Size, *, mood: str = "careful") -> Trace:
    """Live through the session of *seed*. Its logs stay when something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix=f"rollkeeper-live-{seed}-"))
    with _session(seed, size, folder, mood=mood) as session:
        session.furnish()
        session.live()
        session.settle()
        hold_back(session)
        look_back(session)
        trace = session.trace()
        if trace.violations:
            keep_record(session, folder)
    if trace.violations:
        where = Violation(
            promise=Promise.LAWS, law="logs", what=f"the logs are in {folder}"
        )
        return evolve(trace, violations=(*trace.violations, where))
    shutil.rmtree(folder)
    return trace


@contextmanager
def _session(seed: int, size: Size, folder: Path, *, mood: str) -> Iterator[Session]:
    options = ["--job-seconds", "0.1:0.6", "--seed", str(seed), "--mood", mood]
    if size.is_crowded:
        options.append("--no-limits")
    chance = Random(seed)
    with ExitStack() as stack:
        port = stack.enter_context(a_twin(folder, *options))
        weather = Weather(Random(chance.random()), share=0.04)
        proxy = stack.enter_context(running(Proxy(port=port, weather=weather)))
        household = Household(folder, proxy.url)
        stack.callback(household.stop)
        control = stack.enter_context(
            httpx2.Client(base_url=f"http://127.0.0.1:{port}/__control__/", timeout=60)
        )
        journal = Journal(folder / "journal.txt")
        lag = LAG_AT_WORST if mood == "worst" else 0.0
        yield Session(size, chance, household, proxy, control, journal, lag)
