from __future__ import annotations

import re

import pytest
from tests.twin.driving import NOBODY, Twin

MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.mark.parametrize("content_type", [None, "text/plain", "text/html"])
def test_a_body_that_is_not_declared_json_is_415(
    twin: Twin, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = twin.call(
        "POST", "/v3/contact_lists", content=b'{"name": "News"}', headers=headers
    )
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b'{"name": NaN}', b"\xff", b'{"a":"\\ud800"}']
)
def test_a_body_that_is_no_json_object_is_400_as_an_array(
    twin: Twin, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = twin.call("POST", "/v3/contact_lists", content=body, headers=headers)
    assert answer.status_code == 400
    assert isinstance(answer.json(), list)


def test_an_answer_nobody_accepts_is_406(twin: Twin) -> None:
    answer = twin.call("GET", "/v3/contacts", headers={"Accept": "text/html"})
    assert answer.status_code == 406


def test_a_wrong_method_is_405(twin: Twin) -> None:
    assert twin.call("PATCH", "/v3/contacts").status_code == 405


def test_a_path_outside_the_api_is_403_from_the_gateway(twin: Twin) -> None:
    answer = twin.http.get("/v2/contacts")
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_a_badly_formed_id_is_404(twin: Twin) -> None:
    answer = twin.get("/contacts/17")
    assert answer.status_code == 404
    assert answer.json() == [
        {
            "error_key": "contacts.api.not_found",
            "error_message": "contact_id is in an invalid format.",
        }
    ]
    assert twin.get(f"/contacts/{NOBODY}").status_code == 404
    assert twin.get("/contacts/1%0A7").json() == answer.json()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic eDp5"])
def test_without_a_good_token_the_answer_is_401_as_one_object(
    twin: Twin, header: str
) -> None:
    answer = twin.http.get("/v3/contacts", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error_key"] == "unauthorized"


def test_a_missing_source_is_named_in_the_vendors_words(twin: Twin) -> None:
    answer = twin.post("/contacts", {"email_address": {"address": "ann@a.example"}})
    assert answer.json() == [
        {
            "error_key": "contacts.api.validation.error",
            "error_message": (
                "create_source is missing, create_source does not have a valid value"
            ),
        }
    ]


def test_times_are_utc_in_whole_seconds_and_any_offset_is_understood(
    twin: Twin,
) -> None:
    twin.control("clock", set="2025-03-01T12:00:00Z")
    twin.new_contact("ann@a.example")
    (ann,) = twin.get("/contacts").json()["contacts"]
    assert MINUTE.fullmatch(ann["created_at"])

    def found(**query: str) -> int:
        return len(twin.get("/contacts", **query).json()["contacts"])

    assert found(created_after="2025-03-01T06:59:00-05:00") == 1
    assert found(created_after="2025-03-01T07:01:00-05:00") == 0
    assert found(created_after="2025-03-01") == 1
    assert found(created_before="2025-03-01") == 0


def test_an_unencoded_plus_in_a_query_is_a_blank(twin: Twin) -> None:
    twin.new_contact("ann+news@a.example")
    for query, hits in (("ann%2Bnews@a.example", 1), ("ann+news@a.example", 0)):
        answer = twin.call("GET", f"/v3/contacts?email={query}")
        assert len(answer.json()["contacts"]) == hits


def test_read_only_properties_are_ignored_not_refused(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example")
    answer = twin.put_contact(ann, contact_id=NOBODY, created_at="1999-01-01T00:00:00Z")
    assert answer.status_code == 200
    assert answer.json()["contact_id"] == ann
    assert not answer.json()["created_at"].startswith("1999")


def test_no_header_tells_what_is_left_or_when_to_retry(strict: Twin) -> None:
    answers = [strict.get("/contacts") for _ in range(5)]
    assert answers[-1].status_code == 429
    for answer in answers:
        names = " ".join(answer.headers).lower()
        assert "retry-after" not in names
        assert "ratelimit" not in names
        assert "etag" not in names
        assert "request-id" not in names


def test_the_date_of_an_answer_is_the_twins_own(twin: Twin) -> None:
    twin.control("clock", set="2031-05-05T05:05:05Z")
    assert "2031" in twin.get("/contacts").headers["date"]
