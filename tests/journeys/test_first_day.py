"""The first day: from an empty chamber to lists that are true over there."""

from __future__ import annotations

import pytest
from tests.journeys.staff import Staff
from tests.journeys.town import BOARD, NEWS, PEOPLE, Chamber, addresses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_files_an_account_four_steps_and_everything_is_true(
    chamber: Chamber, staff: Staff
) -> None:
    staff.follows("Import files")
    staff.hands_over(*chamber.write_roll(sync="no"), to="One or several files")
    staff.presses("Send, then look")
    staff.presses("Show what it would do")
    staff.presses("Import")
    staff.sees("What came of it")
    staff.follows("What comes next")

    staff.follows("Connect Constant Contact")
    staff.presses("Connect")
    staff.chooses(chamber.name, of="Account")
    staff.presses("Log in")
    staff.presses("Allow")
    staff.sees("Connected to")
    staff.opens("Home")

    staff.follows("Choose lists")
    staff.ticks(NEWS)
    staff.ticks(BOARD)
    staff.presses("Save, then look at the account")
    staff.follows("Look at what it would do")
    assert chamber.there(NEWS) == set()
    staff.presses("Start the first sync")

    staff.sees("Everything is true")
    assert chamber.there(NEWS) == addresses(chamber, *PEOPLE)
    assert chamber.there(BOARD) == addresses(chamber, *PEOPLE[:2])
