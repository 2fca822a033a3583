"""Another key in the key file, while tokens are used (C10)."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psycopg
import pytest
from django.db import connection as database
from pytest_django import Settings as DjangoSettings
from tests.connections.given import a_connection_with_tokens, again
from tests.connections.test_tokens import put

from rollkeeper.connections import rotating, seals, secrets
from rollkeeper.connections.models import Connection
from rollkeeper.connections.rotating import CannotRotate
from rollkeeper.connections.secrets import Key

BY = "test"


@pytest.fixture
def key_file(settings: DjangoSettings, tmp_path: Path) -> Path:
    settings.DATA_KEY_FILE = tmp_path / "data"
    secrets.store(settings.DATA_KEY_FILE, [Key.new()])
    return Path(settings.DATA_KEY_FILE)


def ids(path: Path) -> list[str]:
    return [key.key_id.hex() for key in secrets.load(path).keys]


def sealed_with(connection: Connection) -> str:
    sealed = again(connection).sealed_key
    assert sealed is not None
    return secrets.key_id_of(bytes(sealed)).hex()


@pytest.mark.django_db
def test_everything_is_sealed_with_a_new_key_and_opens_as_before(
    key_file: Path,
) -> None:
    connections = [a_connection_with_tokens() for _ in range(3)]
    (old,) = ids(key_file)

    done = rotating.rotate(key_file, by=BY)

    assert ids(key_file) == [done.key_id, old]
    assert (done.resealed, done.lost, done.unused) == (3, (), (old,))
    assert {sealed_with(one) for one in connections} == {done.key_id}
    assert {seals.access_token(again(one)) for one in connections} == {"access-1"}
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert list(key_file.parent.iterdir()) == [key_file]


@pytest.mark.django_db
def test_without_the_old_key_everything_opens_after_it(key_file: Path) -> None:
    connection = a_connection_with_tokens()
    rotating.rotate(key_file, by=BY)
    secrets.store(key_file, secrets.load(key_file).keys[:1])

    assert seals.refresh_token(again(connection)) == "refresh-1"
    assert seals.connections_without_key() == []


@pytest.mark.django_db
def test_one_that_was_interrupted_is_ended_without_another_key(
    key_file: Path,
) -> None:
    first, second = a_connection_with_tokens(), a_connection_with_tokens()
    as_before = again(second).sealed_key
    done = rotating.rotate(key_file, by=BY)
    put(second, sealed_key=as_before)  # killed before it came to the second

    again_done = rotating.rotate(key_file, by=BY)

    assert again_done.key_id == done.key_id
    assert again_done.resealed == 1
    assert len(ids(key_file)) == 2
    assert sealed_with(first) == sealed_with(second) == done.key_id


@pytest.mark.django_db
def test_a_key_that_was_prepared_opens_everywhere_before_it_seals(
    key_file: Path,
) -> None:
    connection = a_connection_with_tokens()
    (old,) = ids(key_file)
    new = rotating.prepare(key_file)
    assert ids(key_file) == [old, new]
    assert sealed_with(connection) == old

    assert rotating.rotate(key_file, by=BY, to=new).key_id == new
    assert ids(key_file) == [new, old]
    assert sealed_with(connection) == new


@pytest.mark.django_db
def test_a_key_that_is_not_in_the_file_is_refused(key_file: Path) -> None:
    before = ids(key_file)
    with pytest.raises(CannotRotate, match="has no key abcd"):
        rotating.rotate(key_file, by=BY, to="abcd")
    assert ids(key_file) == before


@pytest.mark.django_db
def test_one_that_nothing_opens_is_named_and_the_others_go_on(key_file: Path) -> None:
    lost, kept = a_connection_with_tokens(), a_connection_with_tokens()
    put(lost, sealed_key=b"sealed with a key that nobody has")

    done = rotating.rotate(key_file, by=BY)

    assert (done.resealed, done.lost) == (1, (lost.pk,))
    assert seals.access_token(again(kept)) == "access-1"


@pytest.mark.django_db(transaction=True)
def test_only_one_process_changes_the_keys(key_file: Path) -> None:
    where = {**database.get_connection_params()}
    for name in ("cursor_factory", "context", "prepare_threshold"):
        where.pop(name, None)
    with psycopg.connect(**where, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s, 0)", [rotating._ROTATING])
        with pytest.raises(CannotRotate, match="Another process"):
            rotating.prepare(key_file)
    assert len(ids(key_file)) == 1


@pytest.mark.django_db(transaction=True)
def test_tokens_open_at_every_moment_of_it(key_file: Path) -> None:
    connections = [a_connection_with_tokens() for _ in range(20)]
    ended = Event()

    def use() -> int:
        used = 0
        try:
            while not ended.is_set() or used < len(connections):
                row = again(connections[used % len(connections)])
                assert seals.access_token(row) == "access-1"
                used += 1
        finally:
            database.close()
        return used

    with ThreadPoolExecutor(2) as pool:
        users = [pool.submit(use) for _ in range(2)]
        for _ in range(3):
            assert rotating.rotate(key_file, by=BY).resealed == len(connections)
        ended.set()
        assert all(user.result() >= len(connections) for user in users)
