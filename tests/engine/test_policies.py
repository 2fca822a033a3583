"""Changing a policy: first what it would do, then what it does."""

from __future__ import annotations

import pytest
from attrs import evolve
from django_scopes import scope
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.audit.models import Entry
from rollkeeper.core.guards import Guard
from rollkeeper.core.policy import DEFAULT, Strangers
from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.directory.models import ContactList
from rollkeeper.engine import policies
from rollkeeper.ledger.models import Audience, Hold

BY = "test"
ALONE = evolve(DEFAULT, strangers=Strangers.REMOVE)


@pytest.fixture
def news(world: World) -> ContactList:
    """A list with one person of ours and two strangers."""
    news = a_list(world.association, a_contact(world.association), name="News")
    there = world.theirs("News")
    for address in ("s1@x.example", "s2@x.example"):
        world.account.hand_add(Mailbox(address), lists={there})
    world.sync(everything=True)
    world.adopt()
    return news


def audience(world: World) -> Audience:
    with scope(association=world.association):
        found: Audience = Audience.objects.get()
    return found


def test_the_plan_of_a_new_policy_is_shown_and_nothing_changes(
    world: World, news: ContactList
) -> None:
    before = audience(world)
    with scope(association=world.association):
        found = policies.preview_of(
            audience_id=AudienceId(before.pk),
            policy=ALONE,
            by=BY,
            surroundings=world.surroundings,
        )
        assert not Entry.objects.filter(action="policy_changed").exists()
    assert found.counts["hold"] == 2
    assert [one.guard for one in found.held] == [Guard.RULE_CHANGED]
    assert audience(world).strangers == "keep"
    assert audience(world).rule_changed_at is None


def test_a_changed_policy_is_compared_and_waits_with_whom_it_takes_off(
    world: World, news: ContactList
) -> None:
    with scope(association=world.association):
        policies.change(audience_id=AudienceId(audience(world).pk), policy=ALONE, by=BY)
    world.sync()
    assert len(world.on("News")) == 3
    with scope(association=world.association):
        assert Hold.objects.get().guard == Guard.RULE_CHANGED


def test_the_same_policy_is_no_change(world: World, news: ContactList) -> None:
    with scope(association=world.association):
        policies.change(
            audience_id=AudienceId(audience(world).pk), policy=DEFAULT, by=BY
        )
        assert not Entry.objects.filter(action="policy_changed").exists()
    assert world.sync().requests == 0
