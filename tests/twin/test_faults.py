from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.twin.driving import OAUTH, Twin


def statuses(twin: Twin, count: int) -> list[int]:
    return [
        twin.http.get(
            "/v3/contacts", headers={"Authorization": f"Bearer {twin.bearer}"}
        ).status_code
        for _ in range(count)
    ]


@pytest.fixture(autouse=True)
def _no_contract(twin: Twin) -> Any:
    """Faults are not in the contract."""
    hooks, twin.http.event_hooks = twin.http.event_hooks, {}
    yield
    twin.http.event_hooks = hooks


def test_a_time_out_takes_no_effect_and_gives_no_answer(twin: Twin) -> None:
    twin.control("faults", kind="timeout", path="/v3/contact_lists", seconds=0.01)
    with pytest.raises(httpx2.RemoteProtocolError):
        twin.new_list("News")
    assert twin.state()["lists"] == []
    assert twin.look("calls")["calls"][-1]["status"] is None


def test_an_impatient_client_meets_a_real_time_out(twin: Twin) -> None:
    twin.control("faults", kind="timeout", method="POST")
    with pytest.raises(httpx2.ReadTimeout):
        twin.call("POST", "/v3/contact_lists", json={"name": "News"}, timeout=0.05)
    assert twin.state()["lists"] == []


def test_a_lost_answer_takes_effect_all_the_same(twin: Twin) -> None:
    twin.control("faults", kind="lost_answer", method="POST", times=1)
    with pytest.raises(httpx2.RemoteProtocolError):
        twin.new_list("News")
    assert [each["name"] for each in twin.state()["lists"]] == ["News"]
    assert twin.post("/contact_lists", {"name": "News"}).status_code == 409


def test_a_lost_token_answer_breaks_the_connection_until_reauthorized(
    twin: Twin,
) -> None:
    token = twin.connect()["refresh_token"]
    twin.control("faults", kind="lost_answer", path=f"{OAUTH}/token", times=1)
    with pytest.raises(httpx2.RemoteProtocolError):
        twin.token(grant_type="refresh_token", refresh_token=token)
    again = twin.token(grant_type="refresh_token", refresh_token=token)
    assert again.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("503", 503)])
def test_server_errors_take_no_effect(twin: Twin, kind: str, status: int) -> None:
    twin.control("faults", kind=kind, times=1)
    assert twin.post("/contact_lists", {"name": "News"}).status_code == status
    assert twin.state()["lists"] == []
    assert statuses(twin, 1) == [200]


def test_a_gateway_may_answer_in_html(twin: Twin) -> None:
    twin.control("faults", kind="html_502")
    answer = twin.get("/contacts")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")


def test_any_status_and_body_can_be_asked_for(twin: Twin) -> None:
    body = {"error_key": "throttled", "error_message": "Too Many Requests"}
    twin.control("faults", kind="status", status=429, body=body)
    assert twin.get("/contacts").json() == body


def test_a_slow_answer_comes_late_but_comes(twin: Twin) -> None:
    twin.control("faults", kind="slow", seconds=0.2)
    with pytest.raises(httpx2.ReadTimeout):
        twin.call("GET", "/v3/contacts", timeout=0.01)
    assert statuses(twin, 1) == [200]


def test_a_job_may_fail(twin: Twin) -> None:
    twin.control("faults", kind="job_failed", path="/v3/activities/*")
    job = twin.load("ann@a.example", lists=[twin.new_list("News")])
    assert job["state"] == "failed"
    assert job["activity_errors"]
    assert twin.members("News") == []


def test_a_job_may_complete_in_part_only(twin: Twin) -> None:
    twin.control("faults", kind="job_partial", path="/v3/activities/*", times=1)
    rows = [f"p{n}@a.example" for n in range(10)]
    job = twin.load(*rows, lists=[twin.new_list("News")])
    assert job["state"] == "completed"
    assert job["status"]["items_total_count"] == 11
    assert job["status"]["person_count"] == 5
    assert len(twin.members("News")) == 5


def test_a_token_may_be_revoked_in_the_middle(twin: Twin) -> None:
    twin.control("faults", kind="token_revoked", nth=2)
    assert statuses(twin, 3) == [200, 401, 401]


def test_a_rule_strikes_the_nth_matching_call(twin: Twin) -> None:
    twin.control("faults", kind="500", path="/v3/contacts", nth=2)
    twin.get("/contact_lists")
    assert statuses(twin, 4) == [200, 500, 200, 200]
    assert twin.look("faults")["faults"][0]["hits"] == 1


def test_a_rule_strikes_by_chance_and_the_same_way_each_time(twin: Twin) -> None:
    twin.control("faults", kind="500", probability=0.5)
    struck = statuses(twin, 40)
    assert set(struck) == {200, 500}
    assert 5 < struck.count(500) < 35


def test_faults_are_forgotten_when_asked(twin: Twin) -> None:
    twin.control("faults", kind="500")
    twin.http.delete("/__control__/faults")
    assert statuses(twin, 1) == [200]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"kind": "earthquake"},
        {"kind": "500", "colour": "red"},
        {"kind": "500", "nth": 0},
        {"kind": "500", "probability": "often"},
        {"kind": "slow", "seconds": -1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    twin: Twin, rule: dict[str, object]
) -> None:
    answer = twin.http.post("/__control__/faults", json=rule)
    assert answer.status_code == 400
    assert answer.json()["error"]
