from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from attrs import Factory, define
from django.conf import settings
from django.db import connection as database
from django.db.models.functions import Now
from django_scopes import scopes_disabled
from tests.connections.given import Tokens, a_connection_with_tokens, again

from rollkeeper.connections import seals
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.services import disconnect
from rollkeeper.connections.tokens import (
    GrantOver,
    GrantRefused,
    StoredTokens,
    Unreachable,
)

ENDED = timedelta(seconds=-1)
DUE = timedelta(minutes=4)


@define
class Endpoint:
    """A token endpoint whose refresh tokens are good once."""

    good: str = "refresh-1"
    asked: list[str] = Factory(list)
    during: Callable[[], None] = lambda: None
    down: bool = False

    def refresh(self, refresh_token: str) -> Tokens:
        self.asked.append(refresh_token)
        self.during()
        if self.down:
            raise Unreachable("The sign-in service gave no whole answer.")
        if refresh_token != self.good:
            raise GrantRefused
        number = len(self.asked) + 1
        self.good = f"refresh-{number}"
        return Tokens(access=f"access-{number}", refresh=self.good)


def tokens_of(connection: Connection, endpoint: Endpoint) -> StoredTokens:
    return StoredTokens(connection_id=connection.pk, refresher=endpoint)


def put(connection: Connection, **columns: object) -> None:
    with scopes_disabled():
        Connection.objects.filter(pk=connection.pk).update(**columns)


@pytest.mark.django_db
def test_a_token_that_works_is_not_refreshed() -> None:
    connection, endpoint = a_connection_with_tokens(), Endpoint()

    assert tokens_of(connection, endpoint).access() == "access-1"
    assert endpoint.asked == []


@pytest.mark.django_db
def test_a_token_about_to_end_is_refreshed_and_both_new_ones_kept() -> None:
    connection, endpoint = a_connection_with_tokens(left=DUE), Endpoint()

    assert tokens_of(connection, endpoint).access() == "access-2"

    kept = again(connection)
    assert seals.access_token(kept) == "access-2"
    assert seals.refresh_token(kept) == "refresh-2"
    assert kept.refreshing_since is None
    assert tokens_of(connection, endpoint).access() == "access-2"


@pytest.mark.django_db
def test_a_refresh_without_a_new_refresh_token_keeps_the_old_one() -> None:
    class LongLived(Endpoint):
        def refresh(self, refresh_token: str) -> Tokens:
            return Tokens(access="access-2", refresh=None)

    connection = a_connection_with_tokens(left=ENDED)
    assert tokens_of(connection, LongLived()).access() == "access-2"
    assert seals.refresh_token(again(connection)) == "refresh-1"


@pytest.mark.django_db
def test_the_life_of_new_tokens_is_counted_from_before_they_were_asked_for() -> None:
    connection, endpoint = a_connection_with_tokens(left=ENDED), Endpoint()
    began = []
    endpoint.during = lambda: began.append(again(connection).refreshing_since)

    tokens_of(connection, endpoint).access()

    ends = again(connection).access_expires_at
    assert ends is not None
    assert [ends - timedelta(days=1)] == began


@pytest.mark.django_db
def test_no_transaction_is_open_while_the_provider_is_asked() -> None:
    connection, endpoint = a_connection_with_tokens(left=ENDED), Endpoint()
    outside = len(database.savepoint_ids)
    inside = []
    endpoint.during = lambda: inside.append(len(database.savepoint_ids))

    tokens_of(connection, endpoint).access()

    assert inside == [outside]


@pytest.mark.django_db
def test_while_the_old_token_works_a_sign_in_service_may_be_down() -> None:
    connection, endpoint = a_connection_with_tokens(left=DUE), Endpoint(down=True)
    tokens = tokens_of(connection, endpoint)

    assert [tokens.access() for _ in range(3)] == ["access-1"] * 3
    assert len(endpoint.asked) == 1, "the lease spaces the attempts out"


@pytest.mark.django_db
def test_without_a_token_that_works_the_caller_is_told_and_may_ask_again() -> None:
    connection, endpoint = a_connection_with_tokens(left=ENDED), Endpoint(down=True)
    tokens = tokens_of(connection, endpoint)
    with pytest.raises(Unreachable):
        tokens.access()

    endpoint.down = False
    assert tokens.access() == "access-3"


@pytest.mark.django_db
def test_a_token_the_provider_refused_is_renewed_before_its_time() -> None:
    connection, endpoint = a_connection_with_tokens(), Endpoint()

    assert tokens_of(connection, endpoint).renew("access-1") == "access-2"


@pytest.mark.django_db
def test_a_refused_token_that_was_replaced_meanwhile_costs_no_refresh() -> None:
    connection = a_connection_with_tokens(Tokens(access="access-9"))
    endpoint = Endpoint()

    assert tokens_of(connection, endpoint).renew("access-8") == "access-9"
    assert endpoint.asked == []


@pytest.mark.django_db
def test_a_refused_grant_means_that_a_person_must_sign_in_again() -> None:
    connection = a_connection_with_tokens(left=ENDED)
    endpoint = Endpoint(good="another")

    with pytest.raises(GrantOver):
        tokens_of(connection, endpoint).access()

    assert again(connection).state == ConnectionState.RECONNECT_NEEDED
    with pytest.raises(GrantOver):
        tokens_of(connection, endpoint).access()
    assert len(endpoint.asked) == 1


@pytest.mark.django_db
def test_a_grant_refused_because_another_was_faster_is_no_harm() -> None:
    """Their lease had run out, ours began, and then theirs came to its end."""
    connection = a_connection_with_tokens(left=ENDED)

    def another_is_faster() -> None:
        row = again(connection)
        seals.put_tokens(row, Tokens(access="theirs", refresh="refresh-theirs"))
        row.access_expires_at = Now() + timedelta(hours=1)
        row.save()

    endpoint = Endpoint(good="refresh-theirs", during=another_is_faster)

    assert tokens_of(connection, endpoint).access() == "theirs"
    assert again(connection).state == ConnectionState.CONNECTED


@pytest.mark.django_db
def test_tokens_that_come_after_a_new_sign_in_do_not_replace_it() -> None:
    connection = a_connection_with_tokens(left=ENDED)

    def somebody_connects_again() -> None:
        row = again(connection)
        seals.drop_tokens(row)
        seals.put_tokens(row, Tokens(access="new", refresh="new"))
        row.access_expires_at = Now() + timedelta(hours=1)
        row.save()

    endpoint = Endpoint(during=somebody_connects_again)

    assert tokens_of(connection, endpoint).access() == "new"
    assert seals.refresh_token(again(connection)) == "new"


@pytest.mark.django_db
def test_tokens_that_come_after_disconnecting_are_not_kept() -> None:
    connection = a_connection_with_tokens(left=ENDED)
    endpoint = Endpoint(
        during=lambda: disconnect(connection_id=connection.pk, by="staff:ann")
    )

    with pytest.raises(GrantOver):
        tokens_of(connection, endpoint).access()

    assert again(connection).sealed_access is None


@pytest.mark.django_db
def test_a_process_killed_while_refreshing_holds_the_others_up_for_its_lease() -> None:
    connection, endpoint = a_connection_with_tokens(left=ENDED), Endpoint()
    put(connection, refreshing_since=Now())
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:  # the lease ends
            put(connection, refreshing_since=Now() - timedelta(seconds=61))

    tokens = StoredTokens(connection_id=connection.pk, refresher=endpoint, sleep=sleep)

    assert tokens.access() == "access-2"
    assert len(slept) == 3


@pytest.mark.django_db
def test_without_the_key_a_person_must_sign_in_again() -> None:
    connection = a_connection_with_tokens()
    put(connection, sealed_key=b"sealed with a key that nobody has")

    with pytest.raises(GrantOver, match="has no key"):
        tokens_of(connection, Endpoint()).access()

    assert again(connection).state == ConnectionState.RECONNECT_NEEDED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("usable", [True, False])
def test_of_many_who_want_to_refresh_at_once_one_does(usable: bool) -> None:
    connection = a_connection_with_tokens(left=DUE if usable else ENDED)
    endpoint = Endpoint(during=lambda: time.sleep(0.3))
    together = threading.Barrier(6)

    def ask(_: int) -> str:
        try:
            together.wait()
            return tokens_of(connection, endpoint).access()
        finally:
            database.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        given = list(pool.map(ask, range(6)))

    assert endpoint.asked == ["refresh-1"]
    assert set(given) <= ({"access-1", "access-2"} if usable else {"access-2"})
    assert seals.refresh_token(again(connection)) == "refresh-2"


def test_the_key_file_is_not_the_secret_key() -> None:
    assert settings.DATA_KEY_FILE.read_text() != settings.SECRET_KEY
