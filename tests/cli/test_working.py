"""A worker sees to it that its database runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event

from attrs import define, field
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg_pool import AsyncConnectionPool
from tests.cli.conftest import StandInHouse

from rollkeeper.cli.working import keep_database

HOPELESS_AFTER = 60.0


@define
class WatchedHouse(StandInHouse):
    asked: Event = field(factory=Event)

    def start_database(self) -> None:
        self.asked.set()


def test_a_database_that_cannot_be_reached_is_started_while_jobs_wait(
    tmp_path: Path,
) -> None:
    house = WatchedHouse(tmp_path)
    assert asyncio.run(_is_asked(house, nobody_listens=tmp_path))


async def _is_asked(house: WatchedHouse, *, nobody_listens: Path) -> bool:
    connector = PsycopgConnector()
    async with AsyncConnectionPool(f"host={nobody_listens}", open=False) as pool:
        await connector.open_async(pool)
        keeping = asyncio.create_task(keep_database(connector, house))
        asked = await asyncio.to_thread(house.asked.wait, HOPELESS_AFTER)
        keeping.cancel()
    return asked
