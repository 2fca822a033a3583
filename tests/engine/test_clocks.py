"""Our clock and the provider's are not the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen
from tests.builders import a_contact, a_list, on_list
from tests.engine.worlds import World

from rollkeeper.core.values import Mailbox
from rollkeeper.engine import reconcile
from rollkeeper.ledger.states import RunState
from rollkeeper.providers.port import Page, Provider

ANN = Mailbox("ann@a.example")


@pytest.mark.parametrize("minutes", [-180, -30, -15, 0, 15, 30, 180])
def test_an_opt_out_is_found_however_much_clocks_differ(
    world: World, minutes: int
) -> None:  # I22
    world.account.now = lambda: world.clock.read() + timedelta(minutes=minutes)
    a_list(world.association, a_contact(world.association, address=ANN), name="Board")
    world.sync(everything=True)
    world.pull()
    world.clock.sleep(60)
    world.account.unsubscribe(ANN)
    world.clock.sleep(16 * 60)
    run = world.pull()
    assert run.counts["opt_outs"] == 1


@pytest.mark.parametrize("off", [timedelta(hours=3), timedelta(hours=-3)])
def test_an_opt_out_is_found_when_our_clock_was_put_right_meanwhile(
    world: World, off: timedelta
) -> None:  # I22
    a_list(world.association, a_contact(world.association, address=ANN), name="Board")
    right = world.account.now
    world.clock.now += off
    world.account.now = lambda: right() - off
    world.sync(everything=True)
    world.clock.now -= off
    world.account.now = right
    world.clock.sleep(60)
    world.account.unsubscribe(ANN)
    assert world.pull().counts["opt_outs"] == 1


def test_when_the_providers_clock_is_put_back_opt_outs_are_found(
    world: World,
) -> None:  # I22
    a_list(world.association, a_contact(world.association, address=ANN), name="Board")
    right = world.account.now
    world.account.now = lambda: right() + timedelta(hours=3)
    world.sync(everything=True)
    world.account.now = right
    world.pull()
    world.clock.sleep(60)
    world.account.unsubscribe(ANN)
    assert world.pull().counts["opt_outs"] == 1


def test_a_pull_of_a_clock_that_was_fast_is_not_taken_for_fresh(
    world: World,
) -> None:  # I23
    ann = a_contact(world.association, address=ANN)
    its_list = a_list(world.association, ann, name="Board")
    world.clock.now += timedelta(hours=3)
    world.sync(everything=True)
    world.clock.now -= timedelta(hours=3)
    on_list(a_contact(world.association), its_list)
    world.account.requests.clear()
    world.sync()
    assert "opted_out" in [operation for operation, _ in world.account.requests]


def test_what_the_first_question_took_is_not_skipped(world: World) -> None:  # I22
    a_list(world.association, a_contact(world.association, address=ANN), name="Board")
    world.sync(everything=True)

    def wait_long(operation: str) -> None:
        if operation == "opted_out":  # and unsubscribe before the answer's date
            world.clock.sleep(50 * 60)
            world.account.unsubscribe(ANN)
            world.account.on_request = lambda operation: None
            world.clock.sleep(50 * 60)

    begun = world.clock.read()
    world.account.on_request = wait_long
    world.pull()
    world.connection.refresh_from_db()
    assert world.connection.pulled_through == begun
    assert world.pull().counts["opt_outs"] == 1


@frozen
class Shortened:
    """Leaves out the last contact, and counts it all the same."""

    provider: Provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self.provider, name)

    def opted_out(self, *, after: datetime | None = None) -> Iterator[Page]:
        for page in self.provider.opted_out(after=after):
            yield evolve(page, contacts=page.contacts[:-1])


def test_a_pull_that_shows_fewer_than_there_are_proves_nothing(
    world: World,
) -> None:  # I22
    a_list(world.association, a_contact(world.association, address=ANN), name="Board")
    world.sync(everything=True)
    world.connection.refresh_from_db()
    before = world.connection.pulled_through
    world.account.unsubscribe(ANN)
    usual = world.surroundings
    run = reconcile.pull(
        connection_id=world.connection.pk,
        by="test",
        surroundings=evolve(
            usual, open_provider=lambda *ids: Shortened(usual.open_provider(*ids))
        ),
    )
    world.connection.refresh_from_db()
    assert run.state == RunState.WILL_TRY_AGAIN
    assert "counts 1 contacts and showed 0" in run.message
    assert world.connection.pulled_through == before
    assert world.pull().counts["opt_outs"] == 1
