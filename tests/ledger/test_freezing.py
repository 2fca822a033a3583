"""What a plan must wait with is frozen, and follows the plan as long as it is open."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest
from tests.ledger.places import (
    BY,
    Place,
    holding,
    mailboxes,
    numbered,
    removal,
    removals,
)

from rollkeeper.core.guards import Deed, Guard, Item, Share, fingerprint_of
from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.models import HeldItem, Hold
from rollkeeper.ledger.services import holds
from rollkeeper.ledger.services.limits import change_limit
from rollkeeper.ledger.states import HoldState

pytestmark = pytest.mark.slow


def items_of(hold: Hold) -> set[str | None]:
    return set(HeldItem.objects.filter(hold=hold).values_list("mailbox", flat=True))


def test_a_hold_keeps_items_figures_and_the_print_of_exactly_its_items(
    place: Place,
) -> None:
    board = place.audience()
    held = removals(board, "b@x.example", "a@x.example")
    place.freeze(held)
    hold = place.hold()
    assert items_of(hold) == {"a@x.example", "b@x.example"}
    assert (hold.count, hold.of, hold.limit, hold.audience_id) == (2, 100, 5, board)
    assert hold.fingerprint == fingerprint_of(held.items) == held.fingerprint


def test_the_same_items_again_leave_a_hold_as_it_is(place: Place) -> None:
    board = place.audience()
    place.freeze(removals(board, "a@x.example"))
    before = Hold.objects.values().get()
    place.freeze(removals(board, "a@x.example"))
    assert Hold.objects.values().get() == before


def test_a_look_at_everything_replaces_the_items_and_the_print_follows(
    place: Place,
) -> None:
    board = place.audience()
    place.freeze(removals(board, "a@x.example", "b@x.example"))
    again = removals(board, "b@x.example", "c@x.example", of=90)
    place.freeze(again)
    hold = place.hold()
    assert items_of(hold) == {"b@x.example", "c@x.example"}
    assert (hold.fingerprint, hold.of) == (again.fingerprint, 90)


def test_a_look_at_some_replaces_only_what_is_held_of_those(place: Place) -> None:
    board = place.audience()
    place.freeze(removals(board, "a@x.example", "b@x.example"))
    place.freeze(removals(board, "c@x.example"), among=["b@x.example", "c@x.example"])
    assert items_of(place.hold()) == {"a@x.example", "c@x.example"}


def test_the_windows_of_a_plan_add_up(place: Place) -> None:
    board = place.audience()
    place.freeze(removals(board, "a@x.example", "gone@x.example", "z@x.example"))
    place.freeze(removals(board, "a@x.example"), until="f@x.example")
    place.freeze(
        removals(board, "h@x.example"), after="f@x.example", until="k@x.example"
    )
    place.freeze(removals(board, "z@x.example"), after="k@x.example")
    hold = place.hold()
    assert items_of(hold) == {"a@x.example", "h@x.example", "z@x.example"}
    assert hold.count == 3


def test_a_hold_of_which_nothing_is_planned_any_more_is_over(place: Place) -> None:
    board, choir = place.audience(), place.audience()
    place.freeze(removals(board, "a@x.example"), removals(choir, "b@x.example"))
    place.freeze(removals(choir, "b@x.example"))
    assert place.hold().audience_id == choir
    assert place.hold(HoldState.OVER).audience_id == board


def test_a_look_at_others_leaves_a_hold_open(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    place.freeze(among=["b@x.example"])
    assert place.hold().count == 1


def test_each_guard_and_each_list_has_a_hold_of_its_own(place: Place) -> None:
    board, choir = place.audience(), place.audience()
    end = Item(deed=Deed.END, mailbox=Mailbox("a@x.example"))
    place.freeze(
        removals(board, "a@x.example"),
        removals(choir, "a@x.example"),
        holding([end], guard=Guard.ENDINGS),
    )
    kinds = set(Hold.objects.values_list("guard", "audience_id"))
    assert kinds == {
        ("removals_of_list", board),
        ("removals_of_list", choir),
        ("endings", None),
    }


def test_a_person_on_two_lists_counts_once(place: Place) -> None:
    items = [
        removal("a@x.example", place.audience()),
        removal("a@x.example", place.audience()),
        Item(deed=Deed.END, mailbox=Mailbox("a@x.example")),
    ]
    place.freeze(holding(items, guard=Guard.REMOVALS_OF_ACCOUNT))
    assert place.hold().count == 1


def test_what_was_discarded_does_not_come_back_while_it_is_planned(
    place: Place,
) -> None:
    board = place.audience()
    place.freeze(removals(board, "a@x.example", "b@x.example"))
    hold = place.hold()
    holds.discard(hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY)
    place.freeze(declined=[removal("a@x.example", board)])
    assert mailboxes(holds.discarded_items(place.connection.pk)) == {"a@x.example"}
    place.freeze()
    assert not holds.discarded_items(place.connection.pk)


def test_the_last_act_on_record_is_told_as_the_cause(place: Place) -> None:
    change_limit(
        association_id=place.association.pk,
        name="adds_of_list",
        share=Share(percent=1, least=1),
        by=BY,
    )
    place.freeze(removals(place.audience(), "a@x.example"))
    assert "a limit was changed, by somebody" in place.hold().cause


def test_a_change_without_record_is_told_as_such(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    assert "in the database" in place.hold().cause


def test_a_hundred_thousand_items_are_frozen_and_matched_as_sets(
    place: Place, record_property: Callable[[str, object], None]
) -> None:
    board = place.audience()
    people = numbered(100_000)
    begun = monotonic()
    place.freeze(removals(board, *people.values()))
    frozen = monotonic()
    place.freeze(removals(board, *list(people.values())[1:]))
    record_property(
        "figure",
        f"100,000 items frozen in {frozen - begun:.1f} s,"
        f" matched in {monotonic() - frozen:.1f} s",
    )
    assert place.hold().count == 99_999
