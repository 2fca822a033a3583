from __future__ import annotations

import pytest
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World, a_world

from rollkeeper.ledger.models import RunState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return a_world()


def test_the_first_sync_makes_every_flagged_list_true(world: World) -> None:
    ann = a_contact(world.association, address="ann@a.example")
    bob = a_contact(world.association, address="bob@b.example")
    a_list(world.association, ann, bob, name="Board")
    a_list(world.association, ann, name="Golf")
    a_list(world.association, bob, name="Private", sync=False)

    run = world.sync(everything=True)

    assert run.state == RunState.DONE
    assert world.on("Board") == {"ann@a.example", "bob@b.example"}
    assert world.on("Golf") == {"ann@a.example"}
    assert set(world.account.names.values()) == {"Board", "Golf"}


def test_a_second_sync_writes_nothing(world: World) -> None:
    a_list(world.association, a_contact(world.association), name="Board")
    world.sync(everything=True)

    run = world.sync(everything=True)

    assert run.state == RunState.DONE
    assert run.writes == 0
    assert run.planned == 0


def test_who_may_not_be_mailed_is_not_sent(world: World) -> None:
    board = a_list(world.association, name="Board")
    on_list(a_contact(world.association, do_not_contact=True), board)
    on_list(a_contact(world.association, address=None), board)
    on_list(a_contact(world.association, address="not an address"), board)
    on_list(a_contact(world.association), board, status="disabled")
    on_list(a_contact(world.association), board, no_mass_email=True)
    on_list(a_contact(world.association, address="ok@ok.example"), board)

    world.sync(everything=True)

    assert world.on("Board") == {"ok@ok.example"}
