from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings as DjangoSettings
from pytest_django.live_server_helper import LiveServer
from tests.builders import an_association
from tests.connections.twin import Twin
from tests.web.people import a_person, signed_in

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.config.environment import ProviderAccess
from rollkeeper.directory.models import Association, Role


@pytest.fixture
def chamber(db: None) -> Association:
    return an_association(name="Harbor Chamber")


@pytest.fixture
def admin(chamber: Association) -> Client:
    """An administrator of the chamber, signed in."""
    return signed_in(a_person(chamber))


@pytest.fixture
def staff(chamber: Association) -> Client:
    """An operator on the chamber's staff, signed in."""
    return signed_in(a_person(chamber, role=Role.OPERATOR))


@pytest.fixture
def api_key(settings: DjangoSettings) -> None:
    """The installation has an API key; nothing answers at the provider."""
    settings.PROVIDERS = {
        "constant_contact": ProviderAccess(
            client_id="our-key",
            client_secret=None,
            api_url="http://127.0.0.1:1/v3",
            auth_url="http://127.0.0.1:1/oauth2",
        )
    }


@pytest.fixture
def twin(settings: DjangoSettings, live_server: LiveServer) -> Iterator[Twin]:
    options = Settings(limits=False, job_seconds=(0.0, 0.0))
    with running(options) as server:
        settings.BASE_URL = live_server.url
        settings.PROVIDERS = {
            "constant_contact": ProviderAccess(
                client_id="our-key",
                client_secret=None,
                api_url=f"{server.url}/v3",
                auth_url=f"{server.url}/oauth2/default/v1",
            )
        }
        yield Twin(url=server.url)
