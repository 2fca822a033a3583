"""What may go on and what waits for a person: RELIABILITY section 4."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from attrs import evolve
from tests.core.shorthand import NAMED, SHORTER, A, B

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
from rollkeeper.core.guards import (
    Deed,
    Figures,
    Guard,
    Guarded,
    Item,
    Limits,
    ListFigures,
    fingerprint_of,
    guard,
    items_of,
)
from rollkeeper.core.guards.guard import counts
from rollkeeper.core.policy import DEFAULT, LIVE, Policies
from rollkeeper.core.values import AudienceId, ContactId, Mailbox

MANY = 10**6
"""So many people that the account's own limits are far away."""


def people(count: int, start: int = 0) -> list[Mailbox]:
    return [Mailbox(f"p{number}@x.example") for number in range(start, start + count)]


def remove(
    mailbox: Mailbox, *audiences: AudienceId, cause: Cause | None = None
) -> Remove:
    return Remove(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset(audiences or {A}),
        cause=cause or Cause.NOT_WANTED,
    )


def disable(
    mailbox: Mailbox, *audiences: AudienceId, cause: Cause = Cause.NO_LIST_LEFT
) -> Disable:
    return Disable(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset(audiences or {A}),
        cause=cause,
    )


def add(mailbox: Mailbox, *audiences: AudienceId) -> Add:
    return Add(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset(audiences or {A}),
        person=NAMED,
        carried_by=ContactId(1),
        cause=Cause.JOINED,
        renames=True,
    )


def emptying(mailbox: Mailbox) -> Update:
    return Update(
        mailbox=mailbox,
        provider_id=None,
        audiences=frozenset({A}),
        person=SHORTER,
        before=NAMED,
        carried_by=ContactId(1),
    )


def account(people: int = MANY, **figures: int | bool) -> Figures:
    """An account with lists A and B of 1,000 each."""
    each = ListFigures(members=1000)
    return Figures(lists={A: each, B: each}, people=people, **figures)  # type: ignore[arg-type]  # by name


def list_of(members: int, **figures: int | bool) -> Figures:
    one = ListFigures(members=members, **figures)  # type: ignore[arg-type]  # by name
    return Figures(lists={A: one, B: ListFigures(members=1000)}, people=MANY)


def guarded(
    changes: Iterable[Change],
    figures: Figures,
    *,
    limits: Limits | None = None,
    policies: Policies | None = None,
    approved: Iterable[Item] = (),
    discarded: Iterable[Item] = (),
) -> Guarded:
    return guard(
        tuple(changes),
        figures=figures,
        limits=limits or Limits(),
        policies=policies or {A: DEFAULT, B: DEFAULT},
        approved=frozenset(approved),
        discarded=frozenset(discarded),
    )


def held_by(found: Guarded) -> dict[Guard, int]:
    return {one.guard: len(one.items) for one in found.held}


def item(deed: Deed, mailbox: Mailbox, audience: AudienceId | None = None) -> Item:
    return Item(deed=deed, mailbox=mailbox, audience=audience)


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


def test_what_was_approved_passes_and_the_rest_is_counted_without_it() -> None:  # I25
    approved = [item(Deed.REMOVE, one, A) for one in people(400)]
    leaving = [remove(one) for one in people(450)]
    found = guarded(leaving, account(), approved=approved)
    assert len(found.allowed) == 450
    one_more = [*leaving, remove(Mailbox("q@x.example"))]
    assert held_by(guarded(one_more, account(), approved=approved)) == {
        Guard.REMOVALS_OF_LIST: 51
    }
    assert list(counts(leaving[0], frozenset(approved))) == []


def test_an_approval_to_take_somebody_off_is_none_to_end_them() -> None:  # I25
    approved = [item(Deed.REMOVE, one, A) for one in people(60)]
    found = guarded(map(disable, people(60)), account(1000), approved=approved)
    assert held_by(found) == {Guard.ENDINGS: 120}


def test_what_was_discarded_is_neither_done_nor_asked_again() -> None:
    discarded = [item(Deed.REMOVE, one, A) for one in people(51)]
    found = guarded(map(remove, people(52)), account(), discarded=discarded)
    assert found.allowed == (remove(people(1, start=51)[0]),)
    assert found.held == ()


def test_a_discarded_ending_still_takes_off_the_lists() -> None:
    [one] = people(1)
    ending = [item(Deed.END, one)]
    assert guarded([disable(one)], account(), discarded=ending).allowed == (
        remove(one, cause=Cause.NO_LIST_LEFT),
    )
    staying = [item(Deed.REMOVE, one, A)]
    assert guarded([disable(one, A, B)], account(), discarded=staying).allowed == (
        remove(one, B, cause=Cause.NO_LIST_LEFT),
    )
    assert guarded([disable(one)], account(), discarded=staying).allowed == ()
    assert guarded([emptying(one)], account(), discarded=[item(Deed.UPDATE, one)]) == (
        Guarded(allowed=(), held=())
    )


def test_the_items_of_a_change_name_each_deed() -> None:
    [one] = people(1)
    assert list(items_of(disable(one, B, A))) == [
        item(Deed.REMOVE, one, A),
        item(Deed.REMOVE, one, B),
        item(Deed.END, one),
    ]
    assert list(items_of(add(one))) == [item(Deed.ADD, one, A)]
    assert list(items_of(emptying(one))) == [item(Deed.UPDATE, one)]


def test_a_fingerprint_names_a_set_of_items_whatever_their_order() -> None:
    items = [item(Deed.REMOVE, one, A) for one in people(3)]
    assert fingerprint_of(items) == fingerprint_of([*reversed(items), items[0]])
    assert fingerprint_of(items) != fingerprint_of(items[:2])
    others = [evolve(one, deed=Deed.ADD) for one in items]
    assert fingerprint_of(items) != fingerprint_of(others)
    assert len(fingerprint_of(items)) == 64
