"""10,000 people on 20 lists: what each kind of day costs, beside the fewest possible.

The fewest are counted here from the files alone, by FACTS section 15 of the provider:
an import or membership job carries one set of lists; a contact is renamed or
readdressed by a read and a write; a page shows 500 contacts. Polls for the end of jobs
depend on how long the provider takes: they are counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from tests.system.house import Files, House, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

PEOPLE, LISTS, PER_CENT = 10_000, 20, 100
PAGES = PEOPLE // 500
UNUSED = ("member_id", "title", "company", "phone", "other_emails")


@pytest.mark.parametrize("house", [()], indirect=True)
def test_what_ten_thousand_people_cost(
    house: House,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    files = chamber()
    files.write(tmp_path)
    house.rollkeeper("import", str(tmp_path))
    house.connect()
    bill = Bill(house, record_property)

    house.rollkeeper("sync", "--wait")
    assert house.lists_over_there() == files.expected()
    by_sets = len({frozenset(lists) for lists in on_lists(files).values()})
    bill.present("first load", 1 + 1 + LISTS + min(LISTS, by_sets) + PAGES, 1.10)

    house.rollkeeper("sync", "--wait")
    bill.present("nothing changed", 1 + PAGES, 1.25)

    house.start_worker()
    for what, change, fewest in DAYS:
        fewest_possible = fewest(change(house, files), files)
        wait_until(lambda: not waiting(house), seconds=600)
        assert house.lists_over_there() == files.expected(), what
        bill.present(what, fewest_possible, 1.25)

    gone = set(sorted(on_lists(files))[500:550])
    for address in gone:
        house.control("unsubscribe", address=address)
    house.rollkeeper("pull")
    bill.present("50 unsubscribe over there", 1, 1.25)
    wait_until(lambda: not waiting(house), seconds=600)
    there = {name: one - gone for name, one in files.expected().items()}
    assert house.lists_over_there() == there
    assert house.control("violations")["violations"] == []


class Bill:
    """Tells the twin's count of requests since the last time it was asked."""

    def __init__(
        self, house: House, record_property: Callable[[str, object], None]
    ) -> None:
        self.house, self.record = house, record_property
        self.seen = len(self._calls())

    def present(self, what: str, fewest: int, goal: float) -> None:
        new = self._calls()[self.seen :]
        self.seen += len(new)
        polls = sum(one["path"].endswith("/activities") for one in new)
        made = len(new) - polls
        ratio = made / fewest
        self.record(
            "figure",
            f"{what}: {made} requests and {polls} polls; fewest possible {fewest};"
            f" ratio {ratio:.2f} (goal {goal:.2f})",
        )
        assert ratio <= goal, what

    def _calls(self) -> list[dict[str, str]]:
        calls = self.house.control("calls")["calls"]
        return [one for one in calls if one["path"].startswith("/v3/")]


def chamber() -> Files:
    random = Random(20)
    contacts = [
        {
            "contact_id": f"C{number}",
            "first_name": f"Given {number}",
            "last_name": f"Family {number % 701}",
            "primary_email": f"person{number}@members.example",
            "do_not_contact": "no",
            **dict.fromkeys(UNUSED, ""),
            "active": "yes",
        }
        for number in range(PEOPLE)
    ]
    lists = [
        {
            "list_id": f"L{number}",
            "name": f"List {number}",
            "kind": "list",
            "sync": "yes",
        }
        for number in range(LISTS)
    ]
    memberships = [
        {
            "list_id": f"L{one}",
            "contact_id": contact["contact_id"],
            "status": "active",
            "no_mass_email": "no",
        }
        for contact in contacts
        for one in random.sample(range(LISTS), random.randint(2, 4))
    ]
    return Files(contacts, lists, memberships)


def on_lists(files: Files) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = {}
    for name, mailboxes in files.expected().items():
        for mailbox in mailboxes:
            lists.setdefault(mailbox, set()).add(name)
    return lists


def rename(house: House, files: Files) -> set[str]:
    some = files.contacts[100 : 100 + PER_CENT]
    for row in some:
        row["first_name"] = f"Changed {row['contact_id']}"
    house.sql(
        "UPDATE directory_contact SET first_name = 'Changed ' || external_id"
        " WHERE external_id = ANY(%s)",
        [row["contact_id"] for row in some],
    )
    return {row["primary_email"] for row in some}


def leave(house: House, files: Files) -> set[str]:
    """A hundred people leave one list each, and stay on others."""
    places = {row["contact_id"]: row for row in reversed(files.memberships)}
    going = [places[row["contact_id"]] for row in files.contacts[300 : 300 + PER_CENT]]
    for row in going:
        files.memberships.remove(row)
    house.sql(
        "DELETE FROM directory_listmembership AS place"
        " USING directory_contact AS c, directory_contactlist AS l,"
        "       unnest(%s::text[], %s::text[]) AS going(contact, list)"
        " WHERE place.contact_id = c.id AND place.list_id = l.id"
        "   AND c.external_id = going.contact AND l.external_id = going.list",
        [row["contact_id"] for row in going],
        [row["list_id"] for row in going],
    )
    return {row["list_id"] for row in going}


def move(house: House, files: Files) -> set[str]:
    some = files.contacts[600 : 600 + PER_CENT]
    for row in some:
        row["primary_email"] = f"moved-{row['contact_id'].lower()}@members.example"
    house.sql(
        "UPDATE directory_emailaddress AS address"
        " SET typed = 'moved-' || lower(c.external_id) || '@members.example',"
        "     mailbox = 'moved-' || lower(c.external_id) || '@members.example'"
        " FROM directory_contact AS c"
        " WHERE address.contact_id = c.id AND c.external_id = ANY(%s)",
        [row["contact_id"] for row in some],
    )
    return {row["primary_email"] for row in some}


def fewest_for_names(renamed: set[str], files: Files) -> int:
    """Each by a read and a write; or a fresh read of all and imports, each onto one
    list: as few lists as have everybody."""
    lists = on_lists(files)
    return min(
        2 * len(renamed), PAGES + smallest_cover([lists[one] for one in renamed])
    )


def smallest_cover(sets: Iterable[set[str]]) -> int:
    sets = list(sets)
    everything = sorted(set().union(*sets))
    for size in range(1, len(everything) + 1):
        for some in combinations(everything, size):
            if all(one.intersection(some) for one in sets):
                return size
    raise AssertionError("somebody is on no list")


def fewest_for_lists(lists: set[str], files: Files) -> int:
    return len(lists)


def fewest_for_addresses(moved: set[str], files: Files) -> int:
    return 2 * len(moved)


DAYS: tuple[
    tuple[
        str,
        Callable[[House, Files], set[str]],
        Callable[[set[str], Files], int],
    ],
    ...,
] = (
    ("1 % renamed", rename, fewest_for_names),
    ("1 % leave a list", leave, fewest_for_lists),
    ("1 % change address", move, fewest_for_addresses),
)


def waiting(house: House) -> bool:
    """Is anything marked, or sent and not settled?"""
    counted = house.sql(
        "SELECT (SELECT count(*) FROM directory_mark)"
        " + (SELECT count(*) FROM ledger_operation"
        "     WHERE state IN ('planned', 'sending', 'accepted', 'unknown'))"
        " + (SELECT count(*) FROM ledger_run WHERE state = 'running')"
    )
    return bool(counted[0][0])
