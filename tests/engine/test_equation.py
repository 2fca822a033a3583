"""Sums that add up, and explanations that agree with the term they are counted in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list, an_association
from tests.engine.random_worlds import RandomWorld, a_random_world

from rollkeeper.core.eligibility import Reason
from rollkeeper.core.values import ListId
from rollkeeper.directory.models import Contact, ListMembership
from rollkeeper.engine.equation import DoesNotAddUp, Sum, Target
from rollkeeper.engine.explain import explain
from rollkeeper.engine.postgres.spots import Around, alike
from rollkeeper.engine.postgres.sums import sums, targets
from rollkeeper.ledger.models import AudienceState, RemoteMembership

WORLDS = 60


@pytest.fixture(params=range(WORLDS))
def world(request: pytest.FixtureRequest, db: None) -> Iterator[RandomWorld]:
    world = a_random_world(request.param)
    with scope(association=world.association):
        world.fill()
        yield world


def test_every_sum_adds_up_to_what_the_tables_say(world: RandomWorld) -> None:
    for one in sums(world.connection):
        there = RemoteMembership.objects.filter(
            audience_id=one.target.audience_id or 0, there=True
        )
        members = ListMembership.objects.filter(list_id=one.target.list_id).count()
        assert one.members == members
        assert one.there == there.filter(ours=True).count()
        assert one.strangers == there.filter(ours=False).count()
        away, left = sum(one.not_there.values()), sum(one.still_there.values())
        assert members - away + left == one.there


def test_everybody_is_explained_as_they_are_counted(world: RandomWorld) -> None:
    contacts = list(Contact.objects.order_by("pk"))
    on_list = set(ListMembership.objects.values_list("list_id", "contact_id"))
    counted: Counter[tuple[int, str]] = Counter()
    for one in explain(connection=world.connection, contacts=contacts):
        if (one.list_id, one.contact_id) in on_list and one.reason:
            counted[one.list_id or 0, one.reason] += 1
    terms = {
        (one.target.list_id, reason): number
        for one in sums(world.connection)
        for reason, number in one.not_there.items()
    }
    assert counted == terms


def test_one_list_is_summed_up_as_among_all(world: RandomWorld) -> None:
    every = sums(world.connection)
    for one in every:
        assert sums(world.connection, among=[one.target.list_id]) == [one]


def test_the_random_worlds_reach_every_reason(db: None) -> None:
    seen: set[Reason] = set()
    for seed in range(WORLDS):
        world = a_random_world(seed)
        with scope(association=world.association):
            world.fill()
            for one in sums(world.connection):
                seen |= one.not_there.keys() | one.still_there.keys()
    never_in_a_sum = {Reason.NOT_ON_LIST}
    assert set(Reason) - seen == never_in_a_sum


def test_who_is_alike_is_read_as_one_row(db: None) -> None:
    association = an_association()
    people = [a_contact(association) for _ in range(30)]
    a_list(association, *people)
    connection = a_connection(association)
    around = Around(association_id=association.pk, connection_id=connection.pk)
    with scope(association=association):
        ((_, _, times),) = alike(around, targets(connection.pk))
    assert times == 30


def test_a_sum_that_does_not_add_up_is_an_error() -> None:
    target = Target(
        list_id=ListId(1), name="", name_there="", state=AudienceState.ACTIVE
    )
    with pytest.raises(DoesNotAddUp, match=r"list 1: 3 - 1 \+ 0 is not 3"):
        Sum(
            target=target,
            members=3,
            not_there={Reason.WAITING: 1},
            still_there={},
            there=3,
            strangers=0,
        )
