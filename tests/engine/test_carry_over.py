"""Associations that share a small API key: the next day has what one cannot hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import count

import pytest
from attrs import evolve, frozen
from django.db.models import F
from django_scopes import scope, scopes_disabled
from tests.builders import a_contact, a_list, an_application, on_list
from tests.engine.worlds import World, a_world

from rollkeeper.connections.models import Application, RequestDebit
from rollkeeper.connections.quota import DatabaseGate, today
from rollkeeper.core.budget import Purpose, ceiling
from rollkeeper.core.values import ConnectionId
from rollkeeper.directory.models import Contact, Mark
from rollkeeper.engine import due, reconcile
from rollkeeper.engine.lending import CountingGate
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.reconcile import Surroundings
from rollkeeper.engine.waiting import OthersWaiting
from rollkeeper.ledger.models import Run
from rollkeeper.providers.memory import MemoryProvider

pytestmark = pytest.mark.slow

PER_DAY = 50
PEOPLE = 3


@frozen
class Town:
    """Chambers that share one API key, and the tick that gives them turns."""

    key: Application
    worlds: Mapping[ConnectionId, World]

    def a_day_of_ticks(self) -> list[ConnectionId]:
        """Return who had turns, until nobody can send any more."""
        turns: list[ConnectionId] = []
        while ready := due.to_synchronize():
            turns.append(ready[0])
            world = self.worlds[ready[0]]
            reconcile.sync(
                connection_id=ready[0], by="test", surroundings=self.around(world)
            )
            assert len(turns) < 100  # nobody spins
        return turns

    def around(self, world: World) -> Surroundings:
        gate = CountingGate(
            gate=DatabaseGate(
                application_id=self.key.pk,
                connection_id=world.connection.pk,
                run_id=None,
                others=OthersWaiting(
                    application_id=self.key.pk,
                    connection_id=world.connection.pk,
                    clock=count().__next__,
                ),
                sleep=lambda _: None,
            )
        )
        return evolve(
            world.surroundings,
            open_provider=lambda connection_id, run_id: MemoryProvider(
                held_by=world.account, gate=gate, screen=world
            ),
        )

    def a_night_goes_by(self) -> None:
        """Everything was a day earlier than it was."""
        a_day = timedelta(days=1)
        with scopes_disabled():
            RequestDebit.objects.update(sent_at=F("sent_at") - a_day)
            Mark.objects.update(made_at=F("made_at") - a_day)
            Run.objects.update(
                started_at=F("started_at") - a_day,
                finished_at=F("finished_at") - a_day,
                retry_at=F("retry_at") - a_day,
            )

    def true_ones(self) -> list[ConnectionId]:
        return [
            number
            for number, world in self.worlds.items()
            if len(world.on("Board")) == PEOPLE
        ]


def a_chamber(key: Application) -> World:
    world = a_world()
    connection = world.connection
    with scope(association=world.association):
        connection.application = key
        connection.save()
    board = a_list(world.association, name="Board")
    for number in range(PEOPLE):
        on_list(a_contact(world.association, address=f"p{number}@x.example"), board)
    reconcile.request(STORE, connection_id=connection.pk)
    return world


@pytest.fixture
def town(transactional_db: None) -> Town:
    key = an_application(
        provider="memory", requests_per_day=PER_DAY, requests_per_second=10_000
    )
    worlds = [a_chamber(key) for _ in range(12)]
    return Town(key, {ConnectionId(world.connection.pk): world for world in worlds})


def test_what_a_day_cannot_hold_is_carried_over_in_its_order(town: Town) -> None:
    numbers = list(town.worlds)

    town.a_day_of_ticks()

    done = town.true_ones()
    assert done == numbers[: len(done)]
    assert 0 < len(done) < len(numbers)
    assert today(town.key.pk).used <= ceiling(Purpose.REMOVE, PER_DAY)

    town.a_night_goes_by()
    turns = town.a_day_of_ticks()

    assert turns[: len(numbers) - len(done)] == numbers[len(done) :]
    assert town.true_ones() == numbers
    assert RequestDebit.objects.count() <= 2 * PER_DAY


@pytest.mark.parametrize("compares", [False, True])
def test_on_a_spent_day_who_must_not_be_contacted_is_still_ended(  # I20
    town: Town, *, compares: bool
) -> None:
    """Also when a comparison of everything waits, which the day cannot hold."""
    town.a_day_of_ticks()
    done = town.true_ones()[0]
    world = town.worlds[done]
    if compares:
        reconcile.request(STORE, connection_id=done)
    with scope(association=world.association):
        contact = Contact.objects.get(addresses__mailbox="p0@x.example")
        contact.do_not_contact = True
        contact.save()

    assert town.a_day_of_ticks() == [done]

    assert world.on("Board") == {"p1@x.example", "p2@x.example"}
    assert today(town.key.pk).used <= PER_DAY
