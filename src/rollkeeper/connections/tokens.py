"""Keeps a connection's access token fresh, one refresh at a time.

A refresh may end the refresh token it was asked with. Two at once, or new tokens that
are not stored, would cut the connection until a person signs in again. So who wants to
refresh first marks the row, then asks with no transaction open, and stores the answer
before anybody uses it. A mark of a process that died ends by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from attrs import field, frozen
from django.db import transaction
from django_scopes import scopes_disabled

from rollkeeper.connections import seals
from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.seals import TokenSet
from rollkeeper.connections.secrets import SecretsError
from rollkeeper.connections.services import need_reconnect

REFRESH_BEFORE_END = timedelta(minutes=5)

LEASE = timedelta(seconds=60)
"""Longer than any request to a token endpoint takes."""

POLL_SECONDS = 0.2

log = structlog.get_logger()


class GrantRefused(Exception):
    """The token endpoint says that the refresh token is no good."""


class GrantOver(Exception):
    """A person must sign in again. The connection says so by now."""


class Unreachable(Exception):
    """The token endpoint gave no tokens, this time."""


class Refresher(Protocol):
    """The token endpoint."""

    def refresh(self, refresh_token: str) -> TokenSet:
        """Return fresh tokens, or raise `GrantRefused` or `Unreachable`."""
        ...


@frozen(kw_only=True)
class Held:
    """The tokens of a row as one look at it showed them."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    left: timedelta
    """How long the access token still works, by the database's clock."""
    unused_for: timedelta
    """How long ago the refresh token was used, or given."""


@frozen(kw_only=True)
class StoredTokens:
    """The tokens of one connection. Processes and threads may each have their own."""

    connection_id: int
    refresher: Refresher
    sleep: Callable[[float], None] = time.sleep

    def access(self) -> str:
        """Return a token that should still work, refreshed first when it is due.

        While it works it is given out, even when no fresh one could be had. Raises
        `GrantOver`, or `Unreachable` when the old one has ended.
        """
        with self._noticing_lost_keys():
            held = self._look()
            if held.left > REFRESH_BEFORE_END:
                return held.access
            return self._fresh(instead_of=held.access, usable=held.left > timedelta(0))

    def renew(self, refused: str) -> str:
        """Return another token than *refused*, which the provider did not take."""
        with self._noticing_lost_keys():
            return self._fresh(instead_of=refused, usable=False)

    def use(self, *, unused_for: timedelta) -> None:
        """Refresh when the sign-in was not used for so long, that it may live on.

        Raises as `access` does.
        """
        with self._noticing_lost_keys():
            held = self._look()
            if held.unused_for >= unused_for:
                self._fresh(instead_of=held.access, usable=held.left > timedelta(0))

    @contextmanager
    def _noticing_lost_keys(self) -> Iterator[None]:
        try:
            yield
        except SecretsError as error:
            raise self._over(str(error)) from error

    def _look(self) -> Held:
        with scopes_disabled():
            row = Connection.objects.get(pk=self.connection_id)
        return self._opened(row)

    def _fresh(self, *, instead_of: str, usable: bool) -> str:
        while True:
            turn = self._take_turn(instead_of)
            if isinstance(turn, Held):
                return turn.access
            if turn is not None:
                return self._refresh(turn, instead_of=instead_of, usable=usable)
            if usable:
                return instead_of
            self.sleep(POLL_SECONDS)

    def _take_turn(self, instead_of: str) -> Held | _Turn | None:
        """Return newer tokens, or the turn to get them, or None: somebody has it."""
        with transaction.atomic(durable=True), scopes_disabled():
            row = Connection.objects.select_for_update().get(pk=self.connection_id)
            held = self._opened(row)
            if held.access != instead_of:
                return held
            now = database_time()
            if row.refreshing_since and now - row.refreshing_since < LEASE:
                return None
            row.refreshing_since = now
            row.save(update_fields=["refreshing_since"])
            return _Turn(began=now, held=held)

    def _refresh(self, turn: _Turn, *, instead_of: str, usable: bool) -> str:
        if turn.held.refresh is None:
            raise self._over("The provider gave no refresh token.")
        try:
            fresh = self.refresher.refresh(turn.held.refresh)
        except GrantRefused:
            return self._after_refusal(turn)
        except Unreachable:
            if usable:  # the turn is kept: its lease spaces out the attempts
                log.warning("token_not_refreshed", connection=self.connection_id)
                return instead_of
            self._end_turn(turn)
            raise
        return self._store(turn, fresh)

    def _store(self, turn: _Turn, fresh: TokenSet) -> str:
        """Keep the fresh tokens and return the access token to use."""
        with transaction.atomic(durable=True), scopes_disabled():
            row = Connection.objects.select_for_update().get(pk=self.connection_id)
            if seals.refresh_token(row) != turn.held.refresh:
                # Our turn had run out, and somebody stored others, or disconnected.
                return self._opened(row).access
            seals.put_tokens(row, fresh)
            row.access_expires_at = turn.began + timedelta(seconds=fresh.expires_in)
            row.refreshing_since = None
            row.refreshed_at = turn.began
            row.state, row.state_reason = ConnectionState.CONNECTED, ""
            row.save()
        log.info("token_refreshed", connection=self.connection_id)
        return fresh.access

    def _after_refusal(self, turn: _Turn) -> str:
        """Look once more: another process may have used up the refresh token."""
        held = self._look()
        self._end_turn(turn)
        if held.refresh != turn.held.refresh:
            return held.access
        raise self._over("The provider ended the sign-in, or it was not used for long.")

    def _end_turn(self, turn: _Turn) -> None:
        with scopes_disabled():
            Connection.objects.filter(
                pk=self.connection_id, refreshing_since=turn.began
            ).update(refreshing_since=None)

    def _opened(self, row: Connection) -> Held:
        if row.state != ConnectionState.CONNECTED:
            raise GrantOver(row.state_reason or "The account is not connected.")
        access = seals.access_token(row)
        if access is None or row.access_expires_at is None:
            raise GrantOver("The account was never connected.")
        now = database_time()
        return Held(
            access=access,
            refresh=seals.refresh_token(row),
            left=row.access_expires_at - now,
            unused_for=now - (row.refreshed_at or now),
        )

    def _over(self, reason: str) -> GrantOver:
        need_reconnect(
            connection_id=self.connection_id, reason=reason, by="rule:tokens"
        )
        return GrantOver(reason)


@frozen(kw_only=True)
class _Turn:
    """The right to refresh, until the lease ends."""

    began: datetime
    held: Held
