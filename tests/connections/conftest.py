"""A provider to connect to: a twin of it, over HTTP on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings as DjangoSettings
from tests.connections.twin import Twin

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.config.environment import ProviderAccess


@pytest.fixture
def twin(settings: DjangoSettings) -> Iterator[Twin]:
    with running(Settings(limits=False)) as server:
        settings.PROVIDERS = {
            "constant_contact": ProviderAccess(
                client_id="our-key",
                client_secret=None,
                api_url=f"{server.url}/v3",
                auth_url=f"{server.url}/oauth2/default/v1",
            )
        }
        yield Twin(url=server.url)
