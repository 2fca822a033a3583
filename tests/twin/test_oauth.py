from __future__ import annotations

import base64
import json
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from tests.twin.driving import OAUTH, Twin

BACK = "http://127.0.0.1:9/back"
VERIFIER = "a-verifier-of-the-right-length-0123456789-abcdef"
CHALLENGE = (
    base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
CLAIMS = {
    "ver",
    "jti",
    "iss",
    "aud",
    "iat",
    "exp",
    "cid",
    "uid",
    "scp",
    "sub",
    "platform_user_id",
}
ASKED = {
    "client_id": "demo-key",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "contact_data",
    "state": "a state",
}


def claims(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def test_the_code_flow_with_a_secret_gives_tokens(twin: Twin) -> None:
    back = twin.authorize()
    answer = twin.token(
        grant_type="authorization_code", code=back["code"], redirect_uri=BACK
    )
    tokens = answer.json()
    assert back["state"] == "a state"
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 86_400
    assert set(tokens["scope"].split()) >= {"contact_data", "offline_access"}
    twin.bearer = tokens["access_token"]
    assert twin.get("/contacts").status_code == 200


def test_the_fields_may_stand_in_the_query_and_the_secret_in_a_field(
    twin: Twin,
) -> None:
    fields = {
        "grant_type": "authorization_code",
        "code": twin.authorize()["code"],
        "redirect_uri": BACK,
        "client_id": "demo-key",
        "client_secret": "demo-secret",
    }
    assert twin.http.post(f"{OAUTH}/token?{urlencode(fields)}").status_code == 200


def test_pkce_takes_the_place_of_the_secret(twin: Twin) -> None:
    fields = {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "client_id": "demo-key",
        "code_verifier": VERIFIER,
    }
    proof = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = twin.authorize(**proof)["code"]
    wrong = {**fields, "code": code, "code_verifier": VERIFIER[::-1]}
    assert twin.http.post(f"{OAUTH}/token", data=wrong).json()["error"] == (
        "invalid_grant"
    )
    answer = twin.http.post(f"{OAUTH}/token", data={**fields, "code": code})
    assert answer.status_code == 200
    refresh = {
        "grant_type": "refresh_token",
        "client_id": "demo-key",
        "refresh_token": answer.json()["refresh_token"],
    }
    assert twin.http.post(f"{OAUTH}/token", data=refresh).status_code == 200


def test_without_offline_access_there_is_no_refresh_token(twin: Twin) -> None:
    assert "refresh_token" not in twin.connect(scope="contact_data")


def test_a_code_works_once(twin: Twin) -> None:
    code = twin.authorize()["code"]
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
    }
    assert twin.token(**fields).status_code == 200
    again = twin.token(**fields)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"
    assert "authorization" in again.json()["error_description"]


@pytest.mark.parametrize(("age", "status"), [(299, 200), (300, 400)])
def test_a_code_lives_five_minutes(twin: Twin, age: int, status: int) -> None:
    twin.control("clock", freeze=True)
    code = twin.authorize()["code"]
    twin.advance(age)
    answer = twin.token(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert answer.status_code == status


def test_a_code_is_bound_to_its_redirect_uri(twin: Twin) -> None:
    answer = twin.token(
        grant_type="authorization_code",
        code=twin.authorize()["code"],
        redirect_uri="http://127.0.0.1:9/elsewhere",
    )
    assert answer.json()["error"] == "invalid_grant"


def test_a_refused_consent_returns_an_error(twin: Twin) -> None:
    back = twin.authorize(decision="deny")
    assert back["error"] == "access_denied"
    assert back["error_description"]
    assert "code" not in back


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "contact_data+offline_access"}, "invalid_scope"),
        ({"state": ""}, "invalid_request"),
        (
            {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
            "invalid_request",
        ),
    ],
)
def test_a_wrong_authorization_request_is_told_to_the_application(
    twin: Twin, wrong: dict[str, str], error: str
) -> None:
    answer = twin.http.get(f"{OAUTH}/authorize", params={**ASKED, **wrong})
    assert answer.status_code == 302
    assert f"error={error}" in answer.headers["location"]


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/back", "http://127.0.0.1/#part", "nonsense"]
)
def test_a_foreign_redirect_uri_gets_a_page_and_no_redirect(
    twin: Twin, back: str
) -> None:
    answer = twin.http.get(f"{OAUTH}/authorize", params={**ASKED, "redirect_uri": back})
    assert answer.status_code == 400
    assert "redirect_uri" in answer.text


def test_scopes_are_separated_by_blanks_or_plus_signs(twin: Twin) -> None:
    query = urlencode({k: v for k, v in ASKED.items() if k != "scope"})
    for scope in ("contact_data%20offline_access", "contact_data+offline_access"):
        page = twin.http.get(f"{OAUTH}/authorize?{query}&scope={scope}")
        assert page.status_code == 200
    doubly = twin.http.get(
        f"{OAUTH}/authorize?{query}&scope=contact_data%2Boffline_access"
    )
    assert doubly.status_code == 302


def test_a_rotating_refresh_token_works_once_and_the_old_access_lives_on(
    twin: Twin,
) -> None:
    first = twin.connect()
    fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = twin.token(**fields).json()
    assert second["refresh_token"] != first["refresh_token"]
    again = twin.token(**fields)
    assert again.status_code == 400
    assert again.json() == {
        "error": "invalid_grant",
        "error_description": "The refresh token is invalid or expired.",
    }
    assert twin.violations() == ["rotated_token_reused"]
    twin.bearer = first["access_token"]
    assert twin.get("/contacts").status_code == 200


def test_switches_end_the_old_access_token_and_give_grace_to_the_old_refresh(
    twin: Twin,
) -> None:
    twin.control("switches", refresh_ends_access="yes", refresh_grace="30")
    first = twin.connect()
    fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert twin.token(**fields).status_code == 200
    assert twin.token(**fields).status_code == 200
    twin.bearer = first["access_token"]
    assert twin.get("/contacts").status_code == 401


@pytest.mark.parametrize(("days", "status"), [(179, 200), (180, 400)])
def test_an_unused_refresh_token_ends_after_180_days(
    twin: Twin, days: int, status: int
) -> None:
    twin.control("clock", freeze=True)
    tokens = twin.connect()
    twin.advance(days * 86_400)
    answer = twin.token(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert answer.status_code == status


def test_a_long_lived_refresh_token_stays_the_same_and_lasts_from_its_last_use(
    twin: Twin,
) -> None:
    twin.control(
        "applications",
        client_id="demo-key",
        client_secret="demo-secret",
        redirect_uris=[BACK],
        refresh="long_lived",
    )
    token = twin.connect()["refresh_token"]
    for _ in range(3):
        twin.advance(179 * 86_400)
        answer = twin.token(grant_type="refresh_token", refresh_token=token)
        assert answer.json()["refresh_token"] == token
    assert twin.violations() == []


def test_a_lapsed_access_token_gets_401_as_one_object(twin: Twin) -> None:
    twin.bearer = twin.connect()["access_token"]
    twin.advance(86_401)
    answer = twin.get("/contacts")
    assert answer.status_code == 401
    assert answer.json() == {
        "error_key": "unauthorized",
        "error_message": "Unauthorized",
    }


def test_an_access_token_is_a_signed_jwt_with_the_known_claims(twin: Twin) -> None:
    token = twin.connect()["access_token"]
    found = claims(token)
    assert 900 < len(token) < 1300
    assert set(found) == CLAIMS
    assert found["cid"] == "demo-key"
    assert found["aud"] == "https://api.cc.email/v3"
    (key,) = twin.http.get(f"{OAUTH}/keys").json()["keys"]
    assert key["alg"] == "RS256"


def test_a_refresh_token_is_opaque_and_43_characters_long(twin: Twin) -> None:
    assert len(twin.connect()["refresh_token"]) == 43


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_wrong_secret_is_invalid_client(twin: Twin, secret: str) -> None:
    tokens = twin.connect()
    answer = twin.http.post(
        f"{OAUTH}/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
        },
        auth=("demo-key", secret),
    )
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_once_an_application_is_registered_others_are_strangers(twin: Twin) -> None:
    twin.control("applications", client_id="ours", redirect_uris=[BACK])
    page = twin.http.get(f"{OAUTH}/authorize", params={**ASKED, "client_id": "theirs"})
    assert page.status_code == 400
    registered = twin.http.get(
        f"{OAUTH}/authorize", params={**ASKED, "client_id": "ours"}
    )
    assert registered.status_code == 200
    other_uri = {**ASKED, "client_id": "ours", "redirect_uri": "http://127.0.0.1:9/x"}
    assert twin.http.get(f"{OAUTH}/authorize", params=other_uri).status_code == 400


def test_the_token_endpoint_takes_one_call_a_second(strict: Twin) -> None:
    token = strict.connect()["refresh_token"]
    fast = strict.token(grant_type="refresh_token", refresh_token=token)
    assert fast.status_code == 429
    strict.advance(1)
    calm = strict.token(grant_type="refresh_token", refresh_token=token)
    assert calm.status_code == 200


def test_a_malformed_token_request_gets_an_okta_body(twin: Twin) -> None:
    answer = twin.http.post(f"{OAUTH}/token", json={"grant_type": "refresh_token"})
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "E0000021"
    assert answer.json()["errorSummary"]


def test_there_is_no_client_credentials_flow(twin: Twin) -> None:
    twin.connect()
    answer = twin.token(grant_type="client_credentials", scope="contact_data")
    assert answer.json()["error"] == "unsupported_grant_type"


def test_discovery_answers_an_empty_404(twin: Twin) -> None:
    answer = twin.http.get("/.well-known/openid-configuration")
    assert (answer.status_code, answer.content) == (404, b"")


def test_revoking_a_token_ends_the_grant(twin: Twin) -> None:
    tokens = twin.connect()
    answer = twin.http.post(
        f"{OAUTH}/revoke",
        data={"token": tokens["refresh_token"], "token_type_hint": "refresh_token"},
        auth=("demo-key", "demo-secret"),
    )
    assert answer.status_code == 200
    twin.bearer = tokens["access_token"]
    assert twin.get("/contacts").status_code == 401
    refreshed = twin.token(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert refreshed.json()["error"] == "invalid_grant"


def test_a_switch_takes_the_revoke_endpoint_away(twin: Twin) -> None:
    twin.control("switches", revoke_endpoint="no")
    assert twin.http.post(f"{OAUTH}/revoke", data={"token": "x"}).status_code == 404


def test_every_connection_ends_when_its_grant_is_revoked_by_control(
    twin: Twin,
) -> None:
    tokens = twin.connect()
    assert twin.control("revoke", client_id="demo-key") == {"revoked": 1}
    answer = twin.token(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("contact_data", "/contacts", 200),
        ("contact_data", "/account/summary", 403),
        ("account_read", "/account/summary", 200),
        ("account_read", "/contacts", 403),
        ("campaign_data", "/account/user/privileges", 200),
    ],
)
def test_each_call_needs_its_scope(
    twin: Twin, scope: str, path: str, status: int
) -> None:
    twin.bearer = twin.control("token", scope=scope)["access_token"]
    assert twin.get(path).status_code == status


def test_each_call_needs_a_privilege_of_who_allowed_it(twin: Twin) -> None:
    twin.control("account", role="campaign_creator")
    names = {
        each["privilege_name"] for each in twin.get("/account/user/privileges").json()
    }
    assert "contacts:read" not in names
    for path in ("/contacts", "/contact_lists", "/activities"):
        assert twin.get(path).status_code == 403
    twin.control("account", role="manager")
    assert twin.get("/contacts").status_code == 200
    assert twin.put("/account/summary", {"first_name": "Ann"}).status_code == 403
