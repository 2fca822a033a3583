"""A week of somebody on a chamber's staff, by mouse, then by keyboard alone."""

from __future__ import annotations

import pytest
from tests.journeys.staff import Staff
from tests.journeys.town import BOARD, NEWS, PEOPLE, Chamber, address, addresses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_monday_a_new_member_and_its_contact_are_on_the_list_within_seconds(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Members")
    staff.follows("New member")
    staff.types("Buoy & Sons", into="Name")
    staff.presses("Save")
    staff.follows("Add a contact")
    staff.types("Fritz", into="First name")
    staff.types("Buoy", into="Last name")
    staff.types(address(true_chamber, "Fritz Buoy"), into="Primary address")
    staff.presses("Save")

    staff.chooses(NEWS, of="Put on")
    staff.presses("Put on list")
    staff.sees("Active")

    staff.waits_to_see("Is on the list at Constant Contact")
    everybody = addresses(true_chamber, *PEOPLE, "Fritz Buoy")
    assert true_chamber.there(NEWS) == everybody


def test_tuesday_why_is_this_person_not_on_the_list(
    true_chamber: Chamber, staff: Staff
) -> None:
    true_chamber.disable("Cleo Pier", NEWS)
    staff.opens("Contacts")
    staff.types("cleo", into="Search")
    staff.sees("1 contact")
    staff.follows("Cleo Pier")
    staff.sees("disabled in the list")

    staff.unfolds(f"Change how Cleo Pier stands on {NEWS}")
    staff.ticks("Active")
    staff.presses("Save")

    staff.waits_to_see("Is on the list at Constant Contact")
    assert true_chamber.there(NEWS) == addresses(true_chamber, *PEOPLE)


def test_wednesday_who_asks_for_no_more_mail_is_gone_over_there(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Contacts")
    staff.types("quay", into="Search")
    staff.sees("1 contact")
    staff.follows("Bela Quay")

    staff.presses("Do Not Contact")

    staff.sees("No newsletter goes to")
    staff.sees("Everything is true")
    others = [one for one in PEOPLE if one != "Bela Quay"]
    assert true_chamber.there(NEWS) == addresses(true_chamber, *others)
    assert true_chamber.there(BOARD) == addresses(true_chamber, "Ada Harbor")


def test_thursday_is_it_true_before_the_newsletter_goes_out(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Lists & Committees")
    staff.follows(NEWS)
    staff.sees("Addresses at Constant Contact because of us")

    staff.presses("Sync Now")

    staff.sees("Finished just now")
    staff.sees("Everything is true")
    assert true_chamber.there(NEWS) == addresses(true_chamber, *PEOPLE)


def test_friday_a_committee_is_closed_and_no_longer_kept_true(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Lists & Committees")
    staff.follows(BOARD)
    staff.presses("Synchronize this list with Constant Contact")
    staff.sees("Off: nothing of this list is sent.")

    staff.opens("Contacts")
    staff.follows("Ada Harbor")
    staff.unfolds(f"Change how Ada Harbor stands on {BOARD}")
    staff.presses("Take off this list", of=BOARD)

    staff.sees("Everything is true")
    board = addresses(true_chamber, "Ada Harbor", "Bela Quay")
    assert true_chamber.there(BOARD) == board
