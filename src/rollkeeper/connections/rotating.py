"""Changing the key that the connections' own keys are sealed with, while all goes on.

The new key is in the key file, for good, before anything is sealed with it, and the old
ones stay there: whoever reads a row finds the key it needs. A row is resealed under its
lock. Killed anywhere, the next call goes on; a key is never lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
from attrs import frozen
from django.db import connection as database
from django.db import transaction
from django_scopes import scopes_disabled

from rollkeeper.audit.services import record
from rollkeeper.connections import seals, secrets
from rollkeeper.connections.models import Connection
from rollkeeper.connections.secrets import Key, KeyRing, SecretsError

_ROTATING: Final = 0x726F7461

log = structlog.get_logger()


class CannotRotate(Exception):
    """The keys stay as they are; the message says why and what to do."""


@frozen(kw_only=True)
class Rotated:
    """What became of it."""

    key_id: str
    """Of the key that seals from now on."""
    resealed: int
    lost: tuple[int, ...]
    """Connections whose key no key of the file opens: connect them again."""
    unused: tuple[str, ...]
    """Keys of the file that no connection needs any more; backups may."""


def prepare(path: Path) -> str:
    """Put a new key into the file, that opens and does not seal yet; return its id."""
    with _alone():
        ring = _read(path)
        key = Key.new()
        secrets.store(path, (*ring.keys, key))
    log.info("key_prepared", key_id=key.key_id.hex())
    return key.key_id.hex()


def rotate(path: Path, *, by: str, to: str | None = None) -> Rotated:
    """Seal everything with the key called *to*, or with a new one.

    A rotation that was interrupted is ended first: then no new key is made. Raises
    `CannotRotate`.
    """
    with _alone():
        ring = _read(path)
        if to is not None:
            ring = _first(ring, to)
        elif not _under_way(ring):
            ring = KeyRing(path=path, keys=(Key.new(), *ring.keys))
        secrets.store(path, ring.keys)
        resealed, lost = _reseal(by)
        return Rotated(
            key_id=ring.keys[0].key_id.hex(),
            resealed=resealed,
            lost=lost,
            unused=tuple(
                key.key_id.hex()
                for key in ring.keys[1:]
                if key.key_id not in set(_in_use())
            ),
        )


def _read(path: Path) -> KeyRing:
    try:
        return secrets.load(path)
    except SecretsError as error:
        raise CannotRotate(str(error)) from error


def _first(ring: KeyRing, wanted: str) -> KeyRing:
    chosen = [key for key in ring.keys if key.key_id.hex() == wanted]
    if not chosen:
        known = ", ".join(key.key_id.hex() for key in ring.keys)
        raise CannotRotate(f"The key file has no key {wanted}. It has {known}.")
    others = [key for key in ring.keys if key not in chosen]
    return KeyRing(path=ring.path, keys=(*chosen[:1], *others))


def _under_way(ring: KeyRing) -> bool:
    """Is something sealed with another key than the first, that can be opened?"""
    others = {key.key_id for key in ring.keys[1:]}
    return any(used in others for used in _in_use())


def _in_use() -> Iterator[bytes]:
    """Yield the ids of the keys that connections are sealed with, once for each."""
    with scopes_disabled():
        rows = Connection.objects.exclude(sealed_key=None).values_list(
            "sealed_key", flat=True
        )
        for sealed in rows.iterator():
            if sealed is not None:
                yield secrets.key_id_of(bytes(sealed))


def _reseal(by: str) -> tuple[int, tuple[int, ...]]:
    resealed, lost = 0, list[int]()
    with scopes_disabled():
        numbers = list(
            Connection.objects.exclude(sealed_key=None)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    for number in numbers:
        try:
            resealed += _reseal_one(number, by)
        except SecretsError:
            lost.append(number)
            log.warning("key_lost", connection=number)
    return resealed, tuple(lost)


@transaction.atomic
def _reseal_one(connection_id: int, by: str) -> bool:
    with scopes_disabled():
        row = Connection.objects.select_for_update().get(pk=connection_id)
        if not seals.reseal(row):
            return False
        row.save(update_fields=["sealed_key"])
    record(
        association_id=row.association_id,
        by=by,
        action="key_changed",
        subject=f"connection:{row.pk}",
    )
    return True


@contextmanager
def _alone() -> Iterator[None]:
    """Two at once would each lose the other's key."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [_ROTATING])
        if not cursor.fetchone()[0]:
            raise CannotRotate(
                "Another process is changing the keys. Wait for its end."
            )
    try:
        yield
    finally:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [_ROTATING])
