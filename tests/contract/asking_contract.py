"""What everything that asks people to come back must do, whichever vendor is behind."""

from __future__ import annotations

import pytest
from tests.contract.people import (
    ANN,
    ANN_PERSON,
    NOBODY,
    READS_LAG,
    a_list,
    shown,
)
from tests.contract.worlds import World

from rollkeeper.core.values import ProviderContactId, ProviderListId
from rollkeeper.core.views import Permission
from rollkeeper.providers.errors import ChangeRefused


class AskingContract:
    def test_who_unsubscribed_is_asked_and_comes_back_by_their_own_act(
        self, world: World
    ) -> None:
        ann, newsletter = self._gone(world)
        world.asking.ask_to_resubscribe(ann, [newsletter])
        assert shown(world, ANN).permission is Permission.UNSUBSCRIBED
        assert shown(world, ANN).lists == frozenset()
        world.resubscribe(ANN)
        assert shown(world, ANN).permission is Permission.MAILABLE
        assert shown(world, ANN).lists == {newsletter}

    def test_nobody_is_asked_twice_not_even_after_leaving_again(
        self, world: World
    ) -> None:
        ann, newsletter = self._gone(world)
        world.asking.ask_to_resubscribe(ann, [newsletter])
        world.resubscribe(ANN)
        world.unsubscribe(ANN, reason="")
        world.wait(READS_LAG)
        with pytest.raises(ChangeRefused):
            world.asking.ask_to_resubscribe(ann, [newsletter])

    def test_who_did_not_unsubscribe_is_not_asked(self, world: World) -> None:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[newsletter])
        ann = shown(world, ANN).provider_id
        with pytest.raises(ChangeRefused):
            world.asking.ask_to_resubscribe(ann, [newsletter])

    def test_whom_the_provider_does_not_know_is_not_asked(self, world: World) -> None:
        newsletter = a_list(world)
        with pytest.raises(ChangeRefused):
            world.asking.ask_to_resubscribe(ProviderContactId(NOBODY), [newsletter])

    def _gone(self, world: World) -> tuple[ProviderContactId, ProviderListId]:
        newsletter = a_list(world)
        world.hand_add(ANN, person=ANN_PERSON, lists=[newsletter])
        world.unsubscribe(ANN, reason="Too many mails.")
        return shown(world, ANN).provider_id, newsletter
