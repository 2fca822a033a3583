"""A real chamber's files, all the way to true lists at the provider."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.system.house import Files, House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Have a figure shown at the end, although the test passes."""
    return lambda line: record_property("figure", line)


@pytest.mark.parametrize(
    "house",
    [(), *(("--mood", "worst", "--seed", str(seed)) for seed in (1, 2, 3))],
    indirect=True,
    ids=["careful", "worst-1", "worst-2", "worst-3"],
)
def test_lakeside_becomes_true_and_stays_true(
    house: House, lakeside: Path, tmp_path: Path, say: Callable[[str], None]
) -> None:
    report = house.rollkeeper("import", str(lakeside))
    counts = {one["file"]: one["created"] for one in report["files"]}
    say(f"import: {counts}; {len(report['errors'])} bad rows")
    house.connect()
    files = Files.read(lakeside)

    first = house.rollkeeper("sync", "--wait")

    assert house.lists_over_there() == files.expected()
    say(f"first sync: {first['requests']} requests; fewest possible {fewest(files)}")
    assert violations(house) == []

    second = house.rollkeeper("sync", "--wait")
    say(f"second sync: {second['requests']} requests, {second['writes']} writing")
    assert second["writes"] == 0

    again = house.rollkeeper("import", str(lakeside))
    assert again["marks"] == 0

    changed = change_fifty(files, house, tmp_path)
    third = house.rollkeeper("sync", "--wait", status=3)
    say(f"{changed} mixed changes: {third['requests']} requests, {third['counts']}")
    held = house.approve_everything()
    fourth = house.rollkeeper("sync", "--wait")
    say(f"{held} holds approved: {fourth['requests']} requests, {fourth['counts']}")
    assert house.lists_over_there() == files.expected()
    assert violations(house) == []


def fewest(files: Files) -> int:
    """FACTS section 15: one import a list when lists are fewer than the sets of lists
    that people are on; a list, a page of what was there, a poll, and pages for ids."""
    expected = files.expected()
    people = set().union(*expected.values())
    sets = {
        frozenset(name for name in expected if one in expected[name]) for one in people
    }
    lists = [name for name in expected if expected[name]]
    long = sum(len(one) > 50 for one in people)
    imports = min(len(lists), len(sets))
    pages = -(-len(people) // 500)
    return 1 + 1 + len(expected) + imports + long + 1 + pages


def violations(house: House) -> list[Any]:
    found = house.control("violations")["violations"]
    assert isinstance(found, list)
    return found


def change_fifty(files: Files, house: House, tmp_path: Path) -> int:
    """Ten each: names, addresses, do not contact, standings; five joins, five leave."""
    on = {row["contact_id"] for row in files.memberships}
    listed = [row for row in files.contacts if row["contact_id"] in on][100:]
    for row in listed[:10]:
        row["first_name"] = f"Re-{row['first_name']}"
    for number, row in enumerate(listed[10:20]):
        row["primary_email"] = f"new.address{number}@moved.example"
    for row in listed[20:30]:
        row["do_not_contact"] = "no" if row["do_not_contact"] == "yes" else "yes"
    for row in files.memberships[200:210]:
        row["status"] = "disabled" if row["status"] == "active" else "active"
    for row in listed[40:45]:
        wanted = {"list_id": "L0002", "contact_id": row["contact_id"]}
        if not any(wanted.items() <= known.items() for known in files.memberships):
            files.memberships.append(
                {**wanted, "status": "active", "no_mass_email": "no"}
            )
    for row in files.memberships[300:305]:
        house.sql(
            "DELETE FROM directory_listmembership USING directory_contact AS c,"
            " directory_contactlist AS l WHERE contact_id = c.id AND list_id = l.id"
            " AND c.external_id = %s AND l.external_id = %s",
            row["contact_id"],
            row["list_id"],
        )
    del files.memberships[300:305]
    folder = tmp_path / "changed"
    folder.mkdir()
    shutil.copy(Path(__file__).parents[3] / "shared/data/lakeside/members.csv", folder)
    files.write(folder)
    house.rollkeeper("import", str(folder))
    return 50
