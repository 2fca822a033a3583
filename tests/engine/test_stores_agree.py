"""Whatever happens, both stores remember the same, and the engine does the same."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connection as database
from tests.engine.agreeing.in_memory import a_world_in_memory
from tests.engine.agreeing.in_postgres import a_world_in_postgres
from tests.engine.agreeing.script import script
from tests.engine.agreeing.world import World

pytestmark = pytest.mark.slow

HISTORIES = int(os.environ.get("STORES_AGREE", "60"))
"""So many are lived through; more by `STORES_AGREE=1000 pytest …`."""


@pytest.fixture
def _a_clock_of_its_own(transactional_db: None) -> Iterator[None]:
    yield
    with database.cursor() as cursor:
        cursor.execute("RESET search_path; DROP SCHEMA IF EXISTS script CASCADE")


@pytest.mark.parametrize("tens", range(-(-HISTORIES // 10)))
@pytest.mark.usefixtures("_a_clock_of_its_own")
def test_a_history_is_the_same_over_either_store(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        one: World = a_world_in_memory()
        other: World = a_world_in_postgres()
        for number, (what, said) in enumerate(script(seed)):
            one.live(what, said)
            other.live(what, said)
            told = f"seed {seed}, step {number}: {what} {dict(said)}"
            assert one.last_run() == other.last_run(), told
            assert one.account.requests == other.account.requests, told
            assert one.over_there() == other.over_there(), told
            if what == "sync":
                assert one.remembered() == other.remembered(), told
