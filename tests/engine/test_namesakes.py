"""A provider list of the same name, with people on it: used, left, or asked about."""

from __future__ import annotations

import pytest
from attrs import evolve
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.audit.models import Entry
from rollkeeper.core.policy import DEFAULT, Namesake, Policy
from rollkeeper.core.values import Mailbox
from rollkeeper.engine import namesakes, policies
from rollkeeper.engine.namesakes import NothingToChoose, Undecided
from rollkeeper.ledger.states import RunState

ANN, OLD = "ann@a.example", "old@friend.example"


@pytest.fixture
def theirs(world: World) -> str:
    """A list that staff over there made, in other letters, with somebody on it."""
    made = world.theirs("  \N{FULLWIDTH LATIN CAPITAL LETTER N}EWS ")
    world.account.hand_add(Mailbox(OLD), lists={made})
    a_list(world.association, a_contact(world.association, address=ANN), name="News")
    return made


def waiting(world: World) -> Undecided:
    with scope(association=world.association):
        (found,) = namesakes.undecided(world.connection.pk)
    return found


def choose(world: World, choice: Namesake) -> None:
    with scope(association=world.association):
        namesakes.choose(
            audience_id=waiting(world).audience_id, choice=choice, by="test"
        )


def people(world: World, list_id: str) -> set[str]:
    return {one.mailbox for one in world.account.held.values() if list_id in one.lists}


def test_staff_are_asked_before_the_first_push(world: World, theirs: str) -> None:
    run = world.sync(everything=True)
    assert run.state == RunState.DONE_WITH_EXCEPTIONS
    assert people(world, theirs) == {OLD}
    assert (waiting(world).provider_list_id, waiting(world).members) == (theirs, 1)


def test_the_list_that_is_used_keeps_who_is_on_it(world: World, theirs: str) -> None:
    world.sync(everything=True)
    choose(world, Namesake.ADOPT)
    assert world.sync().state == RunState.DONE
    assert people(world, theirs) == {OLD, ANN}
    with scope(association=world.association):
        assert Entry.objects.filter(action="namesake_chosen").exists()


def test_a_new_list_leaves_the_other_one_alone(world: World, theirs: str) -> None:
    world.sync(everything=True)
    choose(world, Namesake.NEW)
    world.sync()
    assert people(world, theirs) == {OLD}
    assert {ANN} in [people(world, one) for one in world.account.names]


def test_a_new_list_of_the_very_same_name_gets_a_number(world: World) -> None:
    world.account.hand_add(Mailbox(OLD), lists={world.theirs("News")})
    a_list(world.association, a_contact(world.association, address=ANN), name="News")
    world.sync(everything=True)
    choose(world, Namesake.NEW)
    world.sync()
    assert (world.on("News"), world.on("News (2)")) == ({OLD}, {ANN})


@pytest.mark.parametrize("namesake", [Namesake.ADOPT, Namesake.NEW])
def test_a_policy_that_says_what_to_do_answers_for_staff(
    world: World, theirs: str, namesake: Namesake
) -> None:
    world.sync(everything=True)
    answer(world, evolve(DEFAULT, namesake=namesake))
    world.sync()
    on = people(world, theirs)
    assert (on == {OLD, ANN}) == (namesake is Namesake.ADOPT)


def answer(world: World, policy: Policy) -> None:
    with scope(association=world.association):
        policies.change(audience_id=waiting(world).audience_id, policy=policy, by="t")


def test_a_list_that_is_gone_or_empty_by_then_needs_no_choice(
    world: World, theirs: str
) -> None:
    world.sync(everything=True)
    world.account.unsubscribe(Mailbox(OLD))
    assert world.sync(everything=True).state == RunState.DONE
    assert people(world, theirs) == {ANN}


def test_an_empty_list_of_the_name_is_used_without_a_question(world: World) -> None:
    made = world.theirs("news")
    a_list(world.association, a_contact(world.association, address=ANN), name="News")
    assert world.sync(everything=True).state == RunState.DONE
    assert people(world, made) == {ANN}


def test_there_is_nothing_to_choose_twice(world: World, theirs: str) -> None:
    world.sync(everything=True)
    audience = waiting(world).audience_id
    choose(world, Namesake.ADOPT)
    world.sync()
    with (
        scope(association=world.association),
        pytest.raises(NothingToChoose, match="waits for nothing"),
    ):
        namesakes.choose(audience_id=audience, choice=Namesake.NEW, by="test")
