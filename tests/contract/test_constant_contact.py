"""Constant Contact's provider keeps the contract, over HTTP against the twin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contract.provider_contract import ProviderContract
from tests.contract.worlds import TwinWorld

from mailtwin.server import running
from mailtwin.settings import Settings


@pytest.fixture(scope="module")
def twin_url() -> Iterator[str]:
    with running(Settings(limits=False, job_seconds=(30.0, 60.0))) as twin:
        yield twin.url


class TestConstantContact(ProviderContract):
    @pytest.fixture
    def world(self, twin_url: str) -> Iterator[TwinWorld]:
        with TwinWorld.open(twin_url) as world:
            yield world
            assert world.provokes or world.violations() == []
