"""Which calls take people off, in which order calls are sent, what they cost."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.core.packing_words import (
    add,
    calls,
    disable,
    ids,
    join,
    long_mailbox,
    mailbox,
    only_call,
    packed,
    remove,
    target,
    update,
)
from tests.core.shorthand import (
    SHORTER,
    A,
    B,
    C,
)

from rollkeeper.core.calls import (
    Delete,
    Import,
    Join,
    Leave,
    Rewrite,
)
from rollkeeper.core.changes import Add, Cause, Change, Update
from rollkeeper.core.packing import Packing, forecast
from rollkeeper.core.packing.packed import batches


def test_people_who_leave_the_same_lists_share_a_call() -> None:
    call = only_call(packed(remove(1, A, B), remove(2, A, B)))
    assert call == Leave(targets=(target(1), target(2)), lists=ids(A, B))


def test_who_leaves_list_by_list_is_named_once_for_each() -> None:
    [stage] = packed(remove(1, A, B), remove(2, A), remove(3, B)).stages
    assert [each.changes for each in stage] == [
        (remove(1, A), remove(2, A)),
        (remove(1, B), remove(3, B)),
    ]


def test_a_call_to_leave_has_no_more_lists_than_the_provider_takes() -> None:
    [stage] = packed(remove(1, A, B, C), lists_per_call=2).stages
    assert [each.call.lists for each in stage] == [ids(A, B), ids(C)]  # type: ignore[union-attr]  # all are leaves


def test_list_by_list_is_taken_when_sets_have_too_many_lists_for_one_call() -> None:
    packing = packed(add(1, A, B), add(2, A, B, C), lists_per_call=1)
    assert len(packing.stages[0]) == 3


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([3, 4, 5, 1], [(3, 4), (5, 1)]),
        ([4, 4, 4, 4, 4], [(4, 4), (4, 4), (4,)]),
        ([9, 1, 9], [(9,), (1,), (9,)]),
        ([1, 1, 1, 1], [(1, 1, 1), (1,)]),
        ([], []),
    ],
)
def test_a_batch_is_neither_too_many_nor_too_heavy(
    weights: list[int], expected: list[tuple[int, ...]]
) -> None:
    assert list(batches(weights, 3, weight=int, heaviest=8)) == expected


def test_no_call_has_more_targets_than_the_provider_takes() -> None:
    leaving = [remove(number, A) for number in range(5)]
    ending = [disable(number) for number in range(5, 10)]
    [stage] = packed(*leaving, *ending, targets_per_call=2).stages
    assert [len(each.changes) for each in stage] == [2, 2, 1, 2, 2, 1]


def test_who_must_not_be_contacted_is_ended_in_the_first_call() -> None:
    urgent = disable(3, Cause.DO_NOT_CONTACT)
    [[first, _]] = packed(disable(1), disable(2), urgent, targets_per_call=2).stages
    assert first.call == Delete(targets=(target(3), target(1)))


def test_leaving_waits_for_joining_of_the_same_mailbox() -> None:
    packing = packed(remove(1, A), join(2, B), remove(2, A), update(3, B), remove(3, C))
    assert calls(packing) == [[Leave], [Join, Rewrite], [Leave, Leave]]
    [alone] = packing.stages[0]
    assert alone.changes == (remove(1, A),)


def test_calls_of_a_stage_come_in_the_order_of_urgency() -> None:
    packing = packed(
        update(1, B),
        join(2, A, person=SHORTER, renames=True),
        add(3, A),
        remove(4, A),
        disable(5),
    )
    assert calls(packing) == [[Delete, Leave], [Import, Rewrite, Rewrite]]
    brings, renames = packing.stages[1][1:]
    assert brings.call.lists == ids(A)  # type: ignore[union-attr]  # both are rewrites
    assert renames.call.lists == ()  # type: ignore[union-attr]


def test_an_import_that_brings_people_comes_before_one_of_names() -> None:
    packing = packed(update(1, A), add(2, B), update(3, C), refreshed=True)
    [stage] = packing.stages
    assert isinstance(stage[0].changes[0], Add)
    assert all(isinstance(each.changes[0], Update) for each in stage[1:])


def test_names_wait_for_removals_that_wait_for_somebody_else() -> None:
    """When the day's requests end between the two, nobody is on a list in vain."""
    packing = packed(update(1, B), join(2, B), remove(2, A))
    assert calls(packing) == [[Join], [Leave, Rewrite]]


def test_who_refused_is_taken_off_before_others() -> None:
    for cause in (Cause.DO_NOT_CONTACT, Cause.NO_MASS_EMAILS):
        [[first, _]] = packed(remove(1, A), remove(2, B, cause=cause)).stages
        assert first.changes == (remove(2, B, cause=cause),)


@pytest.mark.parametrize(
    "change",
    [
        update(1, A, provider_id=None),
        remove(1, A, provider_id=None),
        evolve(disable(1), provider_id=None),
        join(1, A, provider_id=None, person=SHORTER, renames=True),
    ],
)
def test_what_needs_an_unknown_id_is_reported(change: Change) -> None:
    packing = packed(change)
    assert (packing.stages, packing.unknown_ids) == ((), (mailbox(1),))


def test_the_forecast_counts_every_request_and_a_look_at_the_jobs() -> None:
    packing = packed(
        remove(1, A),
        add(2, A),
        add(3, A, mailbox=long_mailbox(60)),
        update(4, B),
        remove(4, C),
    )
    # a leave and a look; an import, a create, a rewrite and a look; a leave and a look
    assert forecast(packing) == 2 + (1 + 1 + 2 + 1) + 2


def test_nothing_to_send_is_no_stage_and_no_request() -> None:
    assert packed() == Packing(stages=(), over_limit=(), too_long=(), unknown_ids=())
    assert forecast(packed()) == 0
