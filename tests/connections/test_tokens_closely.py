"""Token times to the second, and what the tokens of a row never show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.connections.given import Tokens, a_connection_with_tokens, again
from tests.connections.test_tokens import Endpoint, put, tokens_of

from rollkeeper.connections import tokens
from rollkeeper.connections.clock import database_time
from rollkeeper.connections.tokens import Held, StoredTokens


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(minutes=5, seconds=30), "access-1"),
        (timedelta(minutes=4, seconds=30), "access-2"),
    ],
)
def test_a_token_is_refreshed_in_its_last_five_minutes(
    left: timedelta, expected: str
) -> None:
    connection = a_connection_with_tokens(left=left)
    assert tokens_of(connection, Endpoint()).access() == expected


@pytest.mark.django_db
def test_a_mark_to_refresh_ends_after_a_minute() -> None:
    connection = a_connection_with_tokens(left=timedelta(minutes=4))
    put(connection, refreshing_since=database_time() - timedelta(seconds=60.5))
    assert tokens_of(connection, Endpoint()).access() == "access-2"


@pytest.mark.django_db
def test_a_refused_token_is_not_given_out_again_while_another_refreshes() -> None:
    connection = a_connection_with_tokens()
    put(connection, refreshing_since=database_time())
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        put(connection, refreshing_since=None)

    stored = StoredTokens(
        connection_id=connection.pk, refresher=Endpoint(), sleep=sleep
    )
    assert stored.renew("access-1") == "access-2"
    assert slept == [0.2]


def test_tokens_are_not_shown_when_they_are_printed() -> None:
    held = Held(
        access="secret-1",
        refresh="secret-2",
        left=timedelta(0),
        unused_for=timedelta(0),
    )
    assert "secret" not in repr(held)


@pytest.mark.django_db
def test_a_refresh_is_not_asked_for_by_a_second_token_of_the_first_moment() -> None:
    connection = a_connection_with_tokens(Tokens(access="kept"))
    assert tokens_of(connection, Endpoint()).renew("another") == "kept"
    assert again(connection).refreshing_since is None
    assert tokens.REFRESH_BEFORE_END > tokens.LEASE
