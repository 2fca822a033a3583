"""Connecting and refreshing over HTTP, against a twin of the provider."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from django.db import connection as database
from django.db.models.functions import Now
from django_scopes import scopes_disabled
from psycopg.conninfo import make_conninfo
from pytest_django import Settings as DjangoSettings
from tests.builders import an_association
from tests.connections.given import again
from tests.connections.twin import Twin
from tests.engine.queues import a_waiting_connection, spent

from rollkeeper.connections import seals
from rollkeeper.connections.models import Connection, ConnectionState, RequestDebit
from rollkeeper.connections.services import (
    AttemptRefused,
    ConnectingFailed,
    DifferentAccount,
)
from rollkeeper.directory.models import Association
from rollkeeper.engine.connecting import (
    begin_connecting,
    finish_connecting,
    open_provider,
)
from rollkeeper.providers.errors import QuotaSpent, ReconnectNeeded

PROVIDER = "constant_contact"


def begin(chamber: Association) -> str:
    return begin_connecting(
        association_id=chamber.pk, provider=PROVIDER, bound_to="session"
    )


def finish(chamber: Association, back: dict[str, str], **other: Any) -> Connection:
    told = {"bound_to": "session", "code": back["code"], "state": back["state"]}
    return finish_connecting(
        association_id=chamber.pk, provider=PROVIDER, by="staff:ann", **told | other
    )


def connect(chamber: Association, twin: Twin) -> Connection:
    return finish(chamber, twin.allow(begin(chamber)))


def end_access(connection: Connection) -> None:
    with scopes_disabled():
        Connection.objects.filter(pk=connection.pk).update(
            access_expires_at=Now() - timedelta(seconds=1)
        )


@pytest.mark.django_db
def test_a_person_who_allows_us_is_connected_to_their_account(twin: Twin) -> None:
    connection = connect(an_association(), twin)

    assert connection.state == ConnectionState.CONNECTED
    assert connection.account_name == "Lakeside Chamber of Commerce"
    assert open_provider(connection.pk, None).account().name == str(connection)


@pytest.mark.django_db
def test_an_application_with_a_secret_connects_as_well(
    twin: Twin, settings: DjangoSettings
) -> None:
    given = settings.PROVIDERS[PROVIDER]
    settings.PROVIDERS = {PROVIDER: evolve(given, client_secret="a secret")}

    assert connect(an_association(), twin).state == ConnectionState.CONNECTED


@pytest.mark.django_db
def test_every_request_is_counted_for_key_connection_and_run(twin: Twin) -> None:
    connection = connect(an_association(), twin)
    list(open_provider(connection.pk, 7).lists())

    counted = RequestDebit.objects.filter(connection=connection, run_id=7).count()
    api_calls = [path for path in twin.asked() if path.startswith("/v3/")]
    assert RequestDebit.objects.count() == len(api_calls)
    assert counted == len([path for path in api_calls if "contact_lists" in path])


@pytest.mark.django_db
def test_who_has_had_its_share_asks_for_nothing_while_others_wait(twin: Twin) -> None:
    connection = connect(an_association(), twin)
    key = connection.application
    key.requests_per_day = 80
    key.save()
    spent(key, 35, by=connection)
    lists = open_provider(connection.pk, None).lists
    assert list(lists()) == []

    a_waiting_connection(key)
    before = twin.asked()

    with pytest.raises(QuotaSpent, match="others wait"):
        list(open_provider(connection.pk, None).lists())
    assert twin.asked() == before


@pytest.mark.django_db
def test_a_code_is_exchanged_once_whoever_asks(twin: Twin) -> None:
    chamber = an_association()
    back = twin.allow(begin(chamber))
    finish(chamber, back)
    before = twin.asked()

    with pytest.raises(AttemptRefused):
        finish(chamber, back)
    assert twin.asked() == before


@pytest.mark.django_db
@pytest.mark.parametrize("forged", [{"state": "forged"}, {"bound_to": "another"}])
def test_a_forged_way_back_asks_the_provider_nothing(
    twin: Twin, forged: dict[str, str]
) -> None:
    chamber = an_association()
    back = twin.allow(begin(chamber))
    before = twin.asked()

    with pytest.raises(AttemptRefused):
        finish(chamber, back, **forged)
    assert twin.asked() == before


@pytest.mark.django_db
def test_a_code_that_is_not_ours_connects_nothing(twin: Twin) -> None:
    chamber = an_association()
    back = twin.allow(begin(chamber))

    with pytest.raises(ReconnectNeeded):
        finish(chamber, back, code="made up")
    with scopes_disabled():
        assert not Connection.objects.exists()


@pytest.mark.django_db
def test_another_account_is_refused_on_reconnecting(twin: Twin) -> None:
    chamber = an_association()
    connection = connect(chamber, twin)
    other = twin.control("accounts", organization_name="Harbor Chamber")["account_id"]

    with pytest.raises(DifferentAccount, match="Harbor Chamber"):
        finish(chamber, twin.allow(begin(chamber), account_id=other))

    assert again(connection).account_name == "Lakeside Chamber of Commerce"


@pytest.mark.django_db
def test_a_token_that_ended_is_refreshed_on_the_way(twin: Twin) -> None:
    connection = connect(an_association(), twin)
    old = seals.access_token(connection)
    end_access(connection)

    open_provider(connection.pk, None).account()

    assert seals.access_token(again(connection)) != old


@pytest.mark.django_db
def test_a_token_that_ended_at_the_provider_first_is_refreshed_too(twin: Twin) -> None:
    connection = connect(an_association(), twin)
    twin.control("clock", advance=24 * 3600 + 60)

    assert open_provider(connection.pk, None).account().name == str(connection)


@pytest.mark.django_db
def test_a_revoked_grant_ends_in_reconnect_needed(twin: Twin) -> None:
    connection = connect(an_association(), twin)
    twin.control("revoke")

    with pytest.raises(ReconnectNeeded):
        open_provider(connection.pk, None).account()

    assert again(connection).state == ConnectionState.RECONNECT_NEEDED


@pytest.mark.django_db
def test_with_another_api_key_the_account_must_be_connected_again(
    twin: Twin, settings: DjangoSettings
) -> None:
    connection = connect(an_association(), twin)
    given = settings.PROVIDERS[PROVIDER]
    settings.PROVIDERS = {PROVIDER: evolve(given, client_id="new-key")}

    with pytest.raises(ReconnectNeeded, match="API key"):
        open_provider(connection.pk, None)


@pytest.mark.django_db
def test_without_an_api_key_the_host_is_told_what_to_set(
    twin: Twin, settings: DjangoSettings
) -> None:
    given = settings.PROVIDERS[PROVIDER]
    settings.PROVIDERS = {PROVIDER: evolve(given, client_id="")}

    with pytest.raises(ConnectingFailed, match="ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID"):
        begin(an_association())


ASK = """
import sys
from rollkeeper.config import setup
setup()
from rollkeeper.engine.connecting import open_provider
provider = open_provider(int(sys.argv[1]), None)
print("ready", flush=True)
sys.stdin.readline()
print(provider.account().name)
"""


def a_process(connection: Connection, twin: Twin) -> subprocess.Popen[str]:
    used = database.settings_dict
    environment = {
        **os.environ,
        "ROLLKEEPER_DATABASE_URL": make_conninfo(
            host=used["HOST"], port=used["PORT"], user=used["USER"], dbname=used["NAME"]
        ),
        "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_ID": "our-key",
        "ROLLKEEPER_CONSTANT_CONTACT_API_URL": f"{twin.url}/v3",
        "ROLLKEEPER_CONSTANT_CONTACT_AUTH_URL": f"{twin.url}/oauth2/default/v1",
        "PYTHONPATH": "src",
    }
    return subprocess.Popen(
        [sys.executable, "-c", ASK, str(connection.pk)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_refresh_at_once_do_not_cut_the_connection(
    twin: Twin,
) -> None:
    """The twin's refresh tokens are good once: a second refresh would be refused."""
    connection = connect(an_association(), twin)
    end_access(connection)
    processes = [a_process(connection, twin) for _ in range(2)]
    assert [line_from(process) for process in processes] == ["ready\n"] * 2

    for process in processes:
        go(process)
    answers = [process.communicate()[0] for process in processes]

    assert answers == [f"{connection}\n"] * 2
    assert again(connection).state == ConnectionState.CONNECTED
