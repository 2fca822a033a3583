"""What may go on and what waits for a person: RELIABILITY section 4."""

from __future__ import annotations

import pytest
from attrs import evolve
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

from rollkeeper.core.changes import (
    Agree,
    Cause,
    Change,
    Hold,
    Left,
    Remove,
)
from rollkeeper.core.guards import (
    Deed,
    Guard,
    ListFigures,
    counts,
)
from rollkeeper.core.policy import DEFAULT, LIVE
from rollkeeper.core.values import AudienceId, Mailbox


def test_up_to_the_limit_people_come_off_a_list_unasked() -> None:
    found = guarded(map(remove, people(50)), account())
    assert len(found.allowed) == 50
    assert found.held == ()


def test_over_it_all_of_them_wait() -> None:  # I24
    found = guarded(map(remove, people(51)), account())
    assert found.allowed == ()
    [held] = found.held
    assert (held.guard, held.audience) == (Guard.REMOVALS_OF_LIST, A)
    assert (len(held.items), held.of, held.limit, held.already) == (51, 1000, 50, 0)
    assert set(held.causes) == {Cause.NOT_WANTED}


@pytest.mark.parametrize(
    ("already", "planned", "holds"), [(40, 12, False), (40, 13, True)]
)
def test_what_was_done_within_a_day_counts(
    already: int, planned: int, holds: bool
) -> None:
    figures = list_of(1000, removed=already)  # 1,040 before: 52 may go
    found = guarded(map(remove, people(planned)), figures)
    assert bool(found.held) is holds


def test_adds_go_on_while_removals_wait() -> None:
    joining = [add(one) for one in people(3, start=500)]
    found = guarded([*map(remove, people(51)), *joining], account())
    assert found.allowed == tuple(joining)


def test_other_lists_go_on_too() -> None:
    leaving = [remove(one, A, B) for one in people(51)]
    figures = list_of(1000)
    figures = evolve(figures, lists={**figures.lists, B: ListFigures(members=9000)})
    found = guarded(leaving, figures)
    assert {one.audiences for one in found.allowed if isinstance(one, Remove)} == {
        frozenset({B})
    }
    assert held_by(found) == {Guard.REMOVALS_OF_LIST: 51}


def test_somebody_to_be_ended_waits_as_a_whole_with_the_list() -> None:
    found = guarded(map(disable, people(51)), account())
    assert found.allowed == ()
    assert held_by(found) == {Guard.REMOVALS_OF_LIST: 102}


def test_the_ending_of_who_waits_for_a_list_is_no_question_of_its_own() -> None:
    few = evolve(account(1000), lists={A: ListFigures(members=10)})
    found = guarded(map(disable, people(8)), few)
    assert held_by(found) == {Guard.REMOVALS_OF_LIST: 16}


def test_the_account_has_a_limit_in_people_not_in_memberships() -> None:
    leaving = [remove(one, A, B) for one in people(30)]
    assert guarded(leaving, account(1000)).held == ()
    found = guarded([*leaving, remove(Mailbox("q@x.example"))], account(1000))
    assert found.allowed == ()
    [held] = found.held
    assert (held.guard, held.audience) == (Guard.REMOVALS_OF_ACCOUNT, None)
    assert (len(held.items), held.of, held.limit, held.already) == (61, 1000, 30, 0)


def test_what_a_list_holds_does_not_count_for_the_account() -> None:
    leaving = [*map(remove, people(51)), *(remove(one, B) for one in people(30, 60))]
    found = guarded(leaving, account(1000))
    assert len(found.allowed) == 30
    assert held_by(found) == {Guard.REMOVALS_OF_LIST: 51}


def test_removals_of_the_account_are_remembered_for_a_day() -> None:
    figures = account(1000, removed=21)  # 1,021 people before: 30 may go
    assert guarded(map(remove, people(9)), figures).held == ()
    [held] = guarded(map(remove, people(10)), figures).held
    assert (held.of, held.limit, held.already) == (1021, 30, 21)


def test_few_may_be_ended_though_more_may_leave() -> None:
    going = [disable(one) for one in people(7)]
    assert guarded(going, account(1000)).held == ()
    found = guarded([*going, disable(Mailbox("q@x.example"))], account(1000))
    assert found.allowed == ()  # off the last list, nothing would end them later
    [held] = found.held
    assert (held.guard, len(held.items)) == (Guard.ENDINGS, 16)
    assert (held.of, held.limit, held.already) == (1000, 7, 0)


def test_endings_are_remembered_for_a_day() -> None:
    going = [disable(one) for one in people(4)]
    assert guarded(going, account(1000, ended=3)).held == ()
    assert held_by(guarded(going, account(1000, ended=4))) == {Guard.ENDINGS: 8}


def test_do_not_contact_comes_off_the_lists_while_the_ending_waits() -> None:
    found = guarded(
        [disable(one, cause=Cause.DO_NOT_CONTACT) for one in people(8)], account(1000)
    )
    assert found.allowed == tuple(
        remove(one, cause=Cause.DO_NOT_CONTACT) for one in people(8)
    )
    assert held_by(found) == {Guard.ENDINGS: 8}


def test_who_refused_by_themselves_is_never_held() -> None:
    refusing = [remove(one, cause=Cause.NO_MASS_EMAILS) for one in people(1000)]
    assert guarded(refusing, account(1000)).held == ()
    assert list(counts(refusing[0], frozenset())) == []


def test_a_list_is_not_emptied_however_short() -> None:
    found = guarded([remove(people(1)[0])], list_of(1))
    [held] = found.held
    assert (held.guard, held.of, held.limit) == (Guard.EMPTIED_LIST, 1, 0)
    assert guarded([remove(people(1)[0])], list_of(2)).held == ()


def test_do_not_contact_empties_a_list_if_it_must() -> None:
    going, staying = people(2)
    change = disable(going, cause=Cause.DO_NOT_CONTACT)
    for figures in (list_of(1), list_of(2, rule_changed=True)):
        assert guarded([change], figures).held == ()
    found = guarded([change, remove(staying)], list_of(2))
    assert found.allowed == (change,)
    assert held_by(found) == {Guard.EMPTIED_LIST: 1}


def test_too_many_who_must_not_be_contacted_wait_all_the_same() -> None:
    changes = [disable(one, cause=Cause.DO_NOT_CONTACT) for one in people(51)]
    assert guarded(changes, account()).allowed == ()


def test_a_list_that_gets_somebody_else_is_not_emptied() -> None:
    going, coming = people(2)
    assert guarded([remove(going), add(coming)], list_of(1)).held == ()


def test_who_left_over_there_is_not_on_the_list_either() -> None:
    going, away = people(2)
    left = Left(mailbox=away, audiences=frozenset({A}))
    assert held_by(guarded([remove(going), left], list_of(2))) == {
        Guard.EMPTIED_LIST: 1
    }


def test_adds_over_the_limit_wait() -> None:
    found = guarded(map(add, people(201)), account())
    assert found.allowed == ()
    [held] = found.held
    assert (held.guard, held.audience) == (Guard.ADDS_OF_LIST, A)
    assert (len(held.items), held.of, held.limit, held.already) == (201, 1000, 200, 0)
    assert guarded(map(add, people(200)), account()).held == ()


def test_adds_of_a_day_count_together() -> None:
    assert guarded(map(add, people(100)), list_of(1000, added=100)).held == ()
    assert guarded(map(add, people(101)), list_of(1000, added=100)).held != ()


def test_a_list_that_was_never_filled_takes_everybody() -> None:
    assert guarded(map(add, people(5000)), list_of(0, filled=False)).held == ()


def test_a_list_that_nobody_counted_yet_was_never_filled() -> None:
    assert (
        guarded([add(one, AudienceId(7)) for one in people(99)], account()).held == ()
    )


def test_a_field_emptied_for_many_waits() -> None:
    assert guarded(map(emptying, people(50)), account(1000)).held == ()
    found = guarded(map(emptying, people(51)), account(1000))
    assert found.allowed == ()
    [held] = found.held
    assert (held.guard, held.audience) == (Guard.EMPTIED_FIELDS, None)
    assert (len(held.items), held.of, held.limit) == (51, 1000, 50)


def test_names_that_are_only_changed_do_not_wait() -> None:
    renaming = [
        evolve(emptying(one), person=NAMED, before=SHORTER) for one in people(99)
    ]
    assert guarded(renaming, account(1000)).allowed == tuple(renaming)


def test_the_first_removals_of_a_changed_policy_wait() -> None:
    found = guarded([remove(people(1)[0])], list_of(1000, rule_changed=True))
    assert held_by(found) == {Guard.RULE_CHANGED: 1}


@pytest.mark.parametrize(
    ("policy", "holds"),
    [(DEFAULT, {Guard.LIST_DELETED: 2}), (LIVE, {})],
    ids=["ask", "delete"],
)
def test_a_deleted_list_is_emptied_by_its_policy(  # S31
    policy: object, holds: dict[Guard, int]
) -> None:
    found = guarded(
        map(remove, people(2)),
        list_of(2, list_deleted=True),
        policies={A: policy},  # type: ignore[dict-item]  # a Policy
    )
    assert held_by(found) == holds


def test_many_who_vanish_at_once_wait_for_a_judgement() -> None:
    left = [Left(mailbox=one, audiences=frozenset({A})) for one in people(51)]
    assert guarded(left[:50], account()).allowed == tuple(left[:50])
    [held] = guarded(left, account()).held
    assert (held.guard, held.audience, len(held.items)) == (Guard.LEFT_AT_ONCE, A, 51)
    assert (held.of, held.limit, held.already) == (1000, 50, 0)


def test_deleted_over_there_always_waits() -> None:
    one = Hold(
        mailbox=people(1)[0],
        audiences=frozenset({A, B}),
        cause=Cause.DELETED_OVER_THERE,
    )
    found = guarded([one], account())
    assert found.allowed == ()
    assert held_by(found) == {Guard.DELETED_OVER_THERE: 2}
    let_go = [item(Deed.ADD, one.mailbox, A), item(Deed.ADD, one.mailbox, B)]
    assert guarded([one], account(), discarded=let_go).held == ()


def test_a_refusing_provider_gets_nothing_more_but_removals() -> None:
    leaving, joining, changing = people(3)
    renaming = evolve(emptying(changing), person=NAMED)
    changes: list[Change] = [remove(leaving), add(joining), renaming]
    found = guarded(changes, account(refusing=True))
    assert found.allowed == (changes[0],)
    assert held_by(found) == {Guard.REFUSALS: 2}


def test_notes_that_cost_nothing_pass() -> None:
    note = Agree(
        mailbox=people(1)[0], audiences=frozenset(), person=NAMED, carried_by=None
    )
    assert guarded([note], account(refusing=True)).allowed == (note,)
