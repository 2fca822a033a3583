"""A week of somebody on a chamber's staff, by mouse, then by keyboard alone."""

from __future__ import annotations

import pytest
from tests.journeys.staff import Staff
from tests.journeys.town import BOARD, NEWS, PEOPLE, Chamber, addresses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_wednesday_who_asks_for_no_more_mail_is_gone_over_there(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Contacts")
    staff.types("quay", into="Search")
    staff.sees("1 contact")
    staff.presses("Bela Quay")

    staff.presses("Do Not Contact")

    staff.sees("No newsletter goes to")
    staff.sees("Everything is true")
    others = [one for one in PEOPLE if one != "Bela Quay"]
    assert true_chamber.there(NEWS) == addresses(true_chamber, *others)
    assert true_chamber.there(BOARD) == addresses(true_chamber, "Ada Harbor")


def test_thursday_is_it_true_before_the_newsletter_goes_out(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Lists")
    staff.presses(NEWS)
    staff.sees("Addresses at Constant Contact because of us")

    staff.presses("Sync Now")

    staff.sees("Finished just now")
    staff.sees("Everything is true")
    assert true_chamber.there(NEWS) == addresses(true_chamber, *PEOPLE)


def test_friday_a_committee_is_closed_and_no_longer_kept_true(
    true_chamber: Chamber, staff: Staff
) -> None:
    staff.opens("Lists")
    staff.presses(BOARD)
    staff.presses("Synchronize this list with Constant Contact")
    staff.sees("Off: nothing of this list is sent.")

    staff.opens("Contacts")
    staff.presses("Ada Harbor")
    staff.unfolds(f"Change how Ada Harbor stands on {BOARD}")
    staff.presses("Take off this list", of=BOARD)

    staff.sees("Everything is true")
    board = addresses(true_chamber, "Ada Harbor", "Bela Quay")
    assert true_chamber.there(BOARD) == board
