"""Signs an association in at a vendor and keeps it signed in (OAuth 2.0).

oauthlib words and reads the messages; storing and locking are the caller's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx2
from attrs import define, field, frozen
from oauthlib.oauth2 import WebApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError, OAuth2Error

from rollkeeper.providers.errors import GrantInvalid, TryLater
from rollkeeper.providers.outbound import (
    AnswerTooLarge,
    decoded,
    open_client,
    read_bounded,
    trusted_address,
)

_FORM = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
}


@frozen(kw_only=True)
class TokenSet:
    """What a token endpoint gave out. Shows no token when printed."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_in: int
    """Seconds from now until *access* ends."""
    scope: str


@define(kw_only=True)
class OAuthClient:
    """One application at one vendor.

    With a secret it proves itself by HTTP Basic, without one by PKCE (S256); vendors
    document the two as alternatives, so they are never mixed.
    """

    client_id: str
    client_secret: str | None = field(repr=False)
    scopes: tuple[str, ...]
    base: httpx2.URL = field(converter=trusted_address)
    """Where `/authorize` and `/token` are found."""
    over: httpx2.BaseTransport | None = None
    monotonic: Callable[[], float] = time.monotonic

    def authorize_url(
        self, *, state: str, redirect_uri: str, verifier: str | None
    ) -> str:
        """Return where to send the person's browser.

        *verifier* is needed only by an application without a secret; its hash goes
        along, and the same verifier must be given to `exchange`.
        """
        client = WebApplicationClient(self.client_id)
        proof = {}
        if self.client_secret is None:
            challenge = client.create_code_challenge(_needed(verifier), "S256")
            proof = {"code_challenge": challenge, "code_challenge_method": "S256"}
        # oauthlib refuses plain http even on loopback, where we allow it
        secure = self.base.copy_with(scheme="https")
        address: str = client.prepare_request_uri(
            f"{secure}/authorize",
            redirect_uri=redirect_uri,
            scope=" ".join(self.scopes),
            state=state,
            **proof,
        )
        query = address.partition("?")[2].replace("+", "%20")
        return f"{self.base}/authorize?{query}"

    def exchange(
        self, *, code: str, redirect_uri: str, verifier: str | None
    ) -> TokenSet:
        """Return the tokens for a code; it is good for one exchange.

        Raises `GrantInvalid` when it is too old, used, or not ours.
        """
        proof = {}
        if self.client_secret is None:
            proof = {"code_verifier": _needed(verifier)}
        body = WebApplicationClient(self.client_id).prepare_request_body(
            code=code,
            redirect_uri=redirect_uri,
            include_client_id=self.client_secret is None,
            **proof,
        )
        return self._ask(body, kept=None)

    def refresh(self, refresh_token: str) -> TokenSet:
        """Return fresh tokens. Those with a new refresh token end the old one.

        Raises `GrantInvalid` when the grant is over: then a person must sign in.
        """
        body = WebApplicationClient(self.client_id).prepare_refresh_body(
            refresh_token=refresh_token, **self._identity()
        )
        return self._ask(body, kept=refresh_token)

    def _identity(self) -> dict[str, str]:
        return {} if self.client_secret else {"client_id": self.client_id}

    def _proof(self) -> httpx2.BasicAuth | None:
        if self.client_secret is None:
            return None
        return httpx2.BasicAuth(self.client_id, self.client_secret)

    def _ask(self, body: str, *, kept: str | None) -> TokenSet:
        content = self._post(body)
        document = decoded(content)
        if not isinstance(document, dict):
            raise TryLater("The sign-in service gave an answer that is no JSON.")
        try:
            told = WebApplicationClient(self.client_id).parse_request_body_response(
                content.decode()
            )
        except InvalidGrantError as error:
            raise GrantInvalid(
                "The provider no longer accepts this sign-in. Connect again."
            ) from error
        except OAuth2Error as error:
            raise TryLater(
                f"The sign-in service refused ({error.error}). If this goes on, check "
                "the application's client id and secret."
            ) from error
        except ValueError as error:
            raise TryLater("The sign-in service gave an odd answer.") from error
        return _token_set(told, kept)

    def _post(self, body: str) -> bytes:
        try:
            with (
                open_client(self.base, over=self.over) as client,
                client.stream(
                    "POST",
                    f"{self.base}/token",
                    content=body,
                    headers=_FORM,
                    auth=self._proof(),
                ) as response,
            ):
                return read_bounded(response, monotonic=self.monotonic)
        except (httpx2.RequestError, AnswerTooLarge) as error:
            raise TryLater("The sign-in service gave no whole answer.") from error


def _needed(verifier: str | None) -> str:
    if verifier is None:
        raise ValueError("An application without a secret needs a PKCE verifier.")
    return verifier


def _token_set(told: dict[str, Any], kept: str | None) -> TokenSet:
    lifetime = told.get("expires_in")
    if not isinstance(lifetime, int) or not isinstance(told["access_token"], str):
        raise TryLater("The sign-in service told no token, or not how long it lives.")
    return TokenSet(
        access=told["access_token"],
        refresh=told.get("refresh_token") or kept,
        expires_in=lifetime,
        scope=" ".join(told.get("scope", ())),
    )
