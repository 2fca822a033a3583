"""What ended on a list, and mailboxes that nobody has any more."""

from __future__ import annotations

import pytest
from tests.core.test_eligibility import (
    ACTIVE,
    AUDIENCES,
    BOARD,
    CHOIR,
    DISABLED,
    LEFT,
    MUTED,
    a_holder,
    wish,
)

from rollkeeper.core.eligibility import Holder, StandingOnList, orphaned
from rollkeeper.core.values import ListId, Person
from rollkeeper.core.views import Desired, Gone, Stop


@pytest.mark.parametrize(
    ("holders", "off"),
    [
        ([a_holder(standings={CHOIR: DISABLED})], {CHOIR}),
        ([a_holder(standings={CHOIR: MUTED, BOARD: ACTIVE})], {CHOIR}),
        ([a_holder(standings={CHOIR: LEFT})], {CHOIR}),
        ([a_holder(standings={})], set()),
        ([a_holder(standings={CHOIR: DISABLED}), a_holder(2)], set()),
    ],
    ids=["disabled", "muted", "left", "not on it", "another carries it"],
)
def test_a_list_is_off_when_somebody_ended_it_there(
    holders: list[Holder], off: set[ListId]
) -> None:
    assert wish(*holders).off == {AUDIENCES[one] for one in off}


def test_who_stands_on_a_list_is_neither_disabled_nor_muted_nor_gone() -> None:
    assert StandingOnList() == StandingOnList(
        disabled=False, no_mass_email=False, left=False
    )


@pytest.mark.parametrize(
    ("do_not_contact", "refused", "stop"),
    [
        (False, False, None),
        (False, True, Stop.NO_MASS_EMAILS),
        (True, False, Stop.DO_NOT_CONTACT),
        (True, True, Stop.DO_NOT_CONTACT),
    ],
)
def test_what_its_contact_said_holds_for_a_mailbox_that_nobody_has(
    do_not_contact: bool, refused: bool, stop: Stop | None
) -> None:
    told = orphaned(gone=Gone.MOVED, do_not_contact=do_not_contact, refused=refused)
    assert told == Desired(
        audiences=frozenset(),
        person=Person(),
        carried_by=None,
        stop=stop,
        gone=Gone.MOVED,
    )
