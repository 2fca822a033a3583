"""Twins that run while the tests of this folder do; each test gets one emptied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.twin.driving import Twin

from mailtwin.server import running
from mailtwin.settings import Settings


@pytest.fixture(scope="session")
def _free_twin() -> Iterator[Twin]:
    with running(Settings(limits=False, job_seconds=(1, 2))) as server:
        yield from _driven(server.url)


@pytest.fixture(scope="session")
def _strict_twin() -> Iterator[Twin]:
    with running(Settings(job_seconds=(30, 900))) as server:
        yield from _driven(server.url)


def _driven(url: str) -> Iterator[Twin]:
    twin = Twin(url)
    with twin.http:
        yield twin


@pytest.fixture
def twin(_free_twin: Twin) -> Twin:
    """Return an empty twin without limits on calls, and a token for it."""
    _free_twin.reset()
    return _free_twin


@pytest.fixture
def strict(_strict_twin: Twin) -> Twin:
    """Return an empty twin that counts calls, with its clock stopped."""
    _strict_twin.reset()
    _strict_twin.control("clock", freeze=True)
    return _strict_twin
