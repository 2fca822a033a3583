"""Seals tokens, so that a stolen dump or backup holds none (AES-256-GCM).

Each connection has a key of its own, kept in its row sealed with the key of the key
file. A sealed value names the key it needs and is bound to its place: moved to another
row or column it does not open. The key file is not in the database, nor in its backups.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from attrs import field, frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_ID_BYTES = 8
_NONCE_BYTES = 12


class SecretsError(Exception):
    """A sealed value cannot be opened. The message says what to do."""


class KeyMissing(SecretsError):
    """The key that the value needs is not there."""


class SealBroken(SecretsError):
    """The value was changed, or belongs somewhere else."""


@frozen(kw_only=True)
class Place:
    """Where a sealed value belongs."""

    association_id: int
    owner: str
    """Its row, such as "connection:7"."""
    field: str

    def __bytes__(self) -> bytes:
        return f"rollkeeper:{self.association_id}:{self.owner}:{self.field}".encode()


@frozen(kw_only=True)
class Key:
    """One AES key. Shows nothing of itself when printed."""

    secret: bytes = field(repr=False)

    @secret.validator
    def _is_whole(self, _attribute: object, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"A key has {KEY_BYTES} bytes.")

    @classmethod
    def new(cls) -> Key:
        return cls(secret=os.urandom(KEY_BYTES))

    @property
    def key_id(self) -> bytes:
        """A name for the key that says nothing about it."""
        return hashlib.sha256(b"rollkeeper key " + self.secret).digest()[:_ID_BYTES]

    def seal(self, value: bytes, *, place: Place) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.secret).encrypt(nonce, value, bytes(place))
        return self.key_id + nonce + sealed

    def open(self, sealed: bytes, *, place: Place) -> bytes:
        """Return the value, or raise `SealBroken`."""
        nonce = sealed[_ID_BYTES:][:_NONCE_BYTES]
        try:
            return AESGCM(self.secret).decrypt(
                nonce, sealed[_ID_BYTES + _NONCE_BYTES :], bytes(place)
            )
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                f"The {place.field} of {place.owner} was changed in the database, or "
                "comes from another row. Connect the account again."
            ) from error


@frozen(kw_only=True)
class KeyRing:
    """The keys of the key file. The first one seals, each can open."""

    path: Path
    keys: tuple[Key, ...] = field(repr=False)

    def seal(self, value: bytes, *, place: Place) -> bytes:
        return self.keys[0].seal(value, place=place)

    def open(self, sealed: bytes, *, place: Place) -> bytes:
        """Return the value, or raise `KeyMissing` or `SealBroken`."""
        for key in self.keys:
            if key.key_id == sealed[:_ID_BYTES]:
                return key.open(sealed, place=place)
        raise KeyMissing(
            f"The key file {self.path} has no key {sealed[:_ID_BYTES].hex()}, which "
            f"the {place.field} of {place.owner} is sealed with. Bring the file back "
            "from your backup, or connect the account again."
        )


def key_id_of(sealed: bytes) -> bytes:
    """Return the id of the key that a value is sealed with."""
    return sealed[:_ID_BYTES]


def store(path: Path, keys: Iterable[Key]) -> None:
    """Have the file hold these keys, the first of which seals.

    Whoever reads it meanwhile finds the old keys or the new ones, also after a crash.
    """
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.writelines(base64.b64encode(key.secret) + b"\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
        if path.exists():  # who may read it stays the same, whoever runs this
            os.fchown(file.fileno(), path.stat().st_uid, path.stat().st_gid)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path) -> KeyRing:
    """Return the keys in the file: one a line in base64, the newest first."""
    try:
        lines = path.read_text(encoding="ascii").split()
    except FileNotFoundError as error:
        raise KeyMissing(
            f"The key file {path} is missing. Bring it back from your backup. If it is "
            f"lost for good, make a new one (openssl rand -base64 {KEY_BYTES} > {path})"
            " and connect every account again."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyMissing(
            f"The key file {path} cannot be read ({error}). Make it readable for the "
            "user that runs Rollkeeper, and for nobody else."
        ) from error
    try:
        keys = tuple(
            Key(secret=base64.b64decode(line, validate=True)) for line in lines
        )
    except (ValueError, binascii.Error) as error:
        raise KeyMissing(
            f"The key file {path} holds something that is no key. Bring it back from "
            "your backup."
        ) from error
    if not keys:
        raise KeyMissing(f"The key file {path} is empty. Bring it back from a backup.")
    return KeyRing(path=path, keys=keys)
