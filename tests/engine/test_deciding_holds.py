"""What a decision means, guard by guard."""

from __future__ import annotations

import pytest
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.consent.models import Suppression
from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import DEFAULT, NIGHTLY
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import ContactList, EmailAddress
from rollkeeper.engine import holding
from rollkeeper.ledger.models import Audience, Hold
from rollkeeper.ledger.services import audiences
from rollkeeper.ledger.states import HoldState

BY = "test"
PEOPLE = [f"p{number:02}@x.example" for number in range(40)]


@pytest.fixture
def news(world: World) -> ContactList:
    crowd = [a_contact(world.association, address=address) for address in PEOPLE]
    news = a_list(world.association, *crowd, name="News")
    world.sync(everything=True)
    return news


def held(world: World, guard: Guard) -> Hold:
    with scope(association=world.association):
        hold: Hold = Hold.objects.get(state=HoldState.OPEN, guard=guard)
    return hold


def look_an_hour_later(world: World, guard: Guard) -> Hold:
    world.clock.sleep(3600)
    world.sync(everything=True)
    return held(world, guard)


def approve(world: World, hold: Hold) -> None:
    with scope(association=world.association):
        holding.approve(
            hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY, typed=hold.count
        )


def discard(world: World, hold: Hold) -> None:
    with scope(association=world.association):
        holding.discard(hold_id=hold.pk, fingerprint=hold.fingerprint, by=BY)


def is_over(world: World) -> bool:
    with scope(association=world.association):
        return not Hold.objects.filter(state=HoldState.OPEN).exists()


def deleted_over_there(world: World) -> Hold:
    world.account.hand_delete(Mailbox(PEOPLE[0]))
    hold = look_an_hour_later(world, Guard.DELETED_OVER_THERE)
    assert hold.count == 1
    return hold


def test_approving_a_deletion_over_there_adds_again(
    world: World, news: ContactList
) -> None:
    approve(world, deleted_over_there(world))
    world.sync()
    assert world.on("News") == set(PEOPLE)
    world.sync(everything=True)
    assert is_over(world)


def test_discarding_a_deletion_over_there_lets_go(
    world: World, news: ContactList
) -> None:
    discard(world, deleted_over_there(world))
    assert world.sync(everything=True).writes == 0
    assert world.on("News") == set(PEOPLE[1:])
    assert is_over(world)


def test_a_deletion_of_one_whose_address_changed_can_be_undone_too(
    world: World, news: ContactList
) -> None:
    with scope(association=world.association):
        EmailAddress.objects.filter(mailbox=PEOPLE[0]).update(
            typed="new@x.example", mailbox="new@x.example"
        )
    approve(world, deleted_over_there(world))
    world.sync(everything=True)
    assert world.on("News") == {"new@x.example", *PEOPLE[1:]}


def left_at_once(world: World) -> Hold:
    there = world.list_id("News")
    for address in PEOPLE[:30]:
        world.account.leave_list(Mailbox(address), there)
    hold = look_an_hour_later(world, Guard.LEFT_AT_ONCE)
    assert hold.count == 30
    return hold


def test_approving_that_many_left_takes_them_at_their_word(
    world: World, news: ContactList
) -> None:
    approve(world, left_at_once(world))
    world.sync()
    with scope(association=world.association):
        assert (
            Suppression.objects.filter(kind="left_list", list_id=news.pk).count() == 30
        )
    world.sync(everything=True)
    assert world.on("News") == set(PEOPLE[30:])
    assert is_over(world)


def test_discarding_that_many_left_puts_them_back(
    world: World, news: ContactList
) -> None:
    discard(world, left_at_once(world))
    world.sync()
    assert world.on("News") == set(PEOPLE)
    with scope(association=world.association):
        assert not Suppression.objects.exists()
    world.sync(everything=True)
    assert is_over(world)


def test_approving_a_changed_rule_carries_it_out(
    world: World, news: ContactList
) -> None:
    with scope(association=world.association):
        audience = Audience.objects.get()
        audiences.set_policy(audience_id=audience.pk, policy=NIGHTLY, by=BY)
        news.memberships.filter(contact__addresses__mailbox__in=PEOPLE[:20]).delete()
        world.sync()
        audiences.set_policy(audience_id=audience.pk, policy=DEFAULT, by=BY)
    approve(world, look_an_hour_later(world, Guard.RULE_CHANGED))
    world.sync()
    assert world.on("News") == set(PEOPLE[20:])


def list_deleted(world: World, news: ContactList) -> Hold:
    with scope(association=world.association):
        news.delete()
    return look_an_hour_later(world, Guard.LIST_DELETED)


def test_discarding_a_deleted_list_keeps_it_over_there(
    world: World, news: ContactList
) -> None:
    discard(world, list_deleted(world, news))
    world.sync(everything=True)
    assert world.on("News") == set(PEOPLE)
    assert is_over(world)


def test_approving_a_deleted_list_takes_everybody_off_it(
    world: World, news: ContactList
) -> None:
    approve(world, list_deleted(world, news))
    world.sync()
    world.sync(everything=True)
    assert world.on("News") == set()
    assert is_over(world)
