"""What a person approved or discarded, deed by deed."""

from __future__ import annotations

from attrs import evolve
from tests.core.guarding import (
    account,
    add,
    disable,
    emptying,
    guarded,
    held_by,
    item,
    people,
    remove,
)
from tests.core.shorthand import A, B

from rollkeeper.core.changes import (
    Cause,
)
from rollkeeper.core.guards import (
    Deed,
    Guard,
    Guarded,
    counts,
    fingerprint_of,
    items_of,
)
from rollkeeper.core.values import Mailbox


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


def test_what_a_person_refused_is_done_whatever_was_discarded() -> None:
    refusal = evolve(remove(people(1)[0]), cause=Cause.NO_MASS_EMAILS)
    discarded = [item(Deed.REMOVE, people(1)[0], A)]
    found = guarded([refusal], account(), discarded=discarded)
    assert found.allowed == (refusal,)
