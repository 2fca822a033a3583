"""The provider in memory keeps the contract."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.contract.asking_contract import AskingContract
from tests.contract.provider_contract import ProviderContract
from tests.contract.worlds import MemoryWorld


class TestMemory(ProviderContract, AskingContract):
    @pytest.fixture
    def world(self) -> MemoryWorld:
        return MemoryWorld.make(began=datetime(2030, 1, 7, 9, 0, tzinfo=UTC))
