"""kill -9 in the middle of a first sync of 10,000 contacts, twice; then it heals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.system.house import Files, House, wait_until

from rollkeeper.directory.sample import write_sample

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_killed_worker_costs_nothing_but_time(house: House, tmp_path: Path) -> None:
    sample = tmp_path / "sample"
    write_sample(sample, seed=7, contacts=10_000)
    house.rollkeeper("import", str(sample))
    house.connect()
    files = Files.read(sample)

    worker = house.start_worker()
    house.rollkeeper("sync")
    for sent in (1, 8):
        wait_until(lambda sent=sent: imports_sent(house) >= sent)
        house.kill(worker)
        worker = house.start_worker()
    wait_until(lambda: house.lists_over_there() == files.expected(), seconds=300)
    wait_until(lambda: not waiting(house), seconds=300)

    state = house.control("state")
    addresses = Counter(one["address"] for one in state["contacts"])
    assert max(addresses.values()) == 1
    assert len(state["lists"]) == len(files.expected())
    assert house.control("violations")["violations"] == []
    assert house.rollkeeper("sync", "--wait")["writes"] == 0


def imports_sent(house: House) -> int:
    calls = house.control("calls")["calls"]
    return sum(one["path"].endswith("/contacts_json_import") for one in calls)


def waiting(house: House) -> bool:
    """Is anything marked, or sent and not settled?"""
    counted = house.sql(
        "SELECT (SELECT count(*) FROM directory_mark)"
        " + (SELECT count(*) FROM ledger_operation"
        "     WHERE state IN ('planned', 'sending', 'accepted', 'unknown'))"
    )
    return bool(counted[0][0])
