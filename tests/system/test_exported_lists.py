"""A list imported by hand from its exported file, beside the same list kept true."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.system.conftest import LAKESIDE
from tests.system.house import House, a_twin

from rollkeeper.directory.sample import write_sample

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NAMES = ("first_name", "last_name", "company_name")


@pytest.fixture
def chamber(house: House, tmp_path: Path) -> House:
    """A house with a real chamber's files where they are; else those of the sample,
    which has bad rows."""
    if LAKESIDE.exists():
        house.rollkeeper("import", str(LAKESIDE))
    else:
        write_sample(tmp_path / "sample", seed=7, contacts=1000)
        house.rollkeeper("import", str(tmp_path / "sample"), status=1)
    house.connect()
    return house


def test_exported_files_imported_by_hand_make_the_lists_that_the_sync_makes(
    chamber: House, tmp_path: Path
) -> None:
    chamber.rollkeeper("sync", "--wait")
    kept_true = chamber.lists_over_there()

    by_hand, too_long = {}, set()
    folder = tmp_path / "by hand"
    folder.mkdir()
    with a_twin(folder, "--job-seconds", "0:0") as twin:
        for number, name in enumerate(kept_true):
            output = folder / f"{number}.csv"
            done = chamber.rollkeeper("export", name, "--output", str(output))
            by_hand[name] = import_by_hand(twin, name, done)
            too_long |= left_out(done, "address_too_long")
        same = people(chamber.twin).items() - people(twin).items()

    assert sum(map(len, by_hand.values())) > 500
    for name, members in kept_true.items():
        assert by_hand[name] == members - too_long, name
    assert {address for address, _ in same} <= too_long


def import_by_hand(twin: str, name: str, done: Any) -> set[str]:
    """Make a list over there, import the files to it, and return who is on it then."""
    with httpx2.Client(base_url=twin, timeout=60) as client:
        token = client.post("/__control__/token", json={"scope": "contact_data"})
        client.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        made = client.post("/v3/contact_lists", json={"name": name}).json()
        for path in map(Path, done["files"] if done["recipients"] else ()):
            answer = client.post(
                "/v3/activities/contacts_file_import",
                files={"file": (path.name, path.read_bytes(), "text/csv")},
                data={"list_ids": made["list_id"]},
            )
            assert answer.status_code == 201, answer.text
            client.post("/__control__/jobs", json={"finish": True})
        lists = client.get("/__control__/state").json()["lists"]
    (found,) = (set(one["members"]) for one in lists if one["name"] == name)
    return found


def people(twin: str) -> dict[str, tuple[str, ...]]:
    """Return what each address there is called, of those who are on a list."""
    contacts = httpx2.get(f"{twin}/__control__/state", timeout=60).json()["contacts"]
    return {
        one["address"]: tuple(one[name] or "" for name in NAMES) for one in contacts
    }


def left_out(done: Any, reason: str) -> set[str]:
    with Path(done["left_out_file"]).open(encoding="utf-8-sig", newline="") as file:
        return {
            row["E-mail address"]
            for row in csv.DictReader(file)
            if row["Reason"] == reason
        }
