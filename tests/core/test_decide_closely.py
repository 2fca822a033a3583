"""Cases of the table that differ in one thing only, and come out otherwise."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.core.shorthand import (
    EVERYWHERE_LIVE,
    HOLDER,
    ID,
    KEEP_LAST,
    ME,
    NAMED,
    OLD,
    OTHER,
    RENAMED,
    RESTORE,
    SHORTER,
    A,
    B,
    C,
    had,
    moved,
    shows,
    stopped,
    views,
    wants,
)

from rollkeeper.core.changes import (
    Add,
    Agree,
    Cause,
    Change,
    Disable,
    Hold,
    Left,
    Remove,
    Update,
)
from rollkeeper.core.decide import EACH, FIRST, decide
from rollkeeper.core.policy import LIVE, NIGHTLY, Parting, Policies
from rollkeeper.core.situation import Situation
from rollkeeper.core.values import AudienceId, Person
from rollkeeper.core.views import Desired, Permission, Stop, Views

DELETED = shows(permission=Permission.DELETED)
OUT = shows(permission=Permission.UNSUBSCRIBED)
MUTED = stopped(Stop.NO_MASS_EMAILS)
RESTORED_AND_LIVE = {**EVERYWHERE_LIVE, **RESTORE}


def kinds(case: Views, policies: Policies = EVERYWHERE_LIVE) -> list[type[Change]]:
    return [type(change) for change in decide(case, policies)]


def only(case: Views, policies: Policies = EVERYWHERE_LIVE) -> Change:
    (change,) = decide(case, policies)
    return change


def looked_at(case: Views, policies: Policies = EVERYWHERE_LIVE) -> Situation:
    return Situation(views=case, policies=policies)


def staying(desired: Desired, *audiences: AudienceId) -> Desired:
    return evolve(desired, stays=frozenset(audiences))


def test_the_rows_are_numbered_in_their_order() -> None:
    assert [row.number for row in (*FIRST, *EACH)] == list(range(1, 17))


def test_who_is_there_by_either_address_is_not_held() -> None:
    case = evolve(views(wants(A), shows(A), had(A)), known_as=OLD)
    assert decide(case, EVERYWHERE_LIVE) == ()


def test_who_got_another_address_over_there_is_held_and_not_brought_twice() -> None:
    held = only(evolve(views(wants(A)), known_as=OLD))
    assert held == Hold(
        mailbox=ME, audiences=frozenset({A}), cause=Cause.READDRESSED_OVER_THERE
    )


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(
            views(wants(A, B), shows(A, person=RENAMED), had(A)), Add, id="joins"
        ),
        pytest.param(
            views(wants(A, person=RENAMED), shows(A, person=SHORTER), had(A)),
            Update,
            id="is renamed",
        ),
    ],
)
def test_a_name_is_not_restored_while_something_else_writes_it(
    case: Views, expected: type[Change]
) -> None:
    assert kinds(case, RESTORED_AND_LIVE) == [expected]


def test_who_is_on_nothing_is_not_ended() -> None:
    assert decide(views(wants(), shows(), had()), EVERYWHERE_LIVE) == ()


def test_who_is_wanted_nowhere_leaves_whatever_their_old_address_did() -> None:
    case = views(wants(), shows(A), had(A), moved_from=moved(OUT, had(A)))
    assert kinds(case) == [Disable]


def test_one_we_told_and_who_vanished_gets_no_other_contact_over_there() -> None:
    case = views(wants(A), None, had(A), moved_from=moved(shows(A), had(A)))
    assert kinds(case) == [Hold]


def test_one_deleted_before_we_knew_is_brought_whatever_became_of_the_old() -> None:
    case = views(wants(A), DELETED, moved_from=moved(DELETED, had(B)))
    assert kinds(case) == [Add]


def test_who_stays_on_a_list_and_is_not_there_has_left_it() -> None:
    case = views(staying(wants(B), A), shows(B), had(A, B))
    assert only(case) == Left(mailbox=ME, audiences=frozenset({A}))


def test_who_stays_is_kept() -> None:
    case = views(staying(wants(), A), shows(A), had(A))
    assert decide(case, EVERYWHERE_LIVE) == ()
    assert looked_at(case).parting(A) is Parting.KEEP


def test_a_refusal_takes_off_who_would_have_stayed() -> None:
    case = views(staying(MUTED, A), shows(A), had(A))
    assert kinds(case) == [Remove]
    assert looked_at(case).parting(A) is Parting.REMOVE


def test_who_stays_on_another_list_is_taken_off_this_one_and_not_ended() -> None:
    case = views(staying(wants(), C), shows(A), had(A))
    assert kinds(case) == [Remove]


def test_who_stays_somewhere_leaves_the_rest_at_once() -> None:
    case = views(wants(C), shows(A, B, C), had(A, B, C))
    assert only(case, {**EVERYWHERE_LIVE, **KEEP_LAST}) == Remove(
        mailbox=ME,
        provider_id=ID,
        audiences=frozenset({A, B}),
        cause=Cause.NOT_WANTED,
    )


def test_who_is_unknown_leaves_nothing_and_agreed_on_nothing() -> None:
    unknown = looked_at(views(wants()))
    assert not unknown.ends_all
    assert unknown.agreed == Person()


def test_a_name_that_we_never_told_was_not_edited() -> None:
    case = views(wants(A), shows(A, person=RENAMED))
    assert not looked_at(case, RESTORED_AND_LIVE).edited


@pytest.mark.parametrize(
    ("desired", "expected"),
    [
        pytest.param(wants(A, B), Add, id="an add names the carrier"),
        pytest.param(wants(A, person=RENAMED), Update, id="so does an update"),
        pytest.param(wants(A), Agree, id="else it is noted"),
    ],
)
def test_another_carrier_is_told_once(desired: Desired, expected: type[Change]) -> None:
    case = evolve(views(None, shows(A), had(A, carried_by=OTHER)), desired=desired)
    assert kinds(case) == [expected]


def test_who_unsubscribed_keeps_no_claim_but_what_was_ours_and_is_there() -> None:
    there = shows(A, B, permission=Permission.UNSUBSCRIBED)
    assert only(views(wants(A), there, had(A, C))) == Agree(
        mailbox=ME, audiences=frozenset({A}), person=NAMED, carried_by=HOLDER
    )


def test_a_list_that_keeps_beside_one_that_ends_is_left_alone() -> None:
    case = views(wants(), shows(A, B), had(A, B))
    assert only(case, {A: LIVE, B: NIGHTLY}) == Remove(
        mailbox=ME, provider_id=ID, audiences=frozenset({A}), cause=Cause.NOT_WANTED
    )
