"""Connecting an account, and what becomes of the connection.

connected           tokens are held and work, as far as we know
reconnect needed    a person must sign in again; the work waits
disconnected        staff ended it; no tokens are held
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import structlog
from attrs import field, frozen
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from rollkeeper.audit.services import record
from rollkeeper.connections import seals
from rollkeeper.connections.models import (
    Application,
    AuthorizationAttempt,
    Connection,
    ConnectionState,
)
from rollkeeper.connections.seals import TokenSet

ATTEMPT_LIFE = timedelta(minutes=10)
STATE_BYTES = 32

log = structlog.get_logger()


class ConnectingFailed(Exception):
    """The account was not connected. The message says why and what to do."""


class AttemptRefused(ConnectingFailed):
    """Nobody is on the way who could come back like this."""


class DifferentAccount(ConnectingFailed):
    """The person signed in at another account than the one that is connected."""

    def __init__(self, *, connection: Connection, account: Account) -> None:
        connected = connection.account_name
        super().__init__(
            _(
                "You signed in at the account %(name)s, but this association is"
                " connected to %(connected)s. Sign out at the provider, connect again,"
                " and sign in at %(connected)s."
            )
            % {"name": f"{account.name!r}", "connected": f"{connected!r}"}
        )
        self.connection = connection
        self.account = account


class Account(Protocol):
    """Whose account it is, as the provider says."""

    @property
    def account_id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...


@frozen(kw_only=True)
class Attempt:
    """What a person takes along to the provider, and what we keep to check them by."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)


def begin(
    *,
    association_id: int,
    provider: str,
    bound_to: str,
    draw: Callable[[int], str] = secrets.token_urlsafe,
) -> Attempt:
    """Send somebody on the way. They may come back once, within ten minutes.

    *bound_to* names the session or command line that they must come back to.
    """
    attempt = Attempt(state=draw(STATE_BYTES), verifier=draw(STATE_BYTES))
    state_hash = _digest(attempt.state)
    with scope(association=association_id), transaction.atomic():
        _forget_old_attempts(provider)
        AuthorizationAttempt.objects.create(
            association_id=association_id,
            provider=provider,
            state_hash=state_hash,
            bound_to=_digest(bound_to),
            sealed_verifier=seals.seal_verifier(
                association_id=association_id,
                state_hash=state_hash,
                verifier=attempt.verifier,
            ),
        )
    log.info("connecting_began", association=association_id, provider=provider)
    return attempt


def _forget_old_attempts(provider: str) -> None:
    AuthorizationAttempt.objects.filter(
        provider=provider, started_at__lt=Now() - timedelta(days=1)
    ).delete()


def come_back(
    *, association_id: int, provider: str, bound_to: str, state: str
) -> Attempt:
    """Return the attempt that *state* belongs to. It cannot be used again.

    Raises `AttemptRefused`, without saying which of the reasons it was.
    """
    state_hash = _digest(state)
    with scope(association=association_id):
        attempts = AuthorizationAttempt.objects.filter(
            provider=provider,
            state_hash=state_hash,
            bound_to=_digest(bound_to),
            used_at=None,
            started_at__gt=Now() - ATTEMPT_LIFE,
        )
        if attempts.update(used_at=Now()) != 1:
            raise AttemptRefused(
                _(
                    "This way back is not open: it was used before, took longer than"
                    " ten minutes, or began in another browser. Begin again from the"
                    " start."
                )
            )
        sealed = AuthorizationAttempt.objects.get(state_hash=state_hash).sealed_verifier
    verifier = seals.open_verifier(
        association_id=association_id, state_hash=state_hash, sealed=bytes(sealed)
    )
    return Attempt(state=state, verifier=verifier)


def application(
    *, provider: str, client_id: str, requests_per_day: int, requests_per_second: int
) -> Application:
    """Return the API key's row, with the limits the provider gives it."""
    row, _ = Application.objects.update_or_create(
        provider=provider,
        client_id=client_id,
        defaults={
            "requests_per_day": requests_per_day,
            "requests_per_second": requests_per_second,
        },
    )
    return row


@transaction.atomic
def connect(
    *,
    association_id: int,
    key: Application,
    account: Account,
    tokens: TokenSet,
    by: str,
    in_place_of_another: bool = False,
) -> Connection:
    """Keep the tokens of an account: connect it, or connect it again.

    Raises `DifferentAccount` when another account was connected before; what we know
    of that one's contacts and lists would be wrong for this one. With
    *in_place_of_another* the caller forgets all of it, in the same transaction.
    """
    with scope(association=association_id):
        connection = _row_to_connect(association_id, key)
        before = {"account_id": connection.account_id, "name": connection.account_name}
        replaces = connection.account_id not in ("", account.account_id)
        if replaces and not in_place_of_another:
            raise DifferentAccount(connection=connection, account=account)
        if replaces:
            connection.account_since = Now()
        connection.application = key
        connection.account_id = account.account_id
        connection.account_name = account.name
        connection.account_email = account.email
        seals.drop_tokens(connection)
        seals.put_tokens(connection, tokens)
        connection.access_expires_at = Now() + timedelta(seconds=tokens.expires_in)
        connection.connected_at = Now()
        connection.refreshed_at = Now() if tokens.refresh else None
        connection.answered_at = Now()
        _turn(connection, ConnectionState.CONNECTED)
        record(
            association_id=association_id,
            by=by,
            action="account_replaced" if replaces else "account_connected",
            subject=f"connection:{connection.pk}",
            details={
                "provider": key.provider,
                "account_id": account.account_id,
                "name": account.name,
                **({"before": before} if replaces else {}),
            },
        )
        connection.refresh_from_db()
    log.info("account_connected", connection=connection.pk, provider=key.provider)
    return connection


def _row_to_connect(association_id: int, key: Application) -> Connection:
    Connection.objects.get_or_create(
        association_id=association_id,
        provider=key.provider,
        defaults={"application": key, "state": ConnectionState.DISCONNECTED},
    )
    return Connection.objects.select_for_update().get(provider=key.provider)


def need_reconnect(*, connection_id: int, reason: str, by: str) -> None:
    """The provider no longer lets us in: wait for a person to sign in again.

    Nothing happens to a connection that is not connected.
    """
    _leave(connection_id, ConnectionState.RECONNECT_NEEDED, reason=reason, by=by)


def disconnect(*, connection_id: int, by: str) -> None:
    """End a connection and forget its tokens. The account's lists stay as they are."""
    _leave(connection_id, ConnectionState.DISCONNECTED, reason="", by=by)


@transaction.atomic
def _leave(connection_id: int, state: ConnectionState, *, reason: str, by: str) -> None:
    with scopes_disabled():
        connection = Connection.objects.select_for_update().get(pk=connection_id)
        leaves = {
            ConnectionState.RECONNECT_NEEDED: (ConnectionState.CONNECTED,),
            ConnectionState.DISCONNECTED: (
                ConnectionState.CONNECTED,
                ConnectionState.RECONNECT_NEEDED,
            ),
        }
        if connection.state not in leaves[state]:
            return
        if state == ConnectionState.DISCONNECTED:
            seals.drop_tokens(connection)
        _turn(connection, state, reason=reason)
    record(
        association_id=connection.association_id,
        by=by,
        action=state.value,
        subject=f"connection:{connection_id}",
        details={"reason": reason} if reason else None,
    )
    log.info("connection_left", connection=connection_id, now=state.value)


def _turn(connection: Connection, state: ConnectionState, *, reason: str = "") -> None:
    connection.state = state
    connection.state_since = Now()
    connection.state_reason = reason
    connection.save()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
