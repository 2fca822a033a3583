from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from rollkeeper.connections.secrets import (
    Key,
    KeyMissing,
    KeyRing,
    Place,
    SealBroken,
    load,
    store,
)

HERE = Place(association_id=1, owner="connection:7", field="access")


def a_ring(*keys: Key) -> KeyRing:
    return KeyRing(path=Path("keys"), keys=keys)


def test_a_sealed_value_opens_where_it_was_sealed() -> None:
    key = Key.new()

    assert key.open(key.seal(b"a token", place=HERE), place=HERE) == b"a token"


def test_what_an_earlier_version_sealed_opens() -> None:
    key = Key(secret=b"k" * 32)
    sealed = bytes.fromhex(
        "d7b317a8f35ebafe818fef72269d997d63740d5e913da8fc2650e48e"
        "3d5e2aeac40870442394e242a3be2e"
    )
    assert a_ring(key).open(sealed, place=HERE) == b"a token"


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(association_id=2, owner="connection:7", field="access"),
        Place(association_id=1, owner="connection:8", field="access"),
        Place(association_id=1, owner="connection:7", field="refresh"),
    ],
)
def test_a_sealed_value_does_not_open_anywhere_else(elsewhere: Place) -> None:
    key = Key.new()

    with pytest.raises(SealBroken, match="Connect the account again"):
        key.open(key.seal(b"a token", place=HERE), place=elsewhere)


@pytest.mark.parametrize("position", range(0, 44, 4))
def test_a_value_with_one_changed_bit_does_not_open(position: int) -> None:
    ring = a_ring(Key.new())
    sealed = bytearray(ring.seal(b"a token!", place=HERE))
    sealed[position] ^= 1

    with pytest.raises((SealBroken, KeyMissing)):
        ring.open(bytes(sealed), place=HERE)


def test_a_value_cut_short_does_not_open() -> None:
    key = Key.new()

    with pytest.raises(SealBroken):
        key.open(key.seal(b"a token", place=HERE)[:12], place=HERE)


def test_the_same_value_is_never_sealed_the_same_way_twice() -> None:
    key = Key.new()

    assert key.seal(b"a token", place=HERE) != key.seal(b"a token", place=HERE)


def test_after_a_new_key_is_put_first_old_values_still_open() -> None:
    old, new = Key.new(), Key.new()
    sealed = a_ring(old).seal(b"a token", place=HERE)
    ring = a_ring(new, old)

    assert ring.open(sealed, place=HERE) == b"a token"
    assert a_ring(new).open(ring.seal(b"another", place=HERE), place=HERE)


def test_a_value_sealed_with_a_key_that_is_gone_says_which_one() -> None:
    gone = Key.new()
    sealed = a_ring(gone).seal(b"a token", place=HERE)

    with pytest.raises(KeyMissing, match=gone.key_id.hex()):
        a_ring(Key.new()).open(sealed, place=HERE)


def test_keys_do_not_show_when_printed() -> None:
    key = Key(secret=b"k" * 32)

    assert "kkkk" not in f"{key!r} {a_ring(key)!r}"
    assert "Key(" not in f"{a_ring(key, key)!r}", "nor how many there are"


def test_a_key_file_is_read_from_its_first_line_on(tmp_path: Path) -> None:
    first, second = os.urandom(32), os.urandom(32)
    path = tmp_path / "data"
    path.write_bytes(base64.b64encode(first) + b"\n" + base64.b64encode(second) + b"\n")

    assert [key.secret for key in load(path).keys] == [first, second]


def test_storing_keys_leaves_no_file_open(tmp_path: Path) -> None:
    path, keys = tmp_path / "data", [Key.new(), Key.new()]
    before = sorted(os.listdir("/dev/fd"))
    store(path, keys)
    store(path, keys)
    assert sorted(os.listdir("/dev/fd")) == before
    assert list(load(path).keys) == keys


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_whose_the_key_file_is_stays_when_another_user_stores_keys(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data"
    store(path, [Key.new()])
    os.chown(path, 12345, 23456)
    store(path, [Key.new()])
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "is missing"),
        (b"", "is empty"),
        (b"not base64!", "no key"),
        (base64.b64encode(b"too short"), "no key"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_refused_with_the_way_out(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "data"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(KeyMissing, match=f"(?s){reason}.*(backup|Make it readable)"):
        load(path)
