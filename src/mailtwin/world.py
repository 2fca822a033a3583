"""Everything one twin holds: time, chance, state, record, faults."""

from __future__ import annotations

import sqlite3
from random import Random

from attrs import define

from mailtwin.clock import Clock
from mailtwin.faults import Faults
from mailtwin.recorder import SCHEMA, Recorder
from mailtwin.settings import Settings
from mailtwin.switches import Switches

META = "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID"


@define(kw_only=True)
class World:
    """One twin. All of it is used from one thread."""

    settings: Settings
    clock: Clock
    database: sqlite3.Connection
    switches: Switches
    recorder: Recorder
    faults: Faults
    ids: Random
    luck: Random

    def new_id(self) -> str:
        """Return a fresh UUID, the same for the same seed and story."""
        digits = f"{self.ids.getrandbits(128):032x}"
        variant = "89ab"[int(digits[16], 16) & 3]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}"
            f"-{variant}{digits[17:20]}-{digits[20:]}"
        )

    def new_secret(self, length: int) -> str:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return "".join(self.ids.choices(alphabet, k=length))

    def restore_switches(self) -> None:
        """Answer the open questions as the twin was started with."""
        self.switches.be_careful()
        if self.settings.mood == "worst":
            self.switches.be_worst(Random(f"{self.settings.seed}/mood"))
        self.switches.answer(self.settings.answers)

    def close(self) -> None:
        self.keep_clock()
        self.database.close()

    def keep_clock(self) -> None:
        """Write the clock down, so that a twin with a state file goes on from it."""
        with self.database:
            self.database.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [
                    ("clock_offset", self.clock.offset),
                    ("clock_stopped_at", self.clock.stopped_at),
                ],
            )


def open_world(settings: Settings, switches: Switches) -> World:
    """Open the state *settings* name, or start with none."""
    database = _open_database(settings)
    meta = dict(database.execute("SELECT name, value FROM meta").fetchall())
    start = int(meta.get("starts", 0)) + 1
    with database:
        database.execute("INSERT OR REPLACE INTO meta VALUES ('starts', ?)", (start,))
    luck = Random(f"{settings.seed}/luck/{start}")
    world = World(
        settings=settings,
        clock=Clock(
            offset=meta.get("clock_offset") or 0.0,
            stopped_at=meta.get("clock_stopped_at"),
        ),
        database=database,
        switches=switches,
        recorder=Recorder(database),
        faults=Faults(Random(f"{settings.seed}/faults/{start}")),
        ids=Random(f"{settings.seed}/ids/{start}"),
        luck=luck,
    )
    world.restore_switches()
    database.create_function("new_id", 0, world.new_id)
    return world


def _open_database(settings: Settings) -> sqlite3.Connection:
    place = str(settings.state) if settings.state else ":memory:"
    database = sqlite3.connect(place, check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA temp_store = MEMORY")
    database.execute("PRAGMA cache_size = -65536")
    database.executescript(META + ";" + SCHEMA)
    return database


def empty(database: sqlite3.Connection) -> None:
    """Delete every row of every table but the twin's own notes about itself."""
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta'"
        " AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    with database:
        for (name,) in tables:
            database.execute(f'DELETE FROM "{name}"')
