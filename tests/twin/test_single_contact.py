from __future__ import annotations

import re
from typing import Any

import pytest
from tests.twin.driving import NOBODY, Twin

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def whole(twin: Twin) -> dict[str, Any]:
    """Return a body with everything a contact can have."""
    field = twin.post(
        "/contact_custom_fields", {"label": "Member since", "type": "string"}
    ).json()
    tag = twin.post("/contact_tags", {"name": "Gold"}).json()
    return {
        "create_source": "Account",
        "email_address": {"address": "ann@a.example", "permission_to_send": "implicit"},
        "first_name": "Ann",
        "last_name": "Aster",
        "job_title": "Owner",
        "company_name": "Aster & Co.",
        "birthday_month": 2,
        "birthday_day": 29,
        "anniversary": "2006-11-15",
        "phone_numbers": [{"phone_number": "555-0101", "kind": "work"}],
        "street_addresses": [{"kind": "work", "street": "1 Pier", "city": "Lakeside"}],
        "custom_fields": [{"custom_field_id": field["custom_field_id"], "value": "1"}],
        "list_memberships": [twin.new_list("News")],
        "taggings": [tag["tag_id"]],
        "notes": [{"content": "Met at the fair."}],
    }


def test_a_created_contact_comes_back_whole(twin: Twin) -> None:
    body = whole(twin)
    answer = twin.post("/contacts", body)
    made = answer.json()
    assert answer.status_code == 201
    assert UUID.fullmatch(made["contact_id"])
    assert made["email_address"]["opt_in_source"] == "Account"
    for name in ("first_name", "birthday_day", "anniversary", "list_memberships"):
        assert made[name] == body[name]
    assert made["notes"][0]["content"] == "Met at the fair."


def test_sub_resources_are_shown_only_when_asked_for(twin: Twin) -> None:
    ann = twin.post("/contacts", whole(twin)).json()["contact_id"]
    bare = twin.get(f"/contacts/{ann}").json()
    some = twin.get(f"/contacts/{ann}", include="phone_numbers,taggings").json()
    assert "email_address" in bare
    assert not {"phone_numbers", "list_memberships", "notes"} & set(bare)
    assert set(some) - set(bare) == {"phone_numbers", "taggings"}


@pytest.mark.parametrize(
    "named",
    [{"first_name": "Ann"}, {"last_name": "Aster"}],
)
def test_a_name_is_enough_and_a_contact_may_have_no_address(
    twin: Twin, named: dict[str, str]
) -> None:
    answer = twin.post("/contacts", {"create_source": "Account", **named})
    assert answer.status_code == 201
    assert "email_address" not in answer.json()


def test_a_contact_may_have_a_text_message_number_only(twin: Twin) -> None:
    consent = {"sms_consent_permission": "explicit", "consent_type": "promotional_sms"}
    sms = {"full_sms_address": "15550101234", "sms_channel_consents": [consent]}
    body = {"create_source": "Contact", "sms_channel": sms}
    made = twin.post("/contacts", body)
    assert made.status_code == 201
    assert made.json()["sms_channel"]["sms_address"] == "5550101234"
    assert twin.post("/contacts", body).status_code == 409


def test_nothing_to_know_a_contact_by_is_400(twin: Twin) -> None:
    body = {"create_source": "Account", "company_name": "Aster & Co."}
    assert twin.post("/contacts", body).status_code == 400


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("address", ["ann@a.example", "ANN@A.example"])
def test_an_address_is_taken_also_by_a_deleted_contact(
    twin: Twin, address: str, deleted: bool
) -> None:
    ann = twin.new_contact("ann@a.example")
    if deleted:
        twin.delete(f"/contacts/{ann}")
    body = {"create_source": "Account", "email_address": {"address": address}}
    answer = twin.post("/contacts", body)
    (error,) = answer.json()
    assert answer.status_code == 409
    assert error["error_key"] == "contacts.api.conflict"
    assert UUID.search(error["error_message"]).group() == ann  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong",
    [
        {"email_address": {"address": "x" * 75 + "@a.com"}},
        {"email_address": {"address": "no address"}},
        {"email_address": {"address": "a@a.example", "permission_to_send": "maybe"}},
        {"first_name": "x" * 51},
        {"birthday_month": 2},
        {"birthday_month": 13, "birthday_day": 1},
        {"birthday_month": 2, "birthday_day": 30},
        {"anniversary": "yesterday"},
        {"create_source": "Staff"},
        {"phone_numbers": [{"phone_number": "1", "kind": "home"}] * 4},
        {"phone_numbers": [{"phone_number": "1" * 26}]},
        {"phone_numbers": [{"phone_number": "1", "kind": "fax"}]},
        {"street_addresses": [{"street": "without a kind"}]},
        {"street_addresses": [{"kind": "home", "city": "x" * 51}]},
        {"custom_fields": [{"custom_field_id": NOBODY, "value": "1"}]},
        {"custom_fields": [{"custom_field_id": NOBODY, "value": "1"}] * 26},
        {"list_memberships": [NOBODY]},
        {"list_memberships": ["not-a-uuid"]},
        {"taggings": [NOBODY]},
        {"notes": [{"content": "x" * 2001}]},
        {"notes": [{"content": "x"}] * 151},
    ],
)
def test_each_limit_of_the_schema_is_kept(twin: Twin, wrong: dict[str, Any]) -> None:
    body = {"create_source": "Account", "first_name": "Ann", **wrong}
    answer = twin.post("/contacts", body)
    assert answer.status_code == 400, answer.text
    assert twin.state()["contacts"] == []


@pytest.mark.parametrize(
    "anniversary",
    [
        "01/02/2003",
        "1/2/2003",
        "2003/01/02",
        "2003/1/2",
        "2003-01-02",
        "2003-1-2",
        "1-2-2003",
    ],
)
def test_an_anniversary_has_seven_spellings(twin: Twin, anniversary: str) -> None:
    ann = twin.new_contact("ann@a.example", anniversary=anniversary)
    assert twin.read(ann)["anniversary"] == anniversary


def test_an_address_of_80_characters_is_made_by_a_single_call_only(twin: Twin) -> None:
    address = "x" * 70 + "@a.example"
    news = twin.new_list("News")
    job = twin.load(address, lists=[news])
    form = {"email_address": address, "list_memberships": [news]}
    assert job["status"]["error_count"] == 1
    assert twin.post("/contacts/sign_up_form", form).status_code == 400
    assert len(address) == 80
    assert twin.new_contact(address)


def test_a_put_empties_what_it_leaves_out_but_keeps_sub_resources(twin: Twin) -> None:
    body = whole(twin)
    ann = twin.post("/contacts", body).json()["contact_id"]
    email = {"address": "ann@a.example"}
    changed = twin.put(
        f"/contacts/{ann}",
        {"update_source": "Account", "first_name": "Anna", "email_address": email},
    ).json()
    assert changed["first_name"] == "Anna"
    assert not {"last_name", "company_name", "birthday_day"} & set(changed)
    assert changed["list_memberships"] == body["list_memberships"]
    assert len(changed["phone_numbers"]) == 1
    assert twin.violations() == ["put_erased_field"]


def test_a_sub_resource_in_a_put_replaces_the_old_set(twin: Twin) -> None:
    ann = twin.post("/contacts", whole(twin)).json()["contact_id"]
    golf = twin.new_list("Golf")
    number = {"phone_number": "555-0199", "kind": "home"}
    changed = twin.put_contact(
        ann, list_memberships=[golf], phone_numbers=[number], taggings=[]
    ).json()
    assert changed["list_memberships"] == [golf]
    assert [p["phone_number"] for p in changed["phone_numbers"]] == ["555-0199"]
    assert changed["taggings"] == []
    assert twin.violations() == []


def test_an_empty_set_of_lists_in_a_put_takes_a_contact_off_all(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example", list_memberships=[twin.new_list("News")])
    assert twin.put_contact(ann, list_memberships=[]).json()["list_memberships"] == []


def test_a_put_changes_the_address_unless_somebody_has_it(twin: Twin) -> None:
    ann, bob = twin.new_contact("ann@a.example"), twin.new_contact("bob@a.example")
    free = twin.put_contact(ann, email_address={"address": "anna@a.example"})
    taken = twin.put_contact(ann, email_address={"address": "bob@a.example"})
    assert free.json()["email_address"]["address"] == "anna@a.example"
    assert taken.status_code == 409
    assert bob in taken.text


@pytest.mark.parametrize(("switch", "has"), [("keep", True), ("clear", False)])
def test_a_put_without_address_keeps_it_unless_switched(
    twin: Twin, switch: str, has: bool
) -> None:
    twin.control("switches", put_without_email=switch)
    ann = twin.new_contact("ann@a.example", first_name="Ann")
    body = {"update_source": "Account", "first_name": "Ann"}
    changed = twin.put(f"/contacts/{ann}", body).json()
    assert ("email_address" in changed) == has


def test_a_put_needs_to_say_who_updates(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example")
    assert twin.put(f"/contacts/{ann}", {"first_name": "Ann"}).status_code == 400


def test_a_deleted_contact_is_off_all_lists_and_stays_readable(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example", list_memberships=[twin.new_list("News")])
    assert twin.delete(f"/contacts/{ann}").status_code == 204
    shown = twin.read(ann)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", shown["deleted_at"])
    assert shown["list_memberships"] == []
    assert shown["email_address"]["permission_to_send"] == "implicit"
    assert twin.get("/contacts").json()["contacts"] == []


def test_a_put_of_the_account_revives_a_deleted_contact(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example")
    twin.delete(f"/contacts/{ann}")
    refused = twin.put_contact(ann, update_source="Contact")
    revived = twin.put_contact(ann, update_source="Account")
    assert refused.status_code == 400
    assert revived.status_code == 200
    assert revived.json()["contact_id"] == ann
    assert "deleted_at" not in revived.json()


@pytest.mark.parametrize("moves", ["no", "yes"])
def test_whether_deletion_moves_updated_at_is_a_switch(twin: Twin, moves: str) -> None:
    twin.control("switches", deletion_moves_updated_at=moves)
    ann = twin.new_contact("ann@a.example")
    before = twin.read(ann)["updated_at"]
    twin.advance(60)
    twin.delete(f"/contacts/{ann}")
    assert (twin.read(ann)["updated_at"] != before) == (moves == "yes")


def test_contacts_are_counted_by_permission(twin: Twin) -> None:
    for number, permission in enumerate(
        ("explicit", "implicit", "pending_confirmation", "unsubscribed")
    ):
        address = {"address": f"p{number}@a.example", "permission_to_send": permission}
        twin.new_contact("", email_address=address)
    counts = twin.get("/contacts/counts").json()
    assert counts == {
        "total": 4,
        "explicit": 1,
        "implicit": 1,
        "pending": 1,
        "unsubscribed": 1,
    }
    recent = twin.get("/contacts/counts", include="new_subscriber").json()
    assert recent["new_subscriber"] == 2
    twin.advance(31 * 86_400)
    twin.bearer = twin.control("token")["access_token"]
    recent = twin.get("/contacts/counts", include="new_subscriber").json()
    assert recent["new_subscriber"] == 0


def test_a_contact_on_no_list_is_legal(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example")
    assert twin.read(ann)["list_memberships"] == []
