"""Asking somebody of an account in memory to come back."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

from rollkeeper.core.values import ProviderContactId, ProviderListId
from rollkeeper.providers.errors import ChangeRefused
from rollkeeper.providers.memory.account import MemoryAccount
from rollkeeper.providers.port import Gate, Purpose


@frozen(kw_only=True)
class MemoryAsking:
    """Implements `providers.port.Asking`."""

    held_by: MemoryAccount
    gate: Gate

    def ask_to_resubscribe(
        self, provider_id: ProviderContactId, lists: Collection[ProviderListId]
    ) -> None:
        there = self.held_by
        self.gate.debit(Purpose.ADD)
        there.requests.append(("ask", Purpose.ADD))
        there.on_request("ask")
        held = there.held.get(provider_id)
        if held is None or not held.unsubscribed:
            raise ChangeRefused("The account has nobody unsubscribed of this id.")
        if held.asked_back_to is not None:
            raise ChangeRefused("This contact was asked before.")
        held.asked_back_to = frozenset(lists)
        there.on_answer("ask")
