from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.twin.driving import OAUTH, Twin

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"


def begin(twin: Twin) -> dict[str, Any]:
    answer = twin.http.post(
        f"{OAUTH}/device/authorize",
        data={"client_id": "device", "scope": "contact_data offline_access"},
    )
    assert answer.status_code == 200
    return dict(answer.json())


def poll(twin: Twin, device: dict[str, Any]) -> httpx2.Response:
    fields = {
        "grant_type": GRANT_TYPE,
        "client_id": "device",
        "device_code": device["device_code"],
    }
    return twin.http.post(f"{OAUTH}/token", data=fields)


def decide(twin: Twin, device: dict[str, Any], decision: str) -> httpx2.Response:
    account = twin.state()["account"]["account_id"]
    fields = {"user_code": device["user_code"], "account": account}
    return twin.http.post("/activate", data={**fields, "decision": decision})


def test_a_device_gets_tokens_once_a_person_allowed_it(twin: Twin) -> None:
    device = begin(twin)
    assert device["interval"] == 5
    assert device["verification_uri_complete"].endswith(device["user_code"])
    assert poll(twin, device).json()["error"] == "authorization_pending"
    assert "Allow" in decide(twin, device, "").text
    decide(twin, device, "allow")
    tokens = poll(twin, device)
    assert tokens.status_code == 200
    twin.bearer = tokens.json()["access_token"]
    assert twin.get("/contacts").status_code == 200
    assert poll(twin, device).json()["error"] == "invalid_grant"


def test_the_refresh_token_of_a_device_needs_no_secret(twin: Twin) -> None:
    device = begin(twin)
    decide(twin, device, "allow")
    fields = {
        "grant_type": "refresh_token",
        "client_id": "device",
        "refresh_token": poll(twin, device).json()["refresh_token"],
    }
    assert twin.http.post(f"{OAUTH}/token", data=fields).status_code == 200


def test_a_switch_gives_devices_no_refresh_token(twin: Twin) -> None:
    twin.control("switches", device_refresh="no")
    device = begin(twin)
    decide(twin, device, "allow")
    assert "refresh_token" not in poll(twin, device).json()


def test_a_denied_device_is_told_so(twin: Twin) -> None:
    device = begin(twin)
    decide(twin, device, "deny")
    answer = poll(twin, device)
    assert (answer.status_code, answer.json()["error"]) == (400, "access_denied")


def test_a_device_code_expires(twin: Twin) -> None:
    device = begin(twin)
    twin.advance(device["expires_in"])
    assert poll(twin, device).json()["error"] == "expired_token"
    assert decide(twin, device, "allow").status_code == 400


@pytest.mark.parametrize(("wait", "error"), [(2, "slow_down"), (5, None)])
def test_a_device_that_asks_too_often_is_slowed(
    strict: Twin, wait: int, error: str | None
) -> None:
    device = begin(strict)
    poll(strict, device)
    strict.advance(wait)
    assert poll(strict, device).json()["error"] == (error or "authorization_pending")
