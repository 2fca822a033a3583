"""Connecting, disconnecting, and another account instead, at the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings as DjangoSettings
from tests.builders import a_connection, an_association
from tests.cli.conftest import Run, Said
from tests.connections.given import again
from tests.connections.twin import Twin

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.config.environment import ProviderAccess
from rollkeeper.connections.models import Connection, ConnectionState


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


@pytest.fixture
def connection(transactional_db: None) -> Connection:
    return a_connection(an_association(), account_name="Harbor Chamber")


def document(said: Said) -> Any:
    """Return what was said, without the log lines that tests print beside it."""
    return json.loads(said.out[said.out.index("{") :])


def test_disconnecting_is_not_done_by_a_script_without_saying_so(
    run: Run, connection: Connection
) -> None:
    said = run("disconnect", "constant_contact")
    assert said.status == 2
    assert "not learnt any more" in " ".join(said.err.split())
    assert again(connection).state == ConnectionState.CONNECTED


def test_disconnecting_ends_the_connection_once(
    run: Run, connection: Connection
) -> None:
    said = run("disconnect", "constant_contact", "--yes", "--json")
    assert document(said) == {"connection": connection.pk, "state": "disconnected"}
    assert again(connection).state == ConnectionState.DISCONNECTED
    assert "not connected" in run("disconnect", "constant_contact", "--yes").err


def test_at_a_terminal_one_is_asked(
    run: Run, connection: Connection, at_a_terminal: None
) -> None:
    assert run("disconnect", "constant_contact", typed="n\n").status == 1
    assert again(connection).state == ConnectionState.CONNECTED
    assert run("disconnect", "constant_contact", typed="y\n").status == 0
    assert again(connection).state == ConnectionState.DISCONNECTED


def signed_in(run: Run, twin: Twin, account: str, *words: str) -> tuple[int, str]:
    """Go there and back, signing in at that account."""
    address = document(run("connect", "constant_contact", "--json"))["authorize_url"]
    back = twin.allow(address, account_id=account)
    url = f"http://127.0.0.1:8000/?code={back['code']}&state={back['state']}"
    said = run("connect", "constant_contact", "--redirect-url", url, *words)
    return said.status, " ".join((said.out + said.err).split())


def test_another_account_is_refused_with_what_to_write_when_it_is_meant(
    run: Run, twin: Twin
) -> None:
    assert signed_in(run, twin, twin.account_id())[0] == 0
    other = twin.control("accounts", organization_name="Elsewhere")["account_id"]

    status, said = signed_in(run, twin, other)
    assert status == 1
    told = re.search(r"--replace (\S+)'", said)
    assert told
    assert signed_in(run, twin, other, "--replace", "some-other")[0] == 1

    status, said = signed_in(run, twin, other, "--replace", told[1])
    assert status == 0
    assert "Connected: Elsewhere." in said
