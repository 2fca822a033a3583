"""Accounts that nothing was heard of for a day, asked over HTTP at a twin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django_scopes import scopes_disabled
from tests.builders import a_connection, an_application, an_association
from tests.connections.given import again
from tests.connections.test_tokens import put
from tests.connections.test_with_a_twin import connect
from tests.connections.twin import Twin
from tests.engine.queues import spent

from rollkeeper.connections import seals
from rollkeeper.connections.models import Connection, ConnectionState, RequestDebit
from rollkeeper.core.grants import UNUSED_LIFE, USED_EVERY, ends_soon
from rollkeeper.engine import probing
from rollkeeper.jobs import tasks

LONG_AGO = timedelta(hours=25)


def silent(connection: Connection, **columns: object) -> Connection:
    """Let nothing have been heard of it for a day."""
    ago = Now() - LONG_AGO
    put(connection, **{"answered_at": ago, "connected_at": ago, **columns})
    return connection


def calls_of(twin: Twin, part: str) -> int:
    return len([path for path in twin.asked() if part in path])


@pytest.mark.django_db
def test_an_account_is_probed_after_a_day_without_word(twin: Twin) -> None:
    connection = connect(an_association(), twin)
    assert probing.to_probe() == []

    silent(connection)
    assert probing.to_probe() == [connection.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["pulled_at", "compared_at", "answered_at"])
def test_any_word_of_it_within_the_day_will_do(word: str) -> None:
    connection = a_connection(an_association())
    silent(connection, **{word: Now() - timedelta(hours=23)})
    assert probing.to_probe() == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["reconnect_needed", "disconnected"])
def test_only_those_that_are_connected_are_probed(state: str) -> None:
    silent(a_connection(an_association(), state=state))
    assert probing.to_probe() == []


@pytest.mark.django_db
def test_a_probe_is_one_counted_request(twin: Twin) -> None:
    connection = silent(connect(an_association(), twin), account_name="Old name")
    counted, asked = RequestDebit.objects.count(), calls_of(twin, "/v3/")

    probing.probe(connection_id=connection.pk)

    row = again(connection)
    assert row.probed_at is not None
    assert row.answered_at is not None
    assert row.answered_at >= row.probed_at
    assert row.account_name == "Lakeside Chamber of Commerce"
    assert RequestDebit.objects.count() - counted == 1
    assert calls_of(twin, "/v3/") - asked == 1
    assert probing.to_probe() == []


@pytest.mark.django_db
def test_a_probe_finds_out_that_the_grant_was_revoked(twin: Twin) -> None:
    connection = silent(connect(an_association(), twin))
    twin.control("revoke")

    tasks.probe(connection_id=connection.pk, by="rule:probe")

    row = again(connection)
    assert row.state == ConnectionState.RECONNECT_NEEDED
    assert row.state_reason
    assert probing.to_probe() == []


@pytest.mark.django_db
def test_where_nobody_answers_nothing_is_concluded(twin: Twin) -> None:
    connection = silent(connect(an_association(), twin))
    twin.control("faults", kind="503", path="/v3/*")

    probing.probe(connection_id=connection.pk)

    assert again(connection).state == ConnectionState.CONNECTED
    assert probing.to_probe() == [], "it was asked just now"
    put(connection, probed_at=Now() - timedelta(minutes=61))
    assert probing.to_probe() == [connection.pk]


@pytest.mark.django_db
def test_without_requests_left_the_sign_in_is_kept_alive_all_the_same(
    twin: Twin,
) -> None:
    connection = connect(an_association(), twin)
    old = seals.refresh_token(connection)
    put(connection, refreshed_at=Now() - USED_EVERY - timedelta(minutes=1))
    spent(connection.application, 10_000, by=connection)
    asked = calls_of(twin, "/v3/")
    assert probing.to_probe() == [connection.pk]

    probing.probe(connection_id=connection.pk)

    row = again(connection)
    assert seals.refresh_token(row) != old
    assert row.refreshed_at is not None
    assert not ends_soon(row.refreshed_at, now=row.refreshed_at)
    assert calls_of(twin, "/v3/") == asked


@pytest.mark.django_db
def test_a_sign_in_that_died_unused_is_found_by_the_first_probe(twin: Twin) -> None:
    """Everything was off for half a year."""
    connection = connect(an_association(), twin)
    twin.control("clock", advance=(UNUSED_LIFE + timedelta(days=1)).total_seconds())
    silent(connection, access_expires_at=Now(), refreshed_at=Now() - UNUSED_LIFE)

    probing.probe(connection_id=connection.pk)

    assert again(connection).state == ConnectionState.RECONNECT_NEEDED


@pytest.mark.django_db
def test_a_thousand_that_fell_silent_at_once_are_spread_over_a_day() -> None:
    application = an_application()
    made = [
        Connection(
            association=an_association(),
            application=application,
            provider=application.provider,
            state=ConnectionState.CONNECTED,
        )
        for _ in range(1_000)
    ]
    with scopes_disabled():
        Connection.objects.bulk_create(made)
    probed: list[int] = []
    for _ in range(288):  # a day of five minutes each
        turn = probing.to_probe()
        assert len(turn) <= 4
        for connection_id in turn:
            put_probed(connection_id)
        probed += turn
    assert sorted(probed) == sorted(one.pk for one in made)


def put_probed(connection_id: int) -> None:
    with scopes_disabled():
        Connection.objects.filter(pk=connection_id).update(
            probed_at=Now(), answered_at=Now()
        )


@pytest.mark.parametrize(("days", "soon"), [(165, False), (166, True), (181, True)])
def test_staff_are_warned_a_fortnight_before_a_sign_in_ends(
    days: int, soon: bool
) -> None:
    used = datetime(2026, 1, 1, tzinfo=UTC)
    assert ends_soon(used, now=used + timedelta(days=days)) is soon
