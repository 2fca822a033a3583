"""Which calls bring people and names over there, one shape at a time."""

from __future__ import annotations

import pytest
from attrs import evolve
from tests.core.packing_words import (
    LIMITS,
    LISTS,
    add,
    calls,
    ids,
    join,
    long_mailbox,
    mailbox,
    only_call,
    packed,
    target,
    update,
)
from tests.core.shorthand import (
    HOLDER,
    NAMED,
    OLD,
    OLD_ID,
    RENAMED,
    SHORTER,
    A,
    B,
    C,
)

from rollkeeper.core.calls import (
    Create,
    Import,
    Join,
    Rewrite,
    Row,
    Target,
)
from rollkeeper.core.changes import Change, Readdress
from rollkeeper.core.packing import updates_worth_a_read
from rollkeeper.core.values import (
    AudienceId,
)


def test_new_people_of_the_same_lists_share_an_import() -> None:
    call = only_call(packed(add(1, B, A), add(2, A, B)))
    rows = (
        Row(mailbox=mailbox(1), person=NAMED),
        Row(mailbox=mailbox(2), person=NAMED),
    )
    assert call == Import(rows=rows, lists=ids(A, B))


def test_a_change_names_only_what_its_call_is_for() -> None:
    packing = packed(add(1, A), add(2, B), add(3, A, B))
    by_list = {each.call.lists: each.changes for each in packing.stages[0]}  # type: ignore[union-attr]  # all are imports
    assert by_list == {
        ids(A): (add(1, A), add(3, A)),
        ids(B): (add(2, B), add(3, B)),
    }


def test_one_import_for_each_set_when_sets_are_fewer_than_lists() -> None:
    assert len(packed(add(1, A, B, C), add(2, A, B, C)).stages[0]) == 1


def test_sets_and_lists_mix_when_that_takes_the_fewest_calls() -> None:
    wide = map(AudienceId, range(10, 30))
    singles = [add(2, A), add(3, B), add(4, A, B)]
    assert len(packed(add(1, *wide), *singles).stages[0]) == 3


def test_an_import_has_no_more_rows_than_the_provider_takes() -> None:
    packing = packed(*(add(number, A) for number in range(7)), import_rows=3)
    assert [len(each.changes) for each in packing.stages[0]] == [3, 3, 1]


def test_an_import_has_no_more_lists_than_the_provider_takes() -> None:
    packing = packed(add(1, A, B, C), lists_per_call=2)
    assert [each.call.lists for each in packing.stages[0]] == [ids(A, B), ids(C)]  # type: ignore[union-attr]  # all are imports


def test_known_people_whose_name_is_the_same_only_join() -> None:
    call = only_call(packed(join(1, A, B), join(2, A, B)))
    assert call == Join(targets=(target(1), target(2)), lists=ids(A, B))


def test_one_new_person_makes_it_an_import_for_all() -> None:
    assert calls(packed(join(1, A), add(2, A))) == [[Import]]


def test_an_import_is_taken_when_joining_would_cost_more_calls() -> None:
    assert calls(packed(*(join(n, A) for n in range(3)), targets_per_call=2)) == [
        [Import]
    ]


def test_a_field_taken_back_is_cleared_in_the_same_stroke_as_joining() -> None:
    call = only_call(packed(join(1, A, person=SHORTER, renames=True)))
    assert call == Rewrite(target=target(1), person=SHORTER, before=NAMED, lists=ids(A))


def test_an_address_just_short_enough_is_imported() -> None:
    assert calls(packed(add(1, A, mailbox=long_mailbox(50)))) == [[Import]]


def test_a_new_address_too_long_to_import_is_created_alone() -> None:
    person = add(1, A, mailbox=long_mailbox(51))
    row = Row(mailbox=long_mailbox(51), person=NAMED)
    assert only_call(packed(person)) == Create(row=row, lists=ids(A))


def test_a_known_address_too_long_to_import_is_rewritten_with_its_lists() -> None:
    person = join(1, A, mailbox=long_mailbox(80))
    assert only_call(packed(person)).lists == ids(A)
    assert calls(packed(person)) == [[Rewrite]]


@pytest.mark.parametrize(
    "change",
    [
        add(1, A, mailbox=long_mailbox(81)),
        Readdress(
            mailbox=long_mailbox(81),
            before=OLD,
            provider_id=OLD_ID,
            person=NAMED,
            person_before=NAMED,
            carried_by=HOLDER,
        ),
    ],
)
def test_an_address_longer_than_any_is_reported(change: Change) -> None:
    packing = packed(change)
    assert (packing.stages, packing.too_long) == ((), (long_mailbox(81),))


def test_lists_beyond_the_most_are_reported_and_the_others_joined() -> None:
    packing = packed(join(1, C, A, B, already_on=48))
    assert packing.over_limit == ((mailbox(1), frozenset({C})),)
    assert only_call(packing).lists == ids(A, B)


def test_somebody_on_too_many_lists_still_gets_the_new_name() -> None:
    packing = packed(join(1, A, B, person=RENAMED, renames=True, already_on=51))
    assert packing.over_limit == ((mailbox(1), frozenset({A, B})),)
    assert only_call(packing) == Rewrite(target=target(1), person=RENAMED, before=NAMED)


def test_a_changed_address_is_written_with_the_name() -> None:
    change = Readdress(
        mailbox=mailbox(1),
        before=OLD,
        provider_id=OLD_ID,
        person=RENAMED,
        person_before=NAMED,
        carried_by=HOLDER,
    )
    assert only_call(packed(change)) == Rewrite(
        target=Target(mailbox=mailbox(1), provider_id=OLD_ID),
        person=RENAMED,
        before=NAMED,
    )
    lacking = packed(evolve(change, provider_id=None))
    assert (lacking.stages, lacking.unknown_ids) == ((), (OLD,))


def test_updates_are_written_one_by_one() -> None:
    assert calls(packed(update(1, A), update(2, A))) == [[Rewrite, Rewrite]]


def test_right_after_a_read_updates_are_imported_to_few_lists_they_are_on() -> None:
    packing = packed(update(1, A, B), update(2, B, C), update(3, C), refreshed=True)
    lists = sorted(each.call.lists for each in packing.stages[0])  # type: ignore[union-attr]  # all are imports
    assert calls(packing) == [[Import, Import]]
    assert lists in ([ids(A), ids(C)], [ids(B), ids(C)])


def test_an_update_rides_along_with_an_import_of_its_list() -> None:
    assert calls(packed(update(1, A), add(2, A), refreshed=True)) == [[Import]]


def test_an_update_that_empties_a_field_is_never_imported() -> None:
    emptied = update(1, A, person=SHORTER)
    assert calls(packed(emptied, refreshed=True)) == [[Rewrite]]


def test_reading_again_pays_when_it_saves_requests() -> None:
    updates = [update(number, A) for number in range(3)]

    def worth(pages: int) -> bool:
        return updates_worth_a_read(updates, pages=pages, lists=LISTS, limits=LIMITS)

    # six requests one by one; or an import, a look at its job, and the pages
    assert worth(3)
    assert not worth(4)
