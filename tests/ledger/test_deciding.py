"""Who lets a hold pass, how, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.ledger.places import (
    BY,
    Place,
    holding,
    mailboxes,
    numbered,
    removal,
    removals,
)

from rollkeeper.audit.models import Entry
from rollkeeper.core.guards import Deed, Guard, Item
from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.services import holds
from rollkeeper.ledger.services.holds import (
    CannotDecide,
    Changed,
    Decided,
    NumberNeeded,
)
from rollkeeper.ledger.services.operations import Counted
from rollkeeper.ledger.states import HoldState, OperationState


def approve(hold: Hold, typed: int | None = None) -> Hold:
    return holds.approve(
        hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY, typed=typed
    )


def discard(hold: Hold) -> Hold:
    return holds.discard(hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY)


def approved(place: Place) -> set[str]:
    return mailboxes(holds.approved_items(place.connection.pk))


def test_an_approval_lets_exactly_its_items_pass_for_a_day(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example", "b@x.example"))
    hold = approve(place.hold())
    assert (hold.state, hold.decided_by) == (HoldState.APPROVED, BY)
    assert hold.decided_at is not None
    assert hold.expires_at == hold.decided_at + timedelta(hours=24)
    assert approved(place) == {"a@x.example", "b@x.example"}
    assert Entry.objects.get().action == "hold_approved"
    assert Entry.objects.get().details["fingerprint"] == hold.fingerprint


def test_an_approval_of_something_else_than_was_seen_is_refused(place: Place) -> None:
    board = place.audience()
    place.freeze(removals(board, "a@x.example"))
    seen = place.hold()
    place.freeze(removals(board, "a@x.example", "b@x.example"))
    with pytest.raises(Changed, match="about 2 of 100 now"):
        approve(seen)
    assert not approved(place)


def test_a_second_decision_is_told_who_made_the_first(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    hold = approve(place.hold())
    with pytest.raises(Decided, match="approved already, by somebody"):
        approve(hold)
    with pytest.raises(Decided, match="approved already"):
        discard(hold)


def test_a_hold_that_is_over_cannot_be_decided(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    place.freeze()
    with pytest.raises(Decided, match="nothing of it is planned any more"):
        approve(place.hold(HoldState.OVER))


def test_a_hold_that_nobody_made_is_told_where_to_look(place: Place) -> None:
    with pytest.raises(CannotDecide, match="'rollkeeper holds' lists"):
        holds.approve(hold_id=77, fingerprint="", by=BY)


@pytest.mark.parametrize(
    ("count", "of", "guard", "needed"),
    [
        (25, 100, Guard.REMOVALS_OF_LIST, False),
        (26, 100, Guard.REMOVALS_OF_LIST, True),
        (1_000, 10_000, Guard.REMOVALS_OF_LIST, False),
        (1_001, 10_000, Guard.REMOVALS_OF_LIST, True),
        (1, 100, Guard.EMPTIED_LIST, True),
        (1, 100, Guard.SOURCE_EMPTY, True),
    ],
)
def test_the_number_must_be_typed_for_many_and_for_all(
    place: Place, count: int, of: int, guard: Guard, needed: bool
) -> None:
    board = place.audience()
    items = [removal(one, board) for one in numbered(count).values()]
    place.freeze(holding(items, guard=guard, audience=board, of=of))
    hold = place.hold()
    assert holds.needs_number(hold) == needed
    if needed:
        with pytest.raises(NumberNeeded, match=f"Type the number {count}"):
            approve(hold, typed=count - 1)
    assert approve(hold, typed=count if needed else None).state == "approved"


def test_a_discarded_hold_declines_its_items(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    assert discard(place.hold()).state == HoldState.DISCARDED
    assert mailboxes(holds.discarded_items(place.connection.pk)) == {"a@x.example"}
    assert Entry.objects.get().action == "hold_discarded"


def test_a_hold_whose_items_were_all_carried_out_is_applied(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    approve(place.hold())
    holds.settle(place.connection.pk)
    assert approved(place) == {"a@x.example"}
    place.freeze()
    holds.settle(place.connection.pk)
    assert place.hold(HoldState.APPLIED).count == 1
    assert not approved(place)


def test_an_approval_stays_while_a_call_of_it_is_open(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    approve(place.hold())
    place.freeze()
    place.operation(Counted(), state=OperationState.UNKNOWN)
    holds.settle(place.connection.pk)
    assert approved(place) == {"a@x.example"}


def test_approved_items_that_were_not_looked_at_stay_approved(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example", "b@x.example"))
    approve(place.hold())
    place.freeze(among=["a@x.example"])
    holds.settle(place.connection.pk)
    assert "b@x.example" in approved(place)


def test_an_approved_item_that_another_guard_holds_stays_approved(
    place: Place,
) -> None:
    board = place.audience()
    place.freeze(removals(board, "a@x.example"))
    approve(place.hold())
    end = Item(deed=Deed.END, mailbox=Mailbox("a@x.example"))
    both = [removal("a@x.example", board), end]
    place.freeze(holding(both, guard=Guard.ENDINGS))
    holds.settle(place.connection.pk)
    assert approved(place) == {"a@x.example"}


def test_an_approval_ends_after_a_day(place: Place) -> None:
    place.freeze(removals(place.audience(), "a@x.example"))
    approve(place.hold())
    Hold.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not approved(place)
    holds.settle(place.connection.pk)
    with pytest.raises(Decided, match="waits in a new hold"):
        approve(place.hold(HoldState.EXPIRED))
