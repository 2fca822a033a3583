"""Addresses changed over there: what is decided of the one here and the one there."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.core.shorthand import (
    EVERYWHERE_LIVE,
    ME,
    REPLACE,
    A,
    B,
    gone,
    had,
    moved,
    shows,
    views,
    wants,
)

from rollkeeper.core.changes import Cause, Disable, Hold, Left, Readdress, Remove
from rollkeeper.core.decide import decide
from rollkeeper.core.policy import Policies
from rollkeeper.core.values import Mailbox
from rollkeeper.core.views import Desired, Observed, Permission, Stop, Synced

THERE = Mailbox("home@members.example")
GIVEN_THERE = evolve(gone(None), stays=frozenset({A}))
ASK = Hold(mailbox=ME, audiences=frozenset({A}), cause=Cause.READDRESSED_OVER_THERE)


@pytest.mark.parametrize(
    ("observed", "synced"),
    [
        pytest.param(None, None, id="never heard of"),
        pytest.param(shows(permission=Permission.DELETED), had(A), id="it was ours"),
        pytest.param(shows(permission=Permission.DELETED), had(), id="and claims none"),
    ],
)
def test_the_address_here_waits_for_a_person(
    observed: Observed | None, synced: Synced | None
) -> None:
    case = evolve(views(wants(A), observed, synced), known_as=THERE)
    assert decide(case, EVERYWHERE_LIVE) == (ASK,)


def test_nobody_else_moves_to_the_address_here_meanwhile() -> None:
    case = views(wants(A), moved_from=moved(shows(A), had(A)))
    assert isinstance(decide(case, EVERYWHERE_LIVE)[0], Readdress)
    assert decide(evolve(case, known_as=THERE), EVERYWHERE_LIVE) == (ASK,)


def test_an_address_that_is_over_there_as_well_is_no_question() -> None:
    case = evolve(views(wants(A), shows(A), had(A)), known_as=THERE)
    assert decide(case, EVERYWHERE_LIVE) == ()


@pytest.mark.parametrize("policies", [EVERYWHERE_LIVE, REPLACE])
@pytest.mark.parametrize("synced", [had(A), had(), None])
def test_the_address_there_stays_under_every_policy(
    synced: Synced | None, policies: Policies
) -> None:
    assert decide(views(GIVEN_THERE, shows(A), synced), policies) == ()


def test_it_leaves_the_lists_that_its_contact_is_not_on() -> None:
    (change,) = decide(views(GIVEN_THERE, shows(A, B), had(A, B)), EVERYWHERE_LIVE)
    assert isinstance(change, Remove)
    assert change.audiences == {B}
    assert change.cause is Cause.NOT_WANTED


def test_it_is_not_ended_while_its_contact_is_on_any_list() -> None:
    (change,) = decide(views(GIVEN_THERE, shows(B), had(B)), EVERYWHERE_LIVE)
    assert isinstance(change, Remove)


def test_a_list_that_it_left_over_there_is_left() -> None:
    changes = decide(views(GIVEN_THERE, shows(), had(A)), EVERYWHERE_LIVE)
    assert changes == (Left(mailbox=ME, audiences=frozenset({A})),)


@pytest.mark.parametrize("stop", list(Stop))
def test_a_word_against_all_mail_holds_for_it(stop: Stop) -> None:
    desired: Desired = evolve(GIVEN_THERE, stop=stop)
    (change,) = decide(views(desired, shows(A), had(A)), EVERYWHERE_LIVE)
    expected = Disable if stop is Stop.DO_NOT_CONTACT else Remove
    assert isinstance(change, expected)
