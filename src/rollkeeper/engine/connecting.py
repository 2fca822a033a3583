"""Joins an association's connection, the provider it leads to, and the quota.

begin_connecting    send a person to the provider
finish_connecting   take them back: exchange the code, see whose account it is
open_provider       the provider as a run uses it: tokens, gate and screen in place
use_sign_in         keep a sign-in alive that nothing else uses
"""

from __future__ import annotations

from datetime import timedelta

import httpx2
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from rollkeeper.connections import services
from rollkeeper.connections.models import Application, Connection, ConnectionState
from rollkeeper.connections.quota import DatabaseGate
from rollkeeper.connections.services import ConnectingFailed
from rollkeeper.connections.tokens import StoredTokens
from rollkeeper.engine.lending import (
    ConsentScreen,
    CountingGate,
    KeptTokens,
    NewTokens,
    TokenEndpoint,
)
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.engine.replacing import replace_account
from rollkeeper.engine.waiting import OthersWaiting
from rollkeeper.providers import registry
from rollkeeper.providers.errors import ReconnectNeeded
from rollkeeper.providers.oauth import OAuthClient, TokenSet
from rollkeeper.providers.port import Account, Asking, Capabilities, Provider
from rollkeeper.providers.registry import ProviderSettings


def begin_connecting(*, association_id: int, provider: str, bound_to: str) -> str:
    """Return the address at the provider to send the person's browser to.

    They must come back to what *bound_to* names: the same session or command line.
    """
    client = registry.oauth(provider, _access(provider))
    attempt = services.begin(
        association_id=association_id, provider=provider, bound_to=bound_to
    )
    return client.authorize_url(
        state=attempt.state,
        redirect_uri=redirect_uri(provider),
        verifier=attempt.verifier,
    )


def finish_connecting(
    *,
    association_id: int,
    provider: str,
    bound_to: str,
    code: str,
    state: str,
    by: str,
    replacing_with: str = "",
    transport: httpx2.BaseTransport | None = None,
) -> Connection:
    """Connect the account that the person signed in at, and return the connection.

    Raises `ConnectingFailed` when *state* is not one we wait for, or the account is
    another one than before and not *replacing_with*, which is the account that somebody
    wants in its place, and `ProviderError` when the provider does not play along.
    A code is sent once; after any failure the person begins again.
    """
    access = _access(provider)
    attempt = services.come_back(
        association_id=association_id,
        provider=provider,
        bound_to=bound_to,
        state=state,
    )
    tokens = registry.oauth(provider, access, transport=transport).exchange(
        code=code, redirect_uri=redirect_uri(provider), verifier=attempt.verifier
    )
    key = _application(provider, access.client_id)
    account = registry.open(
        provider,
        settings=access,
        tokens=NewTokens(tokens=tokens),
        gate=CountingGate(
            gate=DatabaseGate(application_id=key.pk, connection_id=None, run_id=None)
        ),
        screen=ConsentScreen(association_id=association_id),
        transport=transport,
    ).account()
    return _connect(
        association_id=association_id,
        key=key,
        account=account,
        tokens=tokens,
        by=by,
        replacing_with=replacing_with,
    )


def _connect(
    *,
    association_id: int,
    key: Application,
    account: Account,
    tokens: TokenSet,
    by: str,
    replacing_with: str,
) -> Connection:
    try:
        with transaction.atomic(), scope(association=association_id):
            was_away = Connection.objects.filter(provider=key.provider).exclude(
                state=ConnectionState.CONNECTED
            )
            compares = was_away.exists()
            connection = services.connect(
                association_id=association_id,
                key=key,
                account=account,
                tokens=tokens,
                by=by,
            )
            if compares:
                _compare_everything(connection)
            return connection
    except services.DifferentAccount as different:
        if account.account_id != replacing_with:
            raise
        return replace_account(
            different.connection.pk,
            association_id=association_id,
            key=key,
            account=account,
            tokens=tokens,
            by=by,
        )


def _compare_everything(connection: Connection) -> None:
    """Look at all of it once: much may have happened over there while we were away.

    Not at an account that was never synchronized.
    """
    if follower := STORE.directory.follower(follower_name(connection.pk)):
        STORE.marks.mark_everything(follower=follower)


def open_provider(
    connection_id: int,
    run_id: int | None,
    *,
    transport: httpx2.BaseTransport | None = None,
) -> Provider:
    """Return the provider of a connection; its requests count for the run.

    Raises `ReconnectNeeded` when this installation's API key is another one than the
    account was connected with.
    """
    connection, access = _usable(connection_id)
    client = registry.oauth(connection.provider, access, transport=transport)
    return registry.open(
        connection.provider,
        settings=access,
        tokens=_stored_tokens(connection_id, client),
        gate=_gate(connection, run_id=run_id),
        screen=ConsentScreen(association_id=connection.association_id),
        transport=transport,
    )


def open_asking(
    connection_id: int,
    run_id: int | None,
    *,
    transport: httpx2.BaseTransport | None = None,
) -> Asking:
    """Return what has the connection's provider ask somebody to come back.

    Its requests count for the run. Raises as `open_provider` does.
    """
    connection, access = _usable(connection_id)
    client = registry.oauth(connection.provider, access, transport=transport)
    return registry.open_asking(
        connection.provider,
        settings=access,
        tokens=_stored_tokens(connection_id, client),
        gate=_gate(connection, run_id=run_id),
        transport=transport,
    )


def _usable(connection_id: int) -> tuple[Connection, ProviderSettings]:
    with scopes_disabled():
        connection = Connection.objects.select_related("application").get(
            pk=connection_id
        )
    access = _access(connection.provider)
    if access.client_id != connection.application.client_id:
        raise ReconnectNeeded(
            "The API key of this installation was changed since the account was "
            "connected. Connect it again."
        )
    return connection, access


def use_sign_in(
    connection_id: int,
    *,
    unused_for: timedelta,
    transport: httpx2.BaseTransport | None = None,
) -> None:
    """Use a sign-in that was not used for so long, that it may not die of it.

    Raises `ReconnectNeeded` when it has, and `TryLater` when nobody can be asked.
    """
    with scopes_disabled():
        connection = Connection.objects.get(pk=connection_id)
    client = registry.oauth(
        connection.provider, _access(connection.provider), transport=transport
    )
    _stored_tokens(connection_id, client).use(unused_for=unused_for)


def capabilities(provider: str) -> Capabilities:
    """Return a provider's limits, known without asking it."""
    return registry.capabilities(provider)


def redirect_uri(provider: str) -> str:
    """Return the address people come back to; it is registered with the API key."""
    return f"{settings.BASE_URL}/connections/{provider}/callback"


def _access(provider: str) -> ProviderSettings:
    given = settings.PROVIDERS[provider]
    if not given.client_id:
        raise ConnectingFailed(
            _(
                "This installation has no API key yet. Whoever runs it makes one in"
                " the provider's developer portal, with the return address"
                " %(provider)s, and sets ROLLKEEPER_%(upper)s_CLIENT_ID"
                " (docs/settings.md)."
            )
            % {"provider": redirect_uri(provider), "upper": provider.upper()}
        )
    return ProviderSettings(
        client_id=given.client_id,
        client_secret=given.client_secret,
        api_url=given.api_url,
        auth_url=given.auth_url,
    )


def _application(provider: str, client_id: str) -> Application:
    limits = registry.capabilities(provider)
    return services.application(
        provider=provider,
        client_id=client_id,
        requests_per_day=limits.requests_per_day,
        requests_per_second=limits.requests_per_second,
    )


def _gate(connection: Connection, *, run_id: int | None) -> CountingGate:
    key = connection.application_id
    return CountingGate(
        gate=DatabaseGate(
            application_id=key,
            connection_id=connection.pk,
            run_id=run_id,
            others=OthersWaiting(application_id=key, connection_id=connection.pk),
        )
    )


def _stored_tokens(connection_id: int, client: OAuthClient) -> KeptTokens:
    return KeptTokens(
        stored=StoredTokens(
            connection_id=connection_id, refresher=TokenEndpoint(client=client)
        )
    )
