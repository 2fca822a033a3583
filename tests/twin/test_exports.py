from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from tests.twin.driving import NOBODY, Twin


def export(twin: Twin, **body: Any) -> list[dict[str, str]]:
    job = twin.run("contact_exports", body)
    href = job["_links"]["results"]["href"]
    answer = twin.call("GET", href, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(answer.text)))


def addresses(rows: list[dict[str, str]]) -> list[str]:
    return [row["Email address"] for row in rows]


@pytest.fixture
def three(twin: Twin) -> Twin:
    news = twin.new_list("News")
    field = twin.post("/contact_custom_fields", {"label": "Hobby", "type": "string"})
    value = {"custom_field_id": field.json()["custom_field_id"], "value": "Chess"}
    twin.new_contact(
        "ann@a.example",
        first_name="Ann, B.",
        custom_fields=[value],
        list_memberships=[news],
    )
    twin.new_contact("bob@a.example")
    gone = twin.new_contact("cy@a.example")
    twin.delete(f"/contacts/{gone}")
    twin.control("unsubscribe", address="bob@a.example")
    return twin


def test_everybody_but_deleted_ones_is_exported_with_readable_headings(
    three: Twin,
) -> None:
    rows = export(three)
    assert addresses(rows) == ["ann@a.example", "bob@a.example"]
    assert rows[0]["First name"] == "Ann, B."
    assert rows[0]["Hobby"] == "Chess"
    assert rows[0]["Source Name"] == "Account"
    assert {"Email update source", "Created At", "Updated At"} <= set(rows[0])
    assert "Email Lists" not in rows[0]


def test_a_switch_adds_the_names_of_lists(three: Twin) -> None:
    three.control("switches", export_lists="yes")
    assert export(three)[0]["Email Lists"] == "News"


def test_the_result_link_is_there_at_once_and_the_file_later(three: Twin) -> None:
    job = three.post("/activities/contact_exports", {}).json()
    href = job["_links"]["results"]["href"]
    early = three.call("GET", href, headers={"Accept": "text/csv"})
    assert href == f"/v3/contact_exports/{job['activity_id']}"
    assert early.status_code == 404
    assert three.get(f"/contact_exports/{NOBODY}").status_code == 404


def test_filters_choose_who_is_exported(three: Twin) -> None:
    lists = three.get("/contact_lists").json()["lists"]
    contacts = three.get("/contacts", status="all").json()["contacts"]
    ids = {c["email_address"]["address"]: c["contact_id"] for c in contacts}
    ann, bob = ids["ann@a.example"], ids["bob@a.example"]
    news = lists[0]["list_id"]
    assert addresses(export(three, contact_ids=[bob])) == ["bob@a.example"]
    assert addresses(export(three, list_ids=[news])) == ["ann@a.example"]
    assert addresses(export(three, status="unsubscribed")) == ["bob@a.example"]
    assert addresses(export(three, status="deleted")) == ["cy@a.example"]
    assert addresses(export(three, status="active")) == ["ann@a.example"]
    excluded = {"contact_ids": [ann]}
    assert addresses(export(three, list_ids=[news], exclude=excluded)) == []


def test_fields_narrow_the_columns(three: Twin) -> None:
    rows = export(three, fields=["email_address", "email_optout_source"])
    assert set(rows[0]) == {"Email address", "Email opt-out source"}
    assert rows[1]["Email opt-out source"] == "Contact"


@pytest.mark.parametrize(
    "body",
    [
        {"fields": ["first_name", "email_optout_date"]},
        {"contact_ids": [NOBODY], "tag_ids": [NOBODY]},
        {"contact_ids": [NOBODY] * 501},
        {"list_ids": [NOBODY]},
        {"list_ids": [NOBODY] * 51},
        {"status": "asleep"},
        {"fields": "email_address"},
        {"new_subscriber": True, "exclude": {"contact_ids": [NOBODY] * 51}},
    ],
)
def test_a_wrong_export_is_400(twin: Twin, body: dict[str, Any]) -> None:
    assert twin.post("/activities/contact_exports", body).status_code == 400
