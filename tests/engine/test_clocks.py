"""Our clock and the provider's are not the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import a_contact, a_list
from tests.engine.worlds import World

from rollkeeper.core.values import Mailbox

ANN = Mailbox("ann@a.example")


@pytest.mark.parametrize("minutes", [-30, 0, 30])
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
