"""Questions to the guards that differ in one thing only, and are answered otherwise."""

from __future__ import annotations

from attrs import asdict, evolve
from tests.core.guarding import (
    account,
    add,
    disable,
    emptying,
    guarded,
    held_by,
    item,
    list_of,
    people,
    remove,
)
from tests.core.shorthand import NAMED, SHORTER, A, B

from rollkeeper.core.changes import Agree, Cause
from rollkeeper.core.guards import (
    Deed,
    Figures,
    Guard,
    Limits,
    ListFigures,
    counts,
    fingerprint_of,
)
from rollkeeper.core.policy import DEFAULT
from rollkeeper.core.values import AudienceId


def test_a_hold_has_the_fingerprint_of_its_items() -> None:
    [held] = guarded(map(remove, people(51)), account()).held
    assert held.fingerprint == fingerprint_of(held.items)


def test_ending_somebody_who_refused_counts_no_more_than_taking_them_off() -> None:
    [one] = people(1)
    assert list(counts(disable(one, cause=Cause.NO_MASS_EMAILS), frozenset())) == []


def test_who_may_come_off_whatever_list_may_come_off_this_one() -> None:
    covered = [item(Deed.REMOVE, one) for one in people(60)]
    assert guarded(map(remove, people(60)), account(), approved=covered).held == ()


def test_who_may_join_some_list_may_not_join_any() -> None:
    [one] = people(1)
    named = frozenset({item(Deed.ADD, one)})
    assert list(counts(add(one), named)) == [item(Deed.ADD, one, A)]


def test_what_was_discarded_for_one_is_done_for_another() -> None:
    one, other = people(2)
    note = Agree(mailbox=one, audiences=frozenset(), person=NAMED, carried_by=None)
    changes = (emptying(one), disable(one), note)
    discarded = [
        item(deed, other, audience)
        for deed, audience in ((Deed.UPDATE, None), (Deed.REMOVE, A), (Deed.END, None))
    ]
    figures = account()
    assert guarded(changes, figures, discarded=discarded).allowed == changes


def test_fields_that_somebody_let_be_emptied_do_not_count() -> None:
    approved = [item(Deed.UPDATE, one) for one in people(51)]
    found = guarded(map(emptying, people(51)), account(1000), approved=approved)
    assert len(found.allowed) == 51


def test_a_field_that_was_empty_before_is_not_emptied() -> None:
    renaming = [
        evolve(emptying(one), before=SHORTER, person=evolve(SHORTER, first_name="New"))
        for one in people(99)
    ]
    assert guarded(renaming, account(1000)).held == ()


def test_the_last_list_is_no_reason_to_pass_a_changed_policy() -> None:
    found = guarded([disable(people(1)[0])], list_of(1000, rule_changed=True))
    assert held_by(found) == {Guard.RULE_CHANGED: 2}


def test_a_deleted_list_that_is_switched_off_asks_nothing() -> None:
    figures = list_of(2, list_deleted=True)
    found = guarded([remove(people(1)[0])], figures, policies={B: DEFAULT})
    assert found.held == ()


def test_a_hold_tells_what_was_done_already() -> None:
    [held] = guarded(map(remove, people(13)), list_of(1000, removed=40)).held
    assert (held.of, held.limit, held.already) == (1040, 52, 40)


def test_a_question_without_a_number_has_none() -> None:
    [emptied] = guarded([remove(people(1)[0])], list_of(1)).held
    [fields] = guarded(map(emptying, people(51)), account(1000)).held
    assert (emptied.limit, emptied.already, fields.already) == (0, 0, 0)


def test_a_list_that_nobody_counted_has_nobody() -> None:
    [held] = guarded([remove(people(1)[0], AudienceId(7))], account()).held
    assert (held.guard, held.of) == (Guard.EMPTIED_LIST, 0)


def test_one_who_comes_makes_up_for_one_who_goes_and_no_more() -> None:
    going, gone, coming = people(3)
    found = guarded([remove(going), remove(gone), add(coming)], list_of(1))
    assert held_by(found) == {Guard.EMPTIED_LIST: 2}


def test_what_may_be_done_within_a_day_when_nobody_said_otherwise() -> None:
    shares = {
        name: (share["percent"], share["least"], share["most"])
        for name, share in asdict(Limits()).items()
    }
    no_cap = 10**9
    assert shares == {
        "removals_of_list": (5, 5, 200),
        "removals_of_account": (3, 10, 500),
        "adds_of_list": (20, 50, 2000),
        "emptied_fields": (5, 5, 200),
        "left_at_once": (5, 5, no_cap),
        "source_fall": (10, 5, no_cap),
    }


def test_whoever_has_few_people_may_end_three() -> None:
    assert [Limits().endings(people) for people in (0, 100, 1000)] == [3, 3, 7]


def test_figures_tell_of_nothing_done_unless_they_are_told() -> None:
    one = ListFigures(members=3)
    assert (one.removed, one.added, one.filled) == (0, 0, True)
    assert (one.rule_changed, one.list_deleted) == (False, False)
    whole = Figures(lists={}, people=3)
    assert (whole.removed, whole.ended, whole.refusing) == (0, 0, False)
