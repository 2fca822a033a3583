from __future__ import annotations

from tests.docs.pages import text_of

from rollkeeper.engine.words import GUARDS


def test_staff_can_read_what_to_do_about_everything_that_waits() -> None:
    rows = [line for line in text_of("docs/holds.md").splitlines() if line[:1] == "|"]
    told = [row.split("|")[1].strip() for row in rows[2:]]

    assert told == list(GUARDS.values())
