"""Another key for the sign-ins, at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings as DjangoSettings
from tests.cli.conftest import Run
from tests.cli.test_accounts import document
from tests.connections.given import a_connection_with_tokens
from tests.connections.test_rotating import ids, sealed_with
from tests.connections.test_tokens import put

from rollkeeper.connections import secrets
from rollkeeper.connections.secrets import Key


@pytest.fixture
def key_file(settings: DjangoSettings, tmp_path: Path) -> Path:
    settings.DATA_KEY_FILE = tmp_path / "data"
    secrets.store(settings.DATA_KEY_FILE, [Key.new()])
    return Path(settings.DATA_KEY_FILE)


def test_a_new_key_is_made_and_used(run: Run, key_file: Path) -> None:
    connection = a_connection_with_tokens()
    said = run("rotate-keys", "--json")
    assert said.status == 0
    assert document(said)["resealed"] == 1
    assert document(said)["key_id"] == sealed_with(connection) == ids(key_file)[0]


def test_several_machines_get_the_key_before_it_is_used(
    run: Run, key_file: Path
) -> None:
    connection = a_connection_with_tokens()
    said = run("rotate-keys", "--prepare", "--json")
    new = document(said)["key_id"]
    assert f"rotate-keys --to {new}" in " ".join(said.err.split())
    assert sealed_with(connection) != new

    assert run("rotate-keys", "--to", new).status == 0
    assert sealed_with(connection) == new


def test_a_lost_key_ends_with_status_1(run: Run, key_file: Path) -> None:
    put(a_connection_with_tokens(), sealed_key=b"sealed with a key that nobody has")
    said = run("rotate-keys")
    assert said.status == 1
    assert "connect them again" in " ".join(said.err.split())


def test_two_wishes_at_once_are_wrong_use(run: Run, key_file: Path) -> None:
    assert run("rotate-keys", "--prepare", "--to", "x").status == 2
    assert len(ids(key_file)) == 1


def test_a_key_file_that_cannot_be_read_is_said(run: Run, key_file: Path) -> None:
    key_file.write_text("no key\n")
    said = run("rotate-keys")
    assert said.status == 1
    assert "holds something that is no key" in " ".join(said.err.split())
    assert key_file.read_text() == "no key\n"
