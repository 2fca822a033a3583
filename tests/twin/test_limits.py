from __future__ import annotations

import pytest
from tests.twin.driving import Twin

THROTTLED = {"error_key": "throttled", "error_message": "Too Many Requests"}
EXHAUSTED = {"error_key": "quota_exceeded", "error_message": "Limit Exceeded"}


def test_the_fifth_call_within_a_second_is_throttled(strict: Twin) -> None:
    assert [strict.get("/contacts").status_code for _ in range(4)] == [200] * 4
    fifth = strict.get("/contacts")
    assert (fifth.status_code, fifth.json()) == (429, THROTTLED)
    strict.advance(1)
    assert strict.get("/contacts").status_code == 200


def test_the_second_slides(strict: Twin) -> None:
    strict.control("clock", set="2025-01-01T00:00:00Z")
    strict.advance(0.6)
    for _ in range(4):
        strict.get("/contacts")
    strict.advance(0.6)
    assert strict.get("/contacts").status_code == 429


def test_a_switch_makes_the_second_fixed(strict: Twin) -> None:
    strict.control("switches", second="fixed")
    strict.control("clock", set="2025-01-01T00:00:00Z")
    strict.advance(0.6)
    for _ in range(4):
        strict.get("/contacts")
    strict.advance(0.6)
    assert strict.get("/contacts").status_code == 200


@pytest.mark.parametrize(("counted", "status"), [("yes", 429), ("no", 200)])
def test_refused_calls_count_to_the_second_unless_switched_off(
    strict: Twin, counted: str, status: int
) -> None:
    strict.control("switches", refused_calls_count=counted)
    for _ in range(4):
        strict.get("/contacts")
    strict.advance(0.9)
    for _ in range(4):
        strict.get("/contacts")
    strict.advance(0.2)
    assert strict.get("/contacts").status_code == status


def test_the_limit_is_the_keys_not_the_accounts_or_the_tokens(strict: Twin) -> None:
    other = strict.control("accounts", organization_name="Harbor Guild")
    second = strict.control("token", account=other["account_id"])
    for _ in range(4):
        strict.get("/contacts")
    strict.bearer = second["access_token"]
    assert strict.get("/contacts").status_code == 429
    stranger = strict.control("token", client_id="another-key")
    strict.bearer = stranger["access_token"]
    assert strict.get("/contacts").status_code == 200


def test_after_10000_calls_the_key_stands_still_until_midnight_utc(
    strict: Twin,
) -> None:
    strict.control("clock", set="2025-06-01T08:00:00Z")
    strict.control("quota", used=9_999)
    assert strict.get("/contacts").status_code == 200
    refused = strict.get("/contacts")
    assert (refused.status_code, refused.json()) == (429, EXHAUSTED)
    assert strict.violations() == []
    strict.control("clock", set="2025-06-01T23:59:59Z")
    assert strict.get("/contacts").json() == EXHAUSTED
    assert strict.violations() == ["call_after_quota_exceeded"]
    strict.control("clock", set="2025-06-02T00:00:00Z")
    assert strict.get("/contacts").status_code == 200


def test_the_token_endpoint_is_not_counted_to_the_day(strict: Twin) -> None:
    tokens = strict.connect()
    strict.advance(1)
    strict.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert strict.look("calls")["per_day"] == []


def test_a_lapsed_token_still_counts_for_its_key(strict: Twin) -> None:
    strict.advance(86_401)
    statuses = [strict.get("/contacts").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429]


def test_the_queue_holds_1000_jobs_of_an_account(strict: Twin) -> None:
    body: dict[str, object] = {}
    tokens = [strict.control("token", client_id=f"key {n}") for n in range(50)]
    for number in range(1000):
        strict.bearer = tokens[number % 50]["access_token"]
        assert strict.post("/activities/contact_exports", body).status_code == 201
        if number % 200 == 199:
            strict.advance(1)
    for shape in ("object", "array", "message"):
        strict.control("switches", queue_full=shape)
        full = strict.post("/activities/contact_exports", body)
        assert full.status_code == 429
        assert "1,000" in full.text
        assert isinstance(full.json(), list) == (shape == "array")
    strict.advance(900)
    assert strict.post("/activities/contact_exports", body).status_code == 201


def test_without_limits_nothing_is_refused(twin: Twin) -> None:
    assert {twin.get("/contacts").status_code for _ in range(50)} == {200}
