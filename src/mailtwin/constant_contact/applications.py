"""Applications (API keys): registered ones, or whoever comes while there are none."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from hmac import compare_digest
from urllib.parse import urlsplit

from mailtwin.constant_contact.not_granted import NotGranted
from mailtwin.world import World

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class UnknownApplication(ValueError):
    """No such application, or it may not return to that address."""


def register(
    world: World,
    client_id: str,
    *,
    secret: str | None = None,
    name: str | None = None,
    redirect_uris: Sequence[str] | None = None,
    refresh: str = "rotating",
    registered: bool = True,
) -> None:
    """Write an application down; registering it again replaces it."""
    world.database.execute(
        "INSERT OR REPLACE INTO application VALUES (?, ?, ?, ?, ?, ?)",
        (
            client_id,
            secret,
            name or client_id,
            None if redirect_uris is None else json.dumps(list(redirect_uris)),
            refresh,
            registered,
        ),
    )


def find(world: World, client_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = world.database.execute(
        "SELECT * FROM application WHERE client_id = ?", (client_id,)
    ).fetchone()
    return row


def welcome(world: World, client_id: str, redirect_uri: str | None) -> sqlite3.Row:
    """Return the application; while none is registered, make the newcomer one.

    Raises UnknownApplication. A *redirect_uri* of None is not looked at.
    """
    row = find(world, client_id)
    if row is None:
        if _any_registered(world):
            raise UnknownApplication("The client_id is not registered.")
        register(world, client_id, registered=False)
        row = find(world, client_id)
        assert row is not None  # just written
    if redirect_uri is not None and not _may_return(row, redirect_uri):
        raise UnknownApplication("The redirect_uri is not registered.")
    return row


def _any_registered(world: World) -> bool:
    return bool(
        world.database.execute(
            "SELECT 1 FROM application WHERE registered LIMIT 1"
        ).fetchone()
    )


def _may_return(row: sqlite3.Row, redirect_uri: str) -> bool:
    parts = urlsplit(redirect_uri)
    if parts.scheme not in ("http", "https") or parts.fragment or not parts.hostname:
        return False
    if row["redirect_uris"] is not None:
        return redirect_uri in json.loads(row["redirect_uris"])
    return parts.hostname in LOOPBACK


def check_secret(world: World, client_id: str, secret: str | None) -> None:
    """Raise NotGranted for a wrong secret; the first one shown becomes it."""
    row = find(world, client_id)
    if row is None or not secret:
        raise NotGranted("invalid_client", "Client authentication failed.", status=401)
    if row["secret"] is None and not row["registered"]:
        world.database.execute(
            "UPDATE application SET secret = ? WHERE client_id = ?", (secret, client_id)
        )
        return
    if row["secret"] is None or not compare_digest(
        row["secret"].encode(), secret.encode()
    ):
        raise NotGranted("invalid_client", "Client authentication failed.", status=401)


def rotates(world: World, client_id: str) -> bool:
    row = find(world, client_id)
    return row is None or row["refresh"] == "rotating"
