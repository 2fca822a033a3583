"""What was done is read the next morning, and taken along as a file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.journeys.staff import Staff
from tests.journeys.town import BOARD, PEOPLE, Chamber, addresses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_in_the_morning_the_report_of_the_night_is_read(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Settings")
    staff.follows("What you are told")
    staff.chooses("Each time", of="Nightly run report")
    staff.presses("Save")
    staff.sees("Saved")
    stranger = "stranger@elsewhere.example"
    account = true_chamber.account
    true_chamber.town.control(
        "hand_add", address=stranger, lists=[BOARD], account=account
    )
    true_chamber.has_a_night()

    staff.opens("Notices")
    staff.waits_to_see("1 notice you have not seen")
    staff.follows("Nightly run of")
    staff.sees("Everything was compared with Constant Contact")
    staff.sees("1 put on lists over there by somebody else")
    staff.follows("Open what it is about")

    staff.sees("By the night")
    assert stranger in staff.reads("Changed over there meanwhile")
    assert BOARD in staff.reads("Changed over there meanwhile")
    assert true_chamber.there(BOARD) == {
        stranger,
        *addresses(true_chamber, *PEOPLE[:2]),
    }
    staff.sees("Addresses at Constant Contact because of us")
    staff.opens("Notices")
    staff.sees("Nothing new")


def test_those_who_were_ticked_are_taken_along_as_a_file(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Contacts")
    staff.ticks("Tick Ada Harbor")
    staff.sees("1 contact ticked")
    staff.types("pier", into="Search")
    staff.sees_no_more("Ada Harbor")
    staff.ticks("Tick Cleo Pier")
    staff.sees("2 contacts ticked")

    staff.presses("Export those ticked")
    staff.ticks("Mailchimp")
    file = staff.downloads("Download the file")

    with Path(file.path()).open(encoding="utf-8-sig", newline="") as opened:
        written = {next(iter(row.values())) for row in csv.DictReader(opened)}
    assert written == addresses(true_chamber, "Ada Harbor", "Cleo Pier")
