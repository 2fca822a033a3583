from __future__ import annotations

from typing import Any

import pytest
from tests.twin.driving import Twin

ADDRESS = "/account/summary/physical_address"
PIER = {
    "address_line1": "1 Pier",
    "city": "Lakeside",
    "state_code": "MA",
    "postal_code": "02451",
    "country_code": "US",
}


def test_the_summary_names_and_pins_the_account(twin: Twin) -> None:
    shown = twin.get("/account/summary").json()
    assert shown["organization_name"] == "Lakeside Chamber of Commerce"
    account = twin.state()["account"]
    assert shown["encoded_account_id"] == account["encoded_account_id"]


def test_two_accounts_hold_their_own_contacts_and_lists(twin: Twin) -> None:
    twin.new_contact("ann@a.example", list_memberships=[twin.new_list("News")])
    other = twin.control("accounts", organization_name="Harbor Guild")["account_id"]
    twin.bearer = twin.control("token", account=other)["access_token"]
    assert twin.get("/account/summary").json()["organization_name"] == "Harbor Guild"
    assert twin.get("/contacts").json()["contacts"] == []
    assert twin.new_list("News")
    assert twin.new_contact("ann@a.example")
    assert len(twin.look("state", account="Harbor Guild")["contacts"]) == 1


def test_a_put_of_the_summary_changes_only_what_it_says(twin: Twin) -> None:
    before = twin.get("/account/summary").json()
    changes = {"organization_name": "Harbor Guild", "time_zone_id": "US/Pacific"}
    answer = twin.put("/account/summary", changes)
    assert answer.status_code == 200
    assert twin.get("/account/summary").json() == {**before, **changes}


@pytest.mark.parametrize(
    "body", [{"time_zone_id": "Moon/Far"}, {"contact_phone": "1" * 26}, {"website": 7}]
)
def test_a_wrong_summary_is_400(twin: Twin, body: dict[str, Any]) -> None:
    assert twin.put("/account/summary", body).status_code == 400


def test_a_physical_address_is_added_once_and_then_replaced(twin: Twin) -> None:
    assert twin.get(ADDRESS).status_code == 400
    assert twin.post(ADDRESS, PIER).status_code == 201
    assert twin.post(ADDRESS, PIER).status_code == 409
    moved = {**PIER, "address_line1": "2 Pier"}
    assert twin.put(ADDRESS, moved).json() == moved
    assert twin.get(ADDRESS).json() == moved
    with_it = twin.get("/account/summary", extra_fields="physical_address,company_logo")
    assert with_it.json()["physical_address"] == moved
    assert "physical_address" not in twin.get("/account/summary").json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"address_line1": None},
        {"address_line1": "x" * 81},
        {"state_code": None},
        {"postal_code": None},
        {"state_name": "Massachusetts"},
        {"country_code": "us"},
        {"country_code": "DE"},
    ],
)
def test_a_wrong_physical_address_is_400(twin: Twin, wrong: dict[str, Any]) -> None:
    assert twin.post(ADDRESS, {**PIER, **wrong}).status_code == 400


def test_an_address_abroad_names_its_state(twin: Twin) -> None:
    abroad = {
        "address_line1": "Am Hafen 1",
        "city": "Bremen",
        "state_name": "Bremen",
        "country_code": "DE",
    }
    assert twin.post(ADDRESS, abroad).status_code == 201


def test_the_accounts_own_addresses_are_filtered_one_way_at_a_time(
    twin: Twin,
) -> None:
    made = twin.post("/account/emails", {"email_address": "desk@a.example"})
    assert made.status_code == 201
    assert made.json()["confirm_status"] == "UNCONFIRMED"

    def found(**query: str) -> list[str]:
        emails = twin.get("/account/emails", **query).json()
        return [each["email_address"] for each in emails]

    (own, _) = found()
    assert found(confirm_status="U") == ["desk@a.example"]
    assert found(confirm_status="CONFIRMED") == found(role_code="R") == [own]
    assert found(email_address="desk@a.example") == ["desk@a.example"]
    both = twin.get("/account/emails", confirm_status="U", role_code="R")
    assert both.status_code == 400
    again = twin.post("/account/emails", {"email_address": "DESK@a.example"})
    assert again.status_code == 409


def test_an_owner_may_do_everything(twin: Twin) -> None:
    names = [
        each["privilege_name"] for each in twin.get("/account/user/privileges").json()
    ]
    assert {"contacts:write", "contacts:lists:write", "account:update"} <= set(names)
