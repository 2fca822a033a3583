"""Signing in and staying signed in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from attrs import evolve
from tests.providers.vendor import SETTINGS, Scripted, Vendor, says, vendor

from rollkeeper.providers import registry
from rollkeeper.providers.errors import GrantInvalid, TryLater
from rollkeeper.providers.oauth import OAuthClient

VERIFIER = "v" * 64
BACK = "http://127.0.0.1:8000/connections/constant_contact/callback"
GRANTED = {
    "token_type": "Bearer",
    "expires_in": 28_800,
    "access_token": "an-access-token",
    "refresh_token": "a-refresh-token",
    "scope": "contact_data account_read offline_access",
    "id_token": "x",
}


def client(there: Vendor, secret: str | None = None) -> OAuthClient:
    return registry.oauth(
        "constant_contact",
        evolve(SETTINGS, client_secret=secret),
        transport=httpx2.MockTransport(there.answer),
    )


def exchange(there: Vendor, secret: str | None = None) -> Any:
    return client(there, secret).exchange(
        code="the-code", redirect_uri=BACK, verifier=VERIFIER
    )


def form(there: Vendor) -> dict[str, str]:
    (request,) = there.requests
    assert str(request.url) == "https://sign-in.vendor.example/oauth2/token"
    fields = parse_qs(request.content.decode(), strict_parsing=True)
    return {name: value for name, (value,) in fields.items()}


def test_the_person_is_sent_with_all_the_scopes_and_a_challenge() -> None:
    address = client(vendor()).authorize_url(
        state="s+1", redirect_uri=BACK, verifier=VERIFIER
    )
    assert "scope=contact_data%20account_read%20offline_access" in address
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    assert parse_qs(urlsplit(address).query) == {
        "response_type": ["code"],
        "client_id": ["our-key"],
        "redirect_uri": [BACK],
        "scope": ["contact_data account_read offline_access"],
        "state": ["s+1"],
        "code_challenge": [base64.urlsafe_b64encode(digest).decode().rstrip("=")],
        "code_challenge_method": ["S256"],
    }


def test_a_code_is_exchanged_by_the_verifier_when_there_is_no_secret() -> None:
    there = vendor(says(200, GRANTED))
    tokens = exchange(there)
    assert form(there) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": BACK,
        "client_id": "our-key",
        "code_verifier": VERIFIER,
    }
    assert "Authorization" not in there.requests[0].headers
    assert (tokens.access, tokens.refresh) == ("an-access-token", "a-refresh-token")
    assert tokens.expires_in == 28_800


def test_a_code_is_exchanged_by_the_secret_when_there_is_one() -> None:
    there = vendor(says(200, GRANTED))
    exchange(there, "our-secret")
    assert form(there) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": BACK,
    }
    proof = base64.b64encode(b"our-key:our-secret").decode()
    assert there.requests[0].headers["Authorization"] == f"Basic {proof}"


def test_no_code_is_exchanged_without_any_proof() -> None:
    there = vendor(says(200, GRANTED))
    with pytest.raises(ValueError, match="verifier"):
        client(there).exchange(code="c", redirect_uri=BACK, verifier=None)
    assert there.requests == []


def test_tokens_are_refreshed_in_the_applications_name() -> None:
    there = vendor(says(200, {**GRANTED, "refresh_token": "a-newer-one"}))
    tokens = client(there).refresh("a-refresh-token")
    assert form(there) == {
        "grant_type": "refresh_token",
        "refresh_token": "a-refresh-token",
        "client_id": "our-key",
    }
    assert tokens.refresh == "a-newer-one"


def test_a_refresh_that_tells_no_new_token_keeps_the_old_one() -> None:
    told = {name: value for name, value in GRANTED.items() if name != "refresh_token"}
    assert client(vendor(says(200, told)), "s").refresh("old-one").refresh == "old-one"
    assert exchange(vendor(says(200, told))).refresh is None


def test_an_ended_grant_calls_for_a_person() -> None:
    ended = {"error": "invalid_grant", "error_description": "expired"}
    with pytest.raises(GrantInvalid):
        client(vendor(says(400, ended))).refresh("a-refresh-token")


@pytest.mark.parametrize(
    "answer",
    [
        says(401, {"error": "invalid_client"}),
        says(400, {"error": "something_new"}),
        says(400, {"errorCode": "E0000021", "errorSummary": "Bad request"}),
        says(429, {"error_key": "throttled"}),
        says(200, {"access_token": "t", "token_type": "Bearer"}),
        says(200, {"access_token": "t", "expires_in": "soon"}),
        says(200, {"access_token": 5, "expires_in": 5}),
        says(200, []),
        httpx2.Response(502, html="<h1>Bad gateway</h1>"),
        httpx2.Response(500),
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
    ],
)
def test_any_other_failure_may_pass(answer: Scripted) -> None:
    with pytest.raises(TryLater):
        client(vendor(answer)).refresh("a-refresh-token")


def test_nothing_secret_shows_when_printed() -> None:
    there = vendor(says(200, GRANTED))
    shown = repr(exchange(there)) + repr(client(there, "our-secret"))
    shown += repr(evolve(SETTINGS, client_secret="our-secret"))
    for secret in ("an-access-token", "a-refresh-token", "our-secret"):
        assert secret not in shown


def test_a_sign_in_service_must_be_encrypted() -> None:
    with pytest.raises(ValueError, match="https"):
        registry.oauth(
            "constant_contact",
            evolve(SETTINGS, auth_url="http://sign-in.vendor.example/oauth2"),
        )


def test_an_unknown_provider_is_named_beside_the_known_ones() -> None:
    with pytest.raises(registry.UnknownProvider, match="constant_contact"):
        registry.oauth("carrier_pigeon", SETTINGS)
