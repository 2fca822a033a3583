"""Provider lists are called as their lists are here, unless somebody there objects."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.values import ProviderListId
from rollkeeper.directory.models import ContactList
from rollkeeper.ledger.models import Audience, Run
from rollkeeper.providers.errors import AnswerLost


@pytest.fixture
def board(world: World) -> ProviderListId:
    a_list(world.association, a_contact(world.association), name="Board")
    world.sync(everything=True)
    return world.list_id("Board")


def rename(world: World, before: str, after: str) -> None:
    with scope(association=world.association):
        ContactList.objects.filter(name=before).update(name=after)


def audience(world: World) -> Audience:
    with scope(association=world.association):
        found: Audience = Audience.objects.get(provider_list_id__isnull=False)
        return found


def test_a_list_renamed_here_is_renamed_there(
    world: World, board: ProviderListId
) -> None:
    """S38"""
    before = world.on("Board")
    rename(world, "Board", "Directors")
    run = world.sync()
    assert (world.list_id("Directors"), world.on("Directors")) == (board, before)
    assert run.counts["lists_renamed"] == 1


def test_another_way_to_write_a_name_is_left_alone(
    world: World, board: ProviderListId
) -> None:
    rename(world, "Board", " BOARD")
    world.sync()
    assert world.account.names[board] == "Board"


def test_a_name_that_is_taken_gets_a_number(
    world: World, board: ProviderListId
) -> None:
    world.theirs("Directors")
    rename(world, "Board", "Directors")
    world.sync()
    assert world.account.names[board] == "Directors (2)"
    world.meter.requests.clear()
    world.sync(everything=True)
    assert world.account.names[board] == "Directors (2)"
    assert audience(world).renamed_there_at is None


def test_a_list_renamed_there_keeps_the_name(
    world: World, board: ProviderListId
) -> None:
    world.account.names[board] = "The Board of 2027"
    run = world.sync(everything=True)
    assert run.counts["lists_renamed_there"] == 1
    assert audience(world).renamed_there_at is not None
    rename(world, "Board", "Directors")
    world.sync(everything=True)
    assert world.account.names[board] == audience(world).name == "The Board of 2027"


def test_a_list_that_gets_its_name_back_follows_again(
    world: World, board: ProviderListId
) -> None:
    for name in ("The Board of 2027", "Board"):
        world.account.names[board] = name
        world.sync(everything=True)
    rename(world, "Board", "Directors")
    world.sync()
    assert world.account.names[board] == "Directors"


def test_a_lost_answer_is_no_name_that_somebody_gave(
    world: World, board: ProviderListId
) -> None:
    world.account.on_answer = lose_renames
    rename(world, "Board", "Directors")
    world.sync()
    world.account.on_answer = lambda _operation: None
    world.sync(everything=True)
    with scope(association=world.association):
        assert Run.objects.filter(counts__has_key="lists_renamed_there").count() == 0
    assert audience(world).name == "Directors"


def lose_renames(operation: str) -> None:
    if operation == "rename_list":
        raise AnswerLost("The connection broke.")


def test_looking_renames_nothing(world: World, board: ProviderListId) -> None:
    rename(world, "Board", "Directors")
    world.pull()
    assert world.account.names[board] == "Board"
