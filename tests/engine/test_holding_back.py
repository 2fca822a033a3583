"""What frightens waits for a person, whole runs long: held, approved, discarded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connection as database
from django_scopes import scope
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World

from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import DEFAULT, NIGHTLY
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Contact, ContactList
from rollkeeper.ledger.models import Audience, Hold, Operation
from rollkeeper.ledger.services import audiences as ledger
from rollkeeper.ledger.services import holds
from rollkeeper.ledger.states import HoldState, RunState

BY = "test"
PEOPLE = 40
"""Of a list of forty, five may come off within a day; of the account, ten people."""


@pytest.fixture
def crowd(world: World) -> list[Contact]:
    return [
        a_contact(world.association, address=f"p{number}@x.example")
        for number in range(PEOPLE)
    ]


@pytest.fixture
def news(world: World, crowd: list[Contact]) -> ContactList:
    """A list with forty people, true over there; they are on another one, too."""
    news = a_list(world.association, *crowd, name="News")
    a_list(world.association, *crowd, name="Events")
    world.sync(everything=True)
    assert world.sync(everything=True).writes == 0
    return news


def leave(news: ContactList, contacts: Sequence[Contact]) -> None:
    with scope(association=news.association):
        news.memberships.filter(contact__in=contacts).delete()


def holds_of(world: World, state: HoldState = HoldState.OPEN) -> list[Hold]:
    with scope(association=world.association):
        return list(Hold.objects.filter(state=state).order_by("id"))


def approve(world: World, hold: Hold) -> None:
    with scope(association=world.association):
        holds.approve(
            hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY, typed=hold.count
        )


def addresses(contacts: Sequence[Contact]) -> set[str]:
    with scope(association=contacts[0].association):
        return {contact.addresses.get(primary=True).typed for contact in contacts}


def test_a_list_wiped_here_is_left_as_it_is_there(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    leave(news, crowd)
    run = world.sync()
    assert run.state == RunState.DONE_WITH_EXCEPTIONS
    assert world.on("News") == addresses(crowd)
    [hold] = holds_of(world)
    assert (hold.guard, hold.count, hold.of) == (Guard.EMPTIED_LIST, PEOPLE, PEOPLE)


def test_adds_go_on_while_removals_wait(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    leave(news, crowd[:20])
    on_list(a_contact(world.association, address="new@x.example"), news)
    world.sync()
    assert world.on("News") == {*addresses(crowd), "new@x.example"}
    [hold] = holds_of(world)
    assert (hold.guard, hold.limit) == (Guard.REMOVALS_OF_LIST, 5)


def test_what_was_approved_is_done_and_is_over(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    leave(news, crowd[:20])
    world.sync()
    [hold] = holds_of(world)
    approve(world, hold)
    run = world.sync(everything=True)
    assert run.state == RunState.DONE
    assert world.on("News") == addresses(crowd[20:])
    assert [one.pk for one in holds_of(world, HoldState.APPLIED)] == [hold.pk]


def test_an_approval_only_shrinks(
    world: World, crowd: list[Contact], news: ContactList
) -> None:  # I25
    leave(news, crowd[:20])
    world.sync()
    approve(world, holds_of(world)[0])
    on_list(crowd[0], news)  # came back meanwhile
    leave(news, crowd[20:30])  # and more went, whom nobody approved
    world.sync(everything=True)
    assert world.on("News") == addresses([crowd[0], *crowd[20:]])
    [hold] = holds_of(world)
    assert (hold.guard, hold.count) == (Guard.REMOVALS_OF_LIST, 10)


def test_what_was_discarded_stays_and_is_not_asked_again(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    leave(news, crowd[:20])
    world.sync()
    [hold] = holds_of(world)
    with scope(association=world.association):
        holds.discard(hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY)
    leave(news, crowd[20:22])
    world.sync(everything=True)
    assert world.on("News") == addresses([*crowd[:20], *crowd[22:]])
    assert holds_of(world) == []


def test_removals_are_counted_over_a_day_and_several_runs(
    world: World, crowd: list[Contact], news: ContactList
) -> None:  # I24
    for number in range(5):
        leave(news, [crowd[number]])
        world.sync()
    assert len(world.on("News")) == 35
    leave(news, [crowd[5]])
    world.sync()
    assert len(world.on("News")) == 35
    [hold] = holds_of(world)
    assert (hold.already, hold.limit, hold.count) == (5, 5, 1)


def test_a_day_later_as_many_may_go_again(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    leave(news, crowd[:5])
    world.sync()
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_operation SET planned_at = planned_at - interval '25 hours'"
        )
    leave(news, crowd[5:10])
    world.sync()
    assert world.on("News") == addresses(crowd[10:])


def test_what_came_back_by_itself_needs_no_decision(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    leave(news, crowd[:20])
    world.sync()
    for contact in crowd[:20]:
        on_list(contact, news)
    world.sync()
    assert holds_of(world) == []
    assert len(holds_of(world, HoldState.OVER)) == 1


def test_a_changed_policy_waits_with_its_first_removals(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    with scope(association=world.association):
        audience = Audience.objects.get(name="News")
        ledger.set_policy(audience_id=audience.pk, policy=NIGHTLY, by=BY)
    leave(news, crowd[:3])
    world.sync()
    assert len(world.on("News")) == PEOPLE  # S40: kept
    with scope(association=world.association):
        ledger.set_policy(audience_id=audience.pk, policy=DEFAULT, by=BY)
    world.sync(everything=True)
    [hold] = holds_of(world)
    assert (hold.guard, hold.count) == (Guard.RULE_CHANGED, 3)
    assert len(world.on("News")) == PEOPLE


def test_many_who_vanish_over_there_at_once_are_not_taken_for_having_left(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    there = world.list_id("News")
    for number in range(6):
        world.account.leave_list(Mailbox(f"p{number}@x.example"), there)
    world.clock.sleep(3600)
    world.sync(everything=True)
    [hold] = holds_of(world)
    assert (hold.guard, hold.count) == (Guard.LEFT_AT_ONCE, 6)
    assert len(world.on("News")) == PEOPLE - 6


def test_a_person_who_refuses_is_never_held(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    for number in range(30):
        world.account.unsubscribe(Mailbox(f"p{number}@x.example"))
    world.clock.sleep(3600)
    run = world.sync(everything=True)
    assert run.state == RunState.DONE
    assert holds_of(world) == []


def test_do_not_contact_takes_off_the_lists_at_once_though_the_ending_waits(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    with scope(association=world.association):
        Contact.objects.filter(pk__in=[one.pk for one in crowd[:4]]).update(
            do_not_contact=True
        )
    world.sync()
    assert world.on("News") == addresses(crowd[4:])
    [hold] = holds_of(world)
    assert (hold.guard, hold.count, hold.limit) == (Guard.ENDINGS, 4, 3)
    approve(world, hold)
    world.sync(everything=True)
    ended = world.account.contact(Mailbox("p0@x.example"))
    assert ended
    assert ended.deleted


def test_each_call_tells_what_of_it_counts(
    world: World, crowd: list[Contact], news: ContactList
) -> None:
    leave(news, crowd[:2])
    world.sync()
    with scope(association=world.association):
        audience = Audience.objects.get(name="News")
        [left] = Operation.objects.filter(kind="leave")
    assert left.removed == {str(audience.pk): 2}
    assert (left.people_removed, left.ended, left.added) == (2, 0, {})


def test_who_joins_on_the_day_of_the_first_load_is_none_too_many(world: World) -> None:
    crowd = [a_contact(world.association) for _ in range(60)]
    board = a_list(world.association, *crowd, name="Board")
    world.sync(everything=True)
    on_list(a_contact(world.association), board)
    assert world.sync().state == RunState.DONE
    assert len(world.on("Board")) == 61
