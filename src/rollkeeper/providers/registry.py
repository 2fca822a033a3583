"""Which providers there are, and how one is opened."""

from __future__ import annotations

import httpx2
from attrs import field, frozen

from rollkeeper.providers.constant_contact.errors import judge
from rollkeeper.providers.constant_contact.limits import CAPABILITIES, SCOPES
from rollkeeper.providers.constant_contact.permits import ASKING_PERMITS, PERMITS
from rollkeeper.providers.constant_contact.provider import ConstantContact
from rollkeeper.providers.constant_contact.resubscribing import OneMail
from rollkeeper.providers.http import Pace, Transport
from rollkeeper.providers.oauth import OAuthClient
from rollkeeper.providers.port import (
    Asking,
    Capabilities,
    Gate,
    Provider,
    Screen,
    Tokens,
)

CONSTANT_CONTACT = "constant_contact"


class UnknownProvider(LookupError):
    """No provider goes by this name."""


@frozen(kw_only=True)
class ProviderSettings:
    """One application at a vendor, and where the vendor is."""

    client_id: str
    client_secret: str | None = field(repr=False)
    """None for an application that proves itself by PKCE."""
    api_url: str
    auth_url: str


def known() -> tuple[str, ...]:
    """Return the names of all providers, as settings and addresses spell them."""
    return (CONSTANT_CONTACT,)


def capabilities(provider: str) -> Capabilities:
    """Return a provider's limits, known without asking it."""
    _check(provider)
    return CAPABILITIES


def open(
    provider: str,
    *,
    settings: ProviderSettings,
    tokens: Tokens,
    gate: Gate,
    screen: Screen,
    pace: Pace | None = None,
    transport: httpx2.BaseTransport | None = None,
) -> Provider:
    """Return one account at *provider*; no request leaves yet.

    *transport* replaces the network below HTTP.
    """
    _check(provider)
    door = Transport(
        base=settings.api_url,
        tokens=tokens,
        gate=gate,
        permits=PERMITS,
        judge=judge,
        pace=pace or Pace(),
        over=transport,
    )
    return ConstantContact(transport=door, screen=screen)


def open_asking(
    provider: str,
    *,
    settings: ProviderSettings,
    tokens: Tokens,
    gate: Gate,
    pace: Pace | None = None,
    transport: httpx2.BaseTransport | None = None,
) -> Asking:
    """Return what can have *provider* ask somebody to come back, and nothing else."""
    _check(provider)
    door = Transport(
        base=settings.api_url,
        tokens=tokens,
        gate=gate,
        permits=ASKING_PERMITS,
        judge=judge,
        pace=pace or Pace(),
        over=transport,
    )
    return OneMail(transport=door)


def oauth(
    provider: str,
    settings: ProviderSettings,
    *,
    transport: httpx2.BaseTransport | None = None,
) -> OAuthClient:
    """Return the client that signs in at *provider*."""
    _check(provider)
    return OAuthClient(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        scopes=SCOPES,
        base=settings.auth_url,
        over=transport,
    )


def _check(provider: str) -> None:
    if provider not in known():
        raise UnknownProvider(
            f"There is no provider {provider!r}; there are: {', '.join(known())}."
        )
