"""Two people, or a person and a run, at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django_scopes import scope
from tests.builders import a_connection, an_association
from tests.ledger.places import BY, Place, removal, removals

from rollkeeper.core.values import AudienceId
from rollkeeper.ledger.models import Hold, Run, RunKind
from rollkeeper.ledger.services import holds
from rollkeeper.ledger.services.holds import Changed, Decided
from rollkeeper.ledger.states import HoldState


@pytest.fixture
def place(transactional_db: None) -> Iterator[Place]:
    association = an_association()
    connection = a_connection(association)
    with scope(association=association):
        run = Run.objects.create(
            association=association, connection=connection, kind=RunKind.CHANGES
        )
        yield Place(association=association, connection=connection, run=run)


def at_once(place: Place, *acts: Callable[[], object]) -> list[object]:
    """Begin all acts together, each in a database session of its own."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], object]) -> object:
        try:
            with scope(association=place.association):
                barrier.wait(10)
                return act()
        except (Changed, Decided) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def frozen(place: Place) -> tuple[AudienceId, Hold]:
    board = place.audience()
    place.freeze(removals(board, "a@x.example", "b@x.example"))
    return board, place.hold()


def approve(hold: Hold) -> Hold:
    return holds.approve(hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY)


def discard(hold: Hold) -> Hold:
    return holds.discard(hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY)


def test_of_two_who_decide_at_once_one_does(place: Place) -> None:
    _, hold = frozen(place)
    came_of_it = at_once(
        place,
        lambda: approve(hold).state,
        lambda: discard(hold).state,
    )
    assert came_of_it.count(Decided) == 1
    assert Hold.objects.get().state in came_of_it


def test_an_approval_beside_a_run_that_freezes_is_of_what_was_seen(
    place: Place,
) -> None:
    board, hold = frozen(place)
    at_once(
        place,
        lambda: approve(hold),
        lambda: place.freeze(removals(board, "b@x.example", "c@x.example")),
    )
    allowed = holds.approved_items(place.connection.pk)
    assert removal("c@x.example", board) not in allowed


def test_what_was_decided_since_a_plan_was_made_is_not_asked_again(
    place: Place,
) -> None:
    board, hold = frozen(place)
    discard(hold)
    place.freeze(removals(board, "a@x.example", "b@x.example"))
    assert [one.state for one in Hold.objects.all()] == [HoldState.DISCARDED]
    place.freeze(removals(board, "a@x.example", "c@x.example"), among=["c@x.example"])
    assert place.hold().count == 1
