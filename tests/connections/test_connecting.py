from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection as database
from django.db.models.functions import Now
from django_scopes import scope
from tests.builders import an_application, an_association
from tests.connections.given import Account, Tokens, again

from rollkeeper.audit.models import Entry
from rollkeeper.connections import seals
from rollkeeper.connections.models import (
    Application,
    AuthorizationAttempt,
    Connection,
    ConnectionState,
)
from rollkeeper.connections.secrets import SecretsError
from rollkeeper.connections.services import (
    Attempt,
    AttemptRefused,
    DifferentAccount,
    application,
    begin,
    come_back,
    connect,
    disconnect,
    need_reconnect,
)
from rollkeeper.directory.models import Association

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber(db: None) -> Iterator[Association]:
    association = an_association()
    with scope(association=association):
        yield association


def on_the_way(chamber: Association, *, bound_to: str = "session") -> Attempt:
    return begin(
        association_id=chamber.pk, provider="constant_contact", bound_to=bound_to
    )


def back(
    chamber: Association,
    state: str,
    *,
    bound_to: str = "session",
    provider: str = "constant_contact",
) -> Attempt:
    return come_back(
        association_id=chamber.pk, provider=provider, bound_to=bound_to, state=state
    )


def connected(
    chamber: Association,
    *,
    key: Application | None = None,
    account: Account | None = None,
    tokens: Tokens | None = None,
) -> Connection:
    return connect(
        association_id=chamber.pk,
        key=key
        or application(
            provider="constant_contact",
            client_id="one",
            requests_per_day=10_000,
            requests_per_second=4,
        ),
        account=account or Account(),
        tokens=tokens or Tokens(),
        by="staff:ann",
    )


def test_who_comes_back_to_the_same_session_gets_their_verifier(
    chamber: Association,
) -> None:
    attempt = on_the_way(chamber)

    assert back(chamber, attempt.state) == attempt


def test_a_state_is_good_for_one_way_back(chamber: Association) -> None:
    attempt = on_the_way(chamber)
    back(chamber, attempt.state)

    with pytest.raises(AttemptRefused, match="Begin again"):
        back(chamber, attempt.state)


@pytest.mark.parametrize("wrong", [{"bound_to": "other"}, {"provider": "mailchimp"}])
def test_a_state_is_good_for_nobody_else(
    chamber: Association, wrong: dict[str, str]
) -> None:
    attempt = on_the_way(chamber)

    with pytest.raises(AttemptRefused):
        back(chamber, attempt.state, **wrong)


def test_a_state_of_another_association_is_refused(chamber: Association) -> None:
    attempt = on_the_way(an_association())

    with pytest.raises(AttemptRefused):
        back(chamber, attempt.state)


def test_a_made_up_state_is_refused(chamber: Association) -> None:
    on_the_way(chamber)

    with pytest.raises(AttemptRefused):
        back(chamber, "made up")


def test_after_ten_minutes_the_way_back_is_closed(chamber: Association) -> None:
    attempt = on_the_way(chamber)
    AuthorizationAttempt.objects.update(
        started_at=Now() - timedelta(minutes=10, seconds=1)
    )

    with pytest.raises(AttemptRefused):
        back(chamber, attempt.state)


def test_two_people_on_the_way_at_once_do_not_meet(chamber: Association) -> None:
    first, second = on_the_way(chamber), on_the_way(chamber, bound_to="other")

    assert back(chamber, second.state, bound_to="other") == second
    assert back(chamber, first.state) == first


def test_the_database_holds_neither_state_nor_verifier_nor_session(
    chamber: Association,
) -> None:
    attempt = on_the_way(chamber, bound_to="a session id")

    row = str(AuthorizationAttempt.objects.values().get())
    for secret in (attempt.state, attempt.verifier, "a session id"):
        assert secret not in row


def test_a_state_and_a_verifier_have_256_random_bits(chamber: Association) -> None:
    drawn: list[int] = []

    def draw(count: int) -> str:
        drawn.append(count)
        return f"drawn {len(drawn)}"

    attempt = begin(association_id=chamber.pk, provider="p", bound_to="s", draw=draw)

    assert drawn == [32, 32]
    assert attempt == Attempt(state="drawn 1", verifier="drawn 2")


def test_connecting_keeps_the_account_and_its_tokens(chamber: Association) -> None:
    connection = connected(chamber)

    assert connection.state == ConnectionState.CONNECTED
    assert (connection.account_id, str(connection)) == ("a-1", "Lakeside Chamber")
    assert seals.access_token(connection) == "access-1"
    assert seals.refresh_token(connection) == "refresh-1"
    assert Entry.objects.get().action == "account_connected"


def test_the_database_holds_no_token_in_the_clear(chamber: Association) -> None:
    connected(chamber)

    with database.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(c::text, ''), bool_or(position('access-1'::bytea in"
            " sealed_access) + position('refresh-1'::bytea in sealed_refresh) > 0)"
            " FROM connections_connection c"
        )
        text, found = cursor.fetchone()
    assert not found
    assert "access-1" not in text


def test_the_tokens_of_one_connection_do_not_open_in_another(
    chamber: Association,
) -> None:
    mine = connected(chamber)
    other = an_association()
    with scope(association=other):
        theirs = connected(other, account=Account(account_id="a-2"))
    theirs.sealed_key, theirs.sealed_access = mine.sealed_key, mine.sealed_access

    with pytest.raises(SecretsError):
        seals.access_token(theirs)


def test_reconnecting_the_same_account_keeps_the_row(chamber: Association) -> None:
    first = connected(chamber)
    need_reconnect(connection_id=first.pk, reason="revoked", by="rule:tokens")

    again_connected = connected(
        chamber,
        key=an_application(client_id="two"),
        tokens=Tokens(access="access-2", refresh="refresh-2"),
    )

    assert again_connected.pk == first.pk
    assert again_connected.state == ConnectionState.CONNECTED
    assert again_connected.state_reason == ""
    assert again_connected.application.client_id == "two"
    assert seals.access_token(again_connected) == "access-2"


def test_another_account_is_refused_and_nothing_changes(chamber: Association) -> None:
    before = connected(chamber)

    with pytest.raises(DifferentAccount, match=r"(?s)Harbor.*sign in at 'Lakeside"):
        connected(
            chamber,
            account=Account(account_id="a-2", name="Harbor Chamber"),
            tokens=Tokens(access="theirs"),
        )

    after = again(before)
    assert after.account_id == "a-1"
    assert seals.access_token(after) == "access-1"


def test_another_account_is_refused_also_after_disconnecting(
    chamber: Association,
) -> None:
    disconnect(connection_id=connected(chamber).pk, by="staff:ann")

    with pytest.raises(DifferentAccount):
        connected(chamber, account=Account(account_id="a-2"))


def test_reconnecting_works_although_the_old_key_is_lost(chamber: Association) -> None:
    connection = connected(chamber)
    Connection.objects.update(sealed_key=b"sealed with a key that nobody has")

    assert seals.connections_without_key() == [connection.pk]
    assert seals.access_token(connected(chamber)) == "access-1"
    assert seals.connections_without_key() == []


def test_disconnecting_forgets_the_tokens(chamber: Association) -> None:
    connection = connected(chamber)
    disconnect(connection_id=connection.pk, by="staff:ann")

    after = again(connection)
    assert after.state == ConnectionState.DISCONNECTED
    assert (after.sealed_key, after.sealed_access, after.sealed_refresh) == (None,) * 3
    assert not seals.anything_is_sealed()


def test_needing_to_reconnect_says_why_and_is_recorded_once(
    chamber: Association,
) -> None:
    connection = connected(chamber)
    for _ in range(2):
        need_reconnect(connection_id=connection.pk, reason="revoked", by="rule:sync")

    assert again(connection).state == ConnectionState.RECONNECT_NEEDED
    assert again(connection).state_reason == "revoked"
    assert Entry.objects.filter(action="reconnect_needed").count() == 1


def test_a_disconnected_connection_does_not_ask_to_reconnect(
    chamber: Association,
) -> None:
    connection = connected(chamber)
    disconnect(connection_id=connection.pk, by="staff:ann")
    need_reconnect(connection_id=connection.pk, reason="revoked", by="rule:sync")

    assert again(connection).state == ConnectionState.DISCONNECTED


def test_an_api_key_is_one_row_with_the_providers_present_limits(db: None) -> None:
    for per_day in (10_000, 20_000):
        key = application(
            provider="constant_contact",
            client_id="one",
            requests_per_day=per_day,
            requests_per_second=4,
        )

    assert Application.objects.get() == key
    assert key.requests_per_day == 20_000
