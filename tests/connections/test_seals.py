"""The sealed columns, and rows that have none or half of them."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings as DjangoSettings
from tests.builders import a_connection, an_association
from tests.connections.given import Tokens, a_connection_with_tokens, again
from tests.connections.test_tokens import DUE, ENDED, Endpoint, put, tokens_of

from rollkeeper.connections import seals
from rollkeeper.connections.models import ConnectionState
from rollkeeper.connections.secrets import Key, SealBroken, key_id_of, load, store
from rollkeeper.connections.tokens import GrantOver

SEALED = ("sealed_key", "sealed_access", "sealed_refresh")
OF_TOKENS = (*SEALED, "access_expires_at", "refreshing_since", "refreshed_at")


@pytest.fixture
def another_key(settings: DjangoSettings, tmp_path: Path) -> None:
    settings.DATA_KEY_FILE = tmp_path / "another"
    settings.DATA_KEY_FILE.write_bytes(base64.b64encode(os.urandom(32)))


@pytest.mark.django_db
def test_dropped_tokens_leave_nothing_in_the_row() -> None:
    connection = a_connection_with_tokens()
    connection.refreshing_since = connection.access_expires_at
    connection.refreshed_at = connection.access_expires_at
    assert all(getattr(connection, name) for name in OF_TOKENS)
    seals.drop_tokens(connection)
    assert [getattr(connection, name) for name in OF_TOKENS] == [None] * 6


@pytest.mark.django_db
def test_a_connection_whose_key_is_there_lacks_none() -> None:
    assert not seals.anything_is_sealed()
    a_connection(an_association())
    assert not seals.anything_is_sealed()
    a_connection_with_tokens()
    assert seals.anything_is_sealed()
    assert seals.connections_without_key() == []
    assert seals.complaint_about_key_file() is None


@pytest.mark.django_db
def test_a_connection_whose_key_is_gone_is_named(
    request: pytest.FixtureRequest,
) -> None:
    a_connection(an_association())
    sealed = a_connection_with_tokens()
    request.getfixturevalue("another_key")
    assert seals.connections_without_key() == [sealed.pk]
    assert seals.complaint_about_key_file() is None


def test_a_key_file_that_is_missing_is_complained_about(
    settings: DjangoSettings, tmp_path: Path
) -> None:
    settings.DATA_KEY_FILE = tmp_path / "nowhere"
    assert "is missing" in str(seals.complaint_about_key_file())


def test_a_key_file_with_something_else_between_is_refused(
    settings: DjangoSettings, tmp_path: Path
) -> None:
    settings.DATA_KEY_FILE = tmp_path / "data"
    settings.DATA_KEY_FILE.write_bytes(b"!" + base64.b64encode(os.urandom(32)))
    assert "no key" in str(seals.complaint_about_key_file())


@pytest.mark.django_db
def test_a_verifier_opens_for_its_own_attempt_only() -> None:
    sealed = seals.seal_verifier(association_id=1, state_hash="a", verifier="said")
    assert seals.open_verifier(association_id=1, state_hash="a", sealed=sealed) == (
        "said"
    )
    for association_id, state_hash in ((2, "a"), (1, "b")):
        with pytest.raises(SealBroken):
            seals.open_verifier(
                association_id=association_id, state_hash=state_hash, sealed=sealed
            )


@pytest.mark.django_db
def test_who_was_never_connected_has_no_token() -> None:
    connection = a_connection(an_association())
    with pytest.raises(GrantOver, match="never connected"):
        tokens_of(connection, Endpoint()).access()


@pytest.mark.django_db
@pytest.mark.parametrize("lacking", ["access_expires_at", "sealed_access"])
def test_a_token_is_not_given_out_without_its_end_nor_an_end_without_its_token(
    lacking: str,
) -> None:
    connection = a_connection_with_tokens()
    put(connection, **{lacking: None})
    with pytest.raises(GrantOver, match="never connected"):
        tokens_of(connection, Endpoint()).access()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "said"), [("", "is not connected"), ("Too long ago.", "Too long ago")]
)
def test_who_is_not_connected_is_told_why(told: str, said: str) -> None:
    connection = a_connection_with_tokens()
    put(connection, state=ConnectionState.RECONNECT_NEEDED, state_reason=told)
    with pytest.raises(GrantOver, match=said):
        tokens_of(connection, Endpoint()).access()


@pytest.mark.django_db
def test_after_a_refusal_the_turn_is_over() -> None:
    connection = a_connection_with_tokens(left=ENDED)

    def another_is_faster() -> None:
        row = again(connection)
        seals.put_tokens(row, Tokens(access="theirs", refresh="refresh-theirs"))
        row.save(update_fields=list(SEALED))

    endpoint = Endpoint(good="refresh-theirs", during=another_is_faster)
    assert tokens_of(connection, endpoint).access() == "theirs"
    assert again(connection).refreshing_since is None


@pytest.mark.django_db(transaction=True)
def test_a_turn_is_never_taken_in_a_transaction_that_may_be_undone() -> None:
    connection, endpoint = a_connection_with_tokens(left=DUE), Endpoint()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        tokens_of(connection, endpoint).access()
    assert endpoint.asked == []


@pytest.mark.django_db
def test_only_what_another_key_sealed_is_sealed_again(
    settings: DjangoSettings, tmp_path: Path
) -> None:
    assert seals.reseal(a_connection(an_association())) is False
    connection = a_connection_with_tokens()
    before = connection.sealed_key
    assert (seals.reseal(connection), connection.sealed_key) == (False, before)

    keys = (Key.new(), *load(settings.DATA_KEY_FILE).keys)
    settings.DATA_KEY_FILE = tmp_path / "newer"
    store(settings.DATA_KEY_FILE, keys)
    assert seals.reseal(connection) is True
    assert key_id_of(bytes(connection.sealed_key or b"")) == keys[0].key_id
    assert seals.access_token(connection) == "access-1"
