"""The sealed columns of a connection, and of a person on the way to the provider."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django_scopes import scopes_disabled

from rollkeeper.connections.models import Connection
from rollkeeper.connections.secrets import (
    Key,
    KeyRing,
    Place,
    SecretsError,
    key_id_of,
    load,
)


class TokenSet(Protocol):
    """What a token endpoint gave out."""

    @property
    def access(self) -> str: ...

    @property
    def refresh(self) -> str | None: ...

    @property
    def expires_in(self) -> int:
        """Seconds from the request until the access token ends."""
        ...


def put_tokens(connection: Connection, tokens: TokenSet) -> None:
    """Seal the tokens into the row, which the caller saves.

    Without a new refresh token the old one stays.
    """
    key = _key_of(connection)
    connection.sealed_access = _seal(key, connection, "access", tokens.access)
    if tokens.refresh is not None:
        connection.sealed_refresh = _seal(key, connection, "refresh", tokens.refresh)


def access_token(connection: Connection) -> str | None:
    return _open(connection, "access", connection.sealed_access)


def refresh_token(connection: Connection) -> str | None:
    return _open(connection, "refresh", connection.sealed_refresh)


def drop_tokens(connection: Connection) -> None:
    """Take the tokens and their key out of the row, which the caller saves."""
    connection.sealed_key = None
    connection.sealed_access = None
    connection.sealed_refresh = None
    connection.access_expires_at = None
    connection.refreshing_since = None
    connection.refreshed_at = None


def reseal(connection: Connection) -> bool:
    """Seal the connection's key with the key file's first key, in the row, which the
    caller saves; return whether it was sealed with another."""
    ring = _ring()
    if connection.sealed_key is None:
        return False
    sealed = bytes(connection.sealed_key)
    if key_id_of(sealed) == ring.keys[0].key_id:
        return False
    place = _place(connection, "key")
    connection.sealed_key = ring.seal(ring.open(sealed, place=place), place=place)
    return True


def complaint_about_key_file() -> str | None:
    """Return why the key file cannot be used, and what to do; None when it can."""
    try:
        _ring()
    except SecretsError as error:
        return str(error)
    return None


def connections_without_key() -> list[int]:
    """Return the connections whose tokens no key in the key file can open."""
    with scopes_disabled():
        return [
            row.pk
            for row in Connection.objects.exclude(sealed_key=None).order_by("pk")
            if not _opens(row)
        ]


def anything_is_sealed() -> bool:
    with scopes_disabled():
        return Connection.objects.exclude(sealed_key=None).exists()


def _opens(connection: Connection) -> bool:
    try:
        _key_of(connection)
    except SecretsError:
        return False
    return True


def seal_verifier(*, association_id: int, state_hash: str, verifier: str) -> bytes:
    place = _verifier_place(association_id, state_hash)
    return _ring().seal(verifier.encode(), place=place)


def open_verifier(*, association_id: int, state_hash: str, sealed: bytes) -> str:
    place = _verifier_place(association_id, state_hash)
    return _ring().open(sealed, place=place).decode()


def _verifier_place(association_id: int, state_hash: str) -> Place:
    return Place(
        association_id=association_id, owner=f"attempt:{state_hash}", field="verifier"
    )


def _ring() -> KeyRing:
    return load(settings.DATA_KEY_FILE)


def _place(connection: Connection, field: str) -> Place:
    return Place(
        association_id=connection.association_id,
        owner=f"connection:{connection.pk}",
        field=field,
    )


def _key_of(connection: Connection) -> Key:
    """Return the connection's own key, made now if it has none."""
    place = _place(connection, "key")
    if connection.sealed_key is not None:
        return Key(secret=_ring().open(bytes(connection.sealed_key), place=place))
    key = Key.new()
    connection.sealed_key = _ring().seal(key.secret, place=place)
    return key


def _seal(key: Key, connection: Connection, field: str, value: str) -> bytes:
    return key.seal(value.encode(), place=_place(connection, field))


def _open(
    connection: Connection, field: str, sealed: bytes | memoryview | None
) -> str | None:
    if sealed is None:
        return None
    key = _key_of(connection)
    return key.open(bytes(sealed), place=_place(connection, field)).decode()
