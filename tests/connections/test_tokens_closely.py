"""Token times to the second, sign-ins that are kept alive, rows that lack something."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from tests.connections.given import Tokens, a_connection_with_tokens, again
from tests.connections.test_tokens import ENDED, Endpoint, put, tokens_of

from rollkeeper.connections import tokens
from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import ConnectionState
from rollkeeper.connections.tokens import GrantOver, Held, StoredTokens, Unreachable

MONTH = timedelta(days=30)


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


@pytest.mark.django_db
def test_a_sign_in_that_was_long_unused_is_used_once_and_lives_on() -> None:
    connection, endpoint = a_connection_with_tokens(), Endpoint()
    put(connection, refreshed_at=Now() - MONTH)
    for _ in range(2):
        tokens_of(connection, endpoint).use(unused_for=MONTH)
    assert endpoint.asked == ["refresh-1"]
    assert tokens_of(connection, endpoint).access() == "access-2"


@pytest.mark.django_db
def test_a_sign_in_that_was_used_lately_is_left_alone() -> None:
    connection, endpoint = a_connection_with_tokens(), Endpoint()
    put(connection, refreshed_at=Now() - MONTH + timedelta(hours=1))
    tokens_of(connection, endpoint).use(unused_for=MONTH)
    assert endpoint.asked == []


@pytest.mark.django_db
def test_keeping_a_sign_in_alive_can_wait_while_its_token_works() -> None:
    connection = a_connection_with_tokens(left=timedelta(hours=2))
    put(connection, refreshed_at=Now() - MONTH)
    endpoint = Endpoint(down=True)
    tokens_of(connection, endpoint).use(unused_for=MONTH)
    assert len(endpoint.asked) == 1
    assert tokens_of(connection, endpoint).access() == "access-1"


@pytest.mark.django_db
def test_who_keeps_a_sign_in_alive_is_told_when_that_fails_and_no_token_works() -> None:
    connection = a_connection_with_tokens(left=ENDED)
    put(connection, refreshed_at=Now() - MONTH)
    with pytest.raises(Unreachable):
        tokens_of(connection, Endpoint(down=True)).use(unused_for=MONTH)


@pytest.mark.django_db
def test_without_a_refresh_token_nobody_is_asked_and_a_person_must_sign_in() -> None:
    connection = a_connection_with_tokens(Tokens(refresh=None), left=ENDED)
    endpoint = Endpoint()
    with pytest.raises(GrantOver, match="gave no refresh token"):
        tokens_of(connection, endpoint).access()
    assert endpoint.asked == []
    assert again(connection).state == ConnectionState.RECONNECT_NEEDED
