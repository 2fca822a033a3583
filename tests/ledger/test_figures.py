"""What guards go by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.ledger.places import BY, Place, removals

from rollkeeper.audit.models import Entry
from rollkeeper.core.guards import Figures, Limits, Share
from rollkeeper.core.policy import DEFAULT, PRESETS
from rollkeeper.ledger.figures import figures, limits
from rollkeeper.ledger.models import Audience, Hold, Outcome
from rollkeeper.ledger.services import audiences
from rollkeeper.ledger.services.limits import NoSuchLimit, change_limit
from rollkeeper.ledger.services.operations import Counted, intent_of, subjects
from rollkeeper.ledger.states import OperationState


def of(place: Place) -> Figures:
    return figures(place.connection.pk)


def test_memberships_of_ours_are_counted_and_people_once(place: Place) -> None:
    board, choir = place.audience(), place.audience()
    place.member("a@x.example", board)
    place.member("a@x.example", choir)
    place.member("stranger@x.example", choir, ours=False)
    found = of(place)
    assert (found.lists[board].members, found.lists[choir].members) == (1, 1)
    assert found.people == 1


def test_what_was_done_within_a_day_is_added_up(place: Place) -> None:
    board = place.audience(filled_at=timezone.now() - timedelta(days=2))
    counted = Counted(removed={board: 3}, added={board: 2}, ended=1, people_removed=3)
    place.operation(counted)
    place.operation(counted, state=OperationState.SENDING, hours_ago=23.9)
    place.operation(counted, hours_ago=24.1)
    found = of(place)
    assert (found.lists[board].removed, found.lists[board].added) == (6, 4)
    assert (found.removed, found.ended) == (6, 2)


def test_the_first_load_of_a_list_is_not_added_up(place: Place) -> None:
    board = place.audience(filled_at=timezone.now() - timedelta(hours=1))
    place.operation(Counted(added={board: 100}), hours_ago=2)
    place.operation(Counted(added={board: 1}))
    assert of(place).lists[board].added == 1


@pytest.mark.parametrize("state", ["superseded", "failed", "refused"])
def test_what_did_not_happen_does_not_count(
    place: Place, state: OperationState
) -> None:
    board = place.audience()
    place.operation(Counted(removed={board: 3}, people_removed=3), state=state)
    assert of(place).removed == of(place).lists[board].removed == 0


def test_the_halves_of_a_call_count_no_less_than_the_whole(place: Place) -> None:
    board = place.audience()
    operation = place.operation(Counted(removed={board: 5}, ended=3), rows=5)
    people = subjects(operation)
    halves = [intent_of(operation, some) for some in (people[:2], people[2:])]
    assert [list(one.counted.removed.values()) for one in halves] == [[2], [3]]
    assert sum(one.counted.ended for one in halves) >= 3


def test_a_list_is_new_until_it_was_filled_once(place: Place) -> None:
    board = place.audience()
    assert not of(place).lists[board].filled
    audiences.note_filled([board])
    assert of(place).lists[board].filled


def test_a_changed_rule_is_told_until_it_was_decided_on(place: Place) -> None:
    board = place.audience()
    audiences.set_policy(audience_id=board, policy=PRESETS["replace"], by=BY)
    assert of(place).lists[board].rule_changed
    audiences.rule_decided([board])
    assert not of(place).lists[board].rule_changed


def test_a_policy_is_kept_and_what_it_was_is_on_record(place: Place) -> None:
    board = place.audience()
    audiences.set_policy(audience_id=board, policy=PRESETS["replace"], by=BY)
    row = Audience.objects.get(pk=board)
    assert (row.strangers, row.deleted, row.rule_changed_by) == ("remove", "remove", BY)
    entry = Entry.objects.get()
    assert entry.action == "policy_changed"
    assert entry.details["before"]["strangers"] == "keep"


def test_the_same_policy_again_is_no_change(place: Place) -> None:
    board = place.audience()
    audiences.set_policy(audience_id=board, policy=DEFAULT, by=BY)
    assert not of(place).lists[board].rule_changed
    assert not Entry.objects.exists()


def test_an_audience_whose_list_is_gone_is_told(place: Place) -> None:
    board = place.audience(state="list_deleted")
    assert of(place).lists[board].list_deleted


def refuse(place: Place, *, refused: int, of: int) -> None:
    place.operation(Counted(), rows=of)
    for number in range(refused):
        Outcome.objects.create(
            association=place.association,
            connection=place.connection,
            mailbox=f"m{number}@x.example",
            kind="refused",
            asked="something",
        )


@pytest.mark.parametrize(
    ("refused", "asked", "refusing"),
    [(1, 20, False), (2, 20, True), (19, 19, False), (5, 100, False), (6, 100, True)],
)
def test_more_than_a_twentieth_of_twenty_or_more_is_too_much_refused(
    place: Place, refused: int, asked: int, refusing: bool
) -> None:
    refuse(place, refused=refused, of=asked)
    assert of(place).refusing == refusing


def test_refusals_that_somebody_let_pass_are_not_held_against_it(place: Place) -> None:
    refuse(place, refused=20, of=20)
    place.freeze(removals(place.audience(), "a@x.example"))
    Hold.objects.update(guard="refusals", state="approved", decided_at=timezone.now())
    assert not of(place).refusing


def test_limits_are_the_defaults_until_somebody_sets_one(place: Place) -> None:
    number = place.association.pk
    assert limits(number) == Limits()
    share = Share(percent=50, least=1, most=9)
    change_limit(association_id=number, name="removals_of_list", share=share, by=BY)
    assert limits(number) == Limits(removals_of_list=share)
    assert Entry.objects.get().details["before"]["percent"] == 5


def test_a_limit_that_does_not_exist_is_told_with_those_that_do(place: Place) -> None:
    with pytest.raises(NoSuchLimit, match="removals_of_list, removals_of_account"):
        change_limit(
            association_id=place.association.pk,
            name="removal",
            share=Share(percent=1, least=1),
            by=BY,
        )
