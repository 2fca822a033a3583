"""What goes wrong is said, looked at and mended on the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.staff import Staff
from tests.journeys.town import BOARD, CROWD, NEWS, PEOPLE, Chamber, addresses
from tests.system.house import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def crowded(chamber: Chamber) -> Chamber:
    """Twenty-five people are on its newsletter's list, here and over there."""
    chamber.is_true(CROWD)
    return chamber


@pytest.fixture
def wiped(crowded: Chamber, staff: Staff) -> Chamber:
    """Somebody imports a file that has one person, and says that it is complete."""
    staff.opens("Settings")
    staff.follows("Import")
    staff.hands_over(*crowded.write_roll(CROWD[:1]), to="One or several files")
    staff.presses("Send, then look")
    staff.ticks("These files are complete")
    staff.presses("Show what it would do")
    staff.presses("Import")
    staff.sees("What came of it")
    assert crowded.there(NEWS) == addresses(crowded, *CROWD)
    staff.opens("Home")
    return crowded


def test_an_import_that_lacks_nearly_everybody_is_looked_at_and_discarded(
    wiped: Chamber, staff: Staff
) -> None:
    staff.sees("decision waits for you")
    staff.opens("Waiting for you")
    staff.follows("Look and decide about The directory")
    staff.sees("Bela Quay")
    staff.sees("contacts.csv: 25 new")
    listed = Path(staff.downloads("All of them as a file").path()).read_text()
    assert listed.count("@") == len(CROWD) - 1

    staff.presses("Discard")

    staff.sees("Nothing waits for you")
    staff.opens("Contacts")
    staff.sees("Bela Quay")
    assert wiped.there(NEWS) == addresses(wiped, *CROWD)


def test_an_import_that_lacks_nearly_everybody_may_be_right(
    wiped: Chamber, staff: Staff
) -> None:
    staff.follows("Look and decide")
    staff.follows("Look and decide about The directory")
    staff.types("24", into="Type the number")
    staff.presses("Approve")

    staff.sees("Nothing waits for you")
    wait_until(lambda: wiped.there(NEWS) == addresses(wiped, CROWD[0]))
    staff.opens("Waiting for you")
    staff.sees("Approved and done")
    staff.sees("Everything is true")


def test_access_that_was_revoked_is_given_again(
    true_chamber: Chamber, staff: Staff
) -> None:
    true_chamber.town.control("revoke", client_id="system-test")
    staff.opens("Lists & Committees")
    staff.follows(BOARD)
    staff.presses("Sync Now")
    staff.sees("Constant Contact no longer lets us in")

    staff.follows("Reconnect")
    staff.sees("Nothing is lost.")
    staff.presses("Reconnect")
    staff.chooses(true_chamber.name, of="Account")
    staff.presses("Log in")
    staff.presses("Allow")

    staff.sees("Connected")
    staff.sees("Everything is true")
    wait_until(lambda: true_chamber.there(NEWS) == addresses(true_chamber, *PEOPLE))
