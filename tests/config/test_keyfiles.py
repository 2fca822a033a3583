from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rollkeeper.config import keyfiles
from rollkeeper.config.environment import SettingsError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "one"


def test_a_key_file_is_made_for_its_owner_alone(path: Path) -> None:
    keyfiles.make_missing(path, "secret")

    assert keyfiles.read(path) == "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_key_file_that_is_there_is_never_replaced(path: Path) -> None:
    keyfiles.make_missing(path, "first")
    keyfiles.make_missing(path, "second")

    assert keyfiles.read(path) == "first"


def test_of_many_who_make_it_at_once_all_get_the_same_whole_key(path: Path) -> None:
    def make(number: int) -> str:
        keyfiles.make_missing(path, f"{number}" * 1000)
        return keyfiles.read(path)

    with ThreadPoolExecutor(max_workers=8) as pool:
        keys = set(pool.map(make, range(8)))

    assert [len(key) for key in keys] == [1000]
    assert [one.name for one in path.parent.iterdir()] == ["one"]


def test_an_empty_key_file_is_refused(path: Path) -> None:
    keyfiles.make_missing(path, "")

    with pytest.raises(SettingsError, match="empty"):
        keyfiles.read(path)


def test_a_key_file_that_cannot_be_read_is_refused(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(SettingsError, match="cannot be read"):
        keyfiles.read(path)


def test_a_place_where_no_file_can_be_made_is_refused(path: Path) -> None:
    path.parent.touch()

    with pytest.raises(SettingsError, match="ROLLKEEPER_HOME"):
        keyfiles.make_missing(path, "secret")
