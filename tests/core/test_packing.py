"""Which calls a plan becomes, one shape at a time."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
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
    provider_list,
)

from rollkeeper.core.calls import (
    Create,
    Delete,
    Import,
    Join,
    Leave,
    Rewrite,
    Row,
    Target,
)
from rollkeeper.core.changes import Add, Cause, Change, Disable, Readdress, Update
from rollkeeper.core.changes import Remove as Removal
from rollkeeper.core.packing import Packing, forecast, pack, updates_worth_a_read
from rollkeeper.core.packing.packed import batches
from rollkeeper.core.values import (
    AudienceId,
    Mailbox,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.providers.port import Capabilities

LIMITS = Capabilities(
    requests_per_day=10_000,
    requests_per_second=4,
    import_rows=39_000,
    import_bytes=3_500_000,
    import_row_overhead=80,
    import_address_length=50,
    targets_per_call=500,
    lists_per_call=50,
    lists_per_contact=50,
    address_length=80,
    field_length=50,
    page_size=500,
    bulk_imports_keep_blanks=True,
)
LISTS = {AudienceId(number): provider_list(AudienceId(number)) for number in range(99)}


def packed(*changes: Change, refreshed: bool = False, **limits: Any) -> Packing:
    return pack(
        changes,
        lists=LISTS,
        limits=evolve(LIMITS, **limits),
        refreshed=refreshed,
    )


def calls(packing: Packing) -> list[list[type]]:
    return [[type(each.call) for each in stage] for stage in packing.stages]


def only_call(packing: Packing) -> Any:
    [[only]] = packing.stages
    return only.call


def mailbox(number: int) -> Mailbox:
    return Mailbox(f"person-{number}@members.example")


def known(number: int) -> ProviderContactId:
    return ProviderContactId(f"id-{number}")


def add(number: int, *audiences: AudienceId, **said: Any) -> Add:
    said = {
        "mailbox": mailbox(number),
        "provider_id": None,
        "person": NAMED,
        "carried_by": HOLDER,
        "cause": Cause.JOINED,
        "renames": True,
        **said,
    }
    return Add(audiences=frozenset(audiences), **said)


def join(number: int, *audiences: AudienceId, **said: Any) -> Add:
    said = {"provider_id": known(number), "renames": False, "before": NAMED, **said}
    return add(number, *audiences, **said)


def update(number: int, *audiences: AudienceId, **said: Any) -> Update:
    said = {"before": NAMED, "person": RENAMED, "provider_id": known(number), **said}
    return Update(
        mailbox=mailbox(number),
        audiences=frozenset(audiences),
        carried_by=HOLDER,
        **said,
    )


def remove(number: int, *audiences: AudienceId, **said: Any) -> Removal:
    said = {"provider_id": known(number), "cause": Cause.NOT_WANTED, **said}
    return Removal(mailbox=mailbox(number), audiences=frozenset(audiences), **said)


def disable(number: int, cause: Cause = Cause.NO_LIST_LEFT) -> Disable:
    return Disable(
        mailbox=mailbox(number),
        provider_id=known(number),
        audiences=frozenset(),
        cause=cause,
    )


def target(number: int) -> Target:
    return Target(mailbox=mailbox(number), provider_id=known(number))


def ids(*audiences: AudienceId) -> tuple[ProviderListId, ...]:
    return tuple(map(provider_list, audiences))


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


def long_mailbox(length: int) -> Mailbox:
    return Mailbox("x" * (length - len("@members.example")) + "@members.example")


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
