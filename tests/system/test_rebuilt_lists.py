"""A list of 5,000 is made anew, as "all removed and recreated" asks for: nobody who
stays is off it for a moment, whenever one looks (S35, S36, S39)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve
from tests.system.house import Files, House
from tests.system.watching import Watch, watched

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE, CHANGING = 5_000, 1_000
STRANGERS = ("old@friend.example", "older@friend.example")


def test_a_list_made_anew_is_never_smaller_than_who_stays(
    house: House, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    before, after = a_chamber(range(PEOPLE)), a_chamber(range(CHANGING, PEOPLE + 1000))
    watch = Watch(look=lambda: len(house.lists_over_there().get("News", set())))
    with watched(house.twin, watch) as address:
        seen_through = evolve(house, twin=address)
        import_(seen_through, before, tmp_path)
        seen_through.connect()
        seen_through.rollkeeper("sync", "--wait")
        seen_through.rollkeeper("policy", "News", "--preset", "replace", "--yes")
        for stranger in STRANGERS:
            house.control("hand_add", address=stranger, lists=["News"])
        empty_here(house)
        import_(seen_through, after, tmp_path)
        watch.sizes.clear()

        seen_through.rollkeeper("sync", "--audience", "News", "--wait", status=3)
        seen_through.approve_everything()
        seen_through.rollkeeper("sync", "--audience", "News", "--wait")

    assert house.lists_over_there() == after.expected()
    stay = PEOPLE - CHANGING
    record_property(
        "figure",
        f"a list of {PEOPLE:,} made anew, {stay:,} of them stay: at least"
        f" {min(watch.sizes):,} were on it after each of {len(watch.sizes)} requests",
    )
    assert min(watch.sizes) >= stay


def a_chamber(on_the_list: range) -> Files:
    everybody = range(PEOPLE + CHANGING)
    return Files(
        contacts=[
            {
                "contact_id": f"c{number}",
                "member_id": "",
                "first_name": f"Given {number}",
                "last_name": f"Family {number}",
                "title": "",
                "company": "",
                "phone": "",
                "active": "yes",
                "do_not_contact": "no",
                "primary_email": f"person{number}@members.example",
                "other_emails": "",
            }
            for number in everybody
        ],
        lists=[{"list_id": "l1", "name": "News", "kind": "group", "sync": "yes"}],
        memberships=[
            {
                "list_id": "l1",
                "contact_id": f"c{number}",
                "status": "active",
                "no_mass_email": "no",
            }
            for number in on_the_list
        ],
    )


def import_(house: House, files: Files, folder: Path) -> None:
    files.write(folder)
    house.rollkeeper("import", *(str(one) for one in sorted(folder.glob("*.csv"))))


def empty_here(house: House) -> None:
    """Empty the list in the directory, as the old program did before it refilled it."""
    house.sql("DELETE FROM directory_listmembership")
