from __future__ import annotations

from typing import Any

import pytest
from tests.twin.driving import Twin


def email(twin: Twin, contact_id: str) -> Any:
    return twin.read(contact_id)["email_address"]


def sign_up(twin: Twin, address: str, **more: Any) -> Any:
    lists = more.pop("lists", None) or [twin.new_list("Sign-ups")]
    body = {"email_address": address, "list_memberships": lists, **more}
    answer = twin.post("/contacts/sign_up_form", body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def test_an_import_makes_new_contacts_implicit_by_the_account(twin: Twin) -> None:
    twin.load("ann@a.example", lists=[twin.new_list("News")])
    (ann,) = twin.get("/contacts").json()["contacts"]
    assert ann["email_address"]["permission_to_send"] == "implicit"
    assert ann["email_address"]["opt_in_source"] == "Account"
    assert ann["create_source"] == "Account"


def test_a_sign_up_makes_a_new_contact_explicit_by_the_contact(twin: Twin) -> None:
    made = sign_up(twin, "ann@a.example", first_name="Ann")
    assert made["action"] == "created"
    shown = email(twin, made["contact_id"])
    assert shown["permission_to_send"] == "explicit"
    assert shown["opt_in_source"] == "Contact"
    assert twin.violations() == ["sign_up_form"]


def test_with_confirmed_opt_in_a_sign_up_waits_for_the_person(twin: Twin) -> None:
    twin.control("account", confirmed_opt_in=True)
    made = sign_up(twin, "ann@a.example")["contact_id"]
    assert email(twin, made)["permission_to_send"] == "pending_confirmation"
    assert email(twin, made)["confirm_status"] == "pending"
    twin.control("resubscribe", address="ann@a.example")
    assert email(twin, made)["permission_to_send"] == "explicit"
    assert email(twin, made)["confirm_status"] == "confirmed"


def test_a_sign_up_changes_only_what_it_says_and_adds_lists(twin: Twin) -> None:
    news, golf = twin.new_list("News"), twin.new_list("Golf")
    ann = twin.new_contact(
        "ann@a.example", first_name="Ann", last_name="Aster", list_memberships=[news]
    )
    street = {"kind": "home", "city": "Lakeside"}
    updated = sign_up(
        twin,
        "Ann@A.example",
        lists=[golf],
        first_name="Anna",
        phone_number="555-0101",
        street_address=street,
    )
    shown = twin.read(ann)
    assert updated == {"contact_id": ann, "action": "updated"}
    assert (shown["first_name"], shown["last_name"]) == ("Anna", "Aster")
    assert sorted(shown["list_memberships"]) == sorted([news, golf])
    assert shown["phone_numbers"][0]["phone_number"] == "555-0101"
    assert shown["street_addresses"][0]["city"] == "Lakeside"
    assert shown["email_address"]["permission_to_send"] == "explicit"


def test_a_sign_up_brings_back_who_was_deleted_or_had_unsubscribed(twin: Twin) -> None:
    ann, bob = twin.new_contact("ann@a.example"), twin.new_contact("bob@a.example")
    twin.delete(f"/contacts/{ann}")
    twin.control("unsubscribe", address="bob@a.example")
    lists = [twin.new_list("Sign-ups")]
    sign_up(twin, "ann@a.example", lists=lists)
    sign_up(twin, "bob@a.example", lists=lists)
    assert "deleted_at" not in twin.read(ann)
    assert email(twin, bob)["permission_to_send"] == "explicit"
    assert "opt_out_date" not in email(twin, bob)


@pytest.mark.parametrize("lists", [[], None])
def test_a_sign_up_needs_a_list(twin: Twin, lists: object) -> None:
    body = {"email_address": "ann@a.example", "list_memberships": lists}
    assert twin.post("/contacts/sign_up_form", body).status_code == 400


def test_a_person_who_unsubscribes_is_off_all_lists(twin: Twin) -> None:
    lists = [twin.new_list("News"), twin.new_list("Golf")]
    ann = twin.new_contact("ann@a.example", list_memberships=lists)
    twin.control("unsubscribe", address="ann@a.example", reason="Too many mails")
    shown = twin.read(ann)
    assert shown["list_memberships"] == []
    assert shown["update_source"] == "Contact"
    assert shown["email_address"]["permission_to_send"] == "unsubscribed"
    assert shown["email_address"]["opt_out_source"] == "Contact"
    assert shown["email_address"]["opt_out_reason"] == "Too many mails"


def test_an_unsubscribe_moves_the_time_of_the_address_and_not_of_the_contact(
    twin: Twin,
) -> None:
    ann = twin.new_contact("ann@a.example")
    before = twin.read(ann)
    twin.advance(3600)
    twin.control("unsubscribe", address="ann@a.example")
    after = twin.read(ann)
    assert after["updated_at"] == before["updated_at"]
    assert after["email_address"]["updated_at"] > before["email_address"]["updated_at"]
    missed = twin.get("/contacts", status="all", updated_after=before["updated_at"])
    found = twin.get("/contacts", optout_after=before["updated_at"])
    assert missed.json()["contacts"] == []
    assert [c["contact_id"] for c in found.json()["contacts"]] == [ann]


@pytest.mark.parametrize(
    ("switch", "source", "shown"),
    [
        ("follows", "Contact", "Contact"),
        ("follows", "Account", "Account"),
        ("always_account", "Contact", "Account"),
    ],
)
def test_a_put_can_unsubscribe(
    twin: Twin, switch: str, source: str, shown: str
) -> None:
    twin.control("switches", opt_out_source=switch)
    news = twin.new_list("News")
    ann = twin.new_contact("ann@a.example", list_memberships=[news])
    wish = {
        "address": "ann@a.example",
        "permission_to_send": "unsubscribed",
        "opt_out_reason": "Asked by phone",
    }
    put = twin.put_contact(ann, update_source=source, email_address=wish).json()
    assert put["email_address"]["opt_out_source"] == shown
    assert put["email_address"]["opt_out_reason"] == "Asked by phone"
    assert put["list_memberships"] == []


def test_a_switch_leaves_the_lists_of_an_opt_out_by_put(twin: Twin) -> None:
    twin.control("switches", put_opt_out_empties_lists="no")
    news = twin.new_list("News")
    ann = twin.new_contact("ann@a.example", list_memberships=[news])
    wish = {"address": "ann@a.example", "permission_to_send": "unsubscribed"}
    put = twin.put_contact(ann, email_address=wish).json()
    assert put["list_memberships"] == [news]


def test_the_account_cannot_put_back_who_opted_out_themselves(twin: Twin) -> None:
    news = twin.new_list("News")
    ann = twin.new_contact("ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    by_list = twin.put_contact(ann, list_memberships=[news])
    back = {"address": "ann@a.example", "permission_to_send": "implicit"}
    by_permission = twin.put_contact(ann, email_address=back)
    for answer in (by_list, by_permission):
        assert answer.status_code == 400
        assert answer.json()[0]["error_key"] == "contacts.api.validation.error"
    assert twin.person("ann@a.example")["permission_to_send"] == "unsubscribed"
    assert twin.violations() == ["opt_out_put_back"] * 2


def test_a_switch_ignores_the_lists_of_such_a_put(twin: Twin) -> None:
    twin.control("switches", readding_an_opt_out="ignored")
    news = twin.new_list("News")
    ann = twin.new_contact("ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    answer = twin.put_contact(ann, list_memberships=[news], first_name="Ann")
    assert answer.status_code == 200
    assert answer.json()["first_name"] == "Ann"
    assert answer.json()["list_memberships"] == []


def test_a_put_that_leaves_an_opt_out_alone_is_welcome(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    assert twin.put_contact(ann, first_name="Ann").status_code == 200
    assert twin.violations() == []


def test_the_account_may_put_back_whom_it_unsubscribed_itself(twin: Twin) -> None:
    news = twin.new_list("News")
    ann = twin.new_contact("ann@a.example")
    gone = {"address": "ann@a.example", "permission_to_send": "unsubscribed"}
    back = {"address": "ann@a.example", "permission_to_send": "implicit"}
    twin.put_contact(ann, email_address=gone)
    answer = twin.put_contact(ann, email_address=back, list_memberships=[news])
    assert answer.json()["list_memberships"] == [news]
    assert "opt_out_date" not in answer.json()["email_address"]


def test_a_put_in_the_persons_name_brings_them_back(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    back = {"address": "ann@a.example", "permission_to_send": "explicit"}
    answer = twin.put_contact(ann, update_source="Contact", email_address=back)
    assert answer.json()["email_address"]["permission_to_send"] == "explicit"
    assert twin.violations() == ["opt_out_put_back"]


@pytest.mark.parametrize("updates", ["yes", "no"])
def test_an_import_leaves_opt_outs_off_the_list_and_counts_them(
    twin: Twin, updates: str
) -> None:
    twin.control("switches", imports_update_opt_outs=updates)
    news = twin.new_list("News")
    twin.new_contact("ann@a.example", first_name="Ann")
    twin.control("unsubscribe", address="ann@a.example")
    row = {"email": "ann@a.example", "first_name": "Anna"}
    job = twin.load(row, "bob@a.example", lists=[news])
    assert job["state"] == "completed"
    assert job["status"]["cannot_add_to_list_count"] == 1
    assert twin.members("News") == ["bob@a.example"]
    assert twin.person("ann@a.example")["permission_to_send"] == "unsubscribed"
    name = "Anna" if updates == "yes" else "Ann"
    assert twin.person("ann@a.example")["first_name"] == name


def test_adding_opt_outs_to_lists_by_id_is_silently_skipped(twin: Twin) -> None:
    news = twin.new_list("News")
    ids = [twin.new_contact("ann@a.example"), twin.new_contact("bob@a.example")]
    twin.control("unsubscribe", address="ann@a.example")
    body = {"source": {"contact_ids": ids}, "list_ids": [news]}
    job = twin.run("add_list_memberships", body)
    assert job["state"] == "completed"
    assert job["activity_errors"] == []
    assert twin.members("News") == ["bob@a.example"]


@pytest.mark.parametrize("how", ["import", "put", "add"])
def test_an_opt_out_stays_one_through_deletion_and_revival(
    twin: Twin, how: str
) -> None:
    news = twin.new_list("News")
    ann = twin.new_contact("ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    twin.delete(f"/contacts/{ann}")
    if how == "import":
        twin.load("ann@a.example", lists=[news])
    elif how == "put":
        twin.put_contact(ann)
    else:
        source = {"contact_ids": [ann]}
        twin.run("add_list_memberships", {"source": source, "list_ids": [news]})
    assert not twin.person("ann@a.example")["deleted"]
    assert twin.person("ann@a.example")["permission_to_send"] == "unsubscribed"
    assert twin.members("News") == []


def test_one_mail_may_ask_to_resubscribe_and_the_person_decides(twin: Twin) -> None:
    news = twin.new_list("News")
    ann = twin.new_contact("ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    path, body = f"/contacts/resubscribe/{ann}", {"list_ids": [news]}
    assert twin.put(path, body).status_code == 200
    assert email(twin, ann)["permission_to_send"] == "unsubscribed"
    assert twin.put(path, body).status_code == 409
    twin.control("resubscribe", address="ann@a.example")
    assert email(twin, ann)["permission_to_send"] == "explicit"
    assert twin.members("News") == ["ann@a.example"]


def test_nobody_is_asked_to_resubscribe_twice_in_a_lifetime(twin: Twin) -> None:
    body = {"list_ids": [twin.new_list("News")]}
    ann = twin.new_contact("ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    twin.put(f"/contacts/resubscribe/{ann}", body)
    twin.control("resubscribe", address="ann@a.example")
    twin.control("unsubscribe", address="ann@a.example")
    assert twin.put(f"/contacts/resubscribe/{ann}", body).status_code == 409


def test_only_an_opt_out_can_be_asked_to_resubscribe(twin: Twin) -> None:
    ann = twin.new_contact("ann@a.example")
    body = {"list_ids": [twin.new_list("News")]}
    assert twin.put(f"/contacts/resubscribe/{ann}", body).status_code == 400


def test_leaving_one_list_shows_only_as_a_missing_membership(twin: Twin) -> None:
    news, golf = twin.new_list("News"), twin.new_list("Golf")
    ann = twin.new_contact("ann@a.example", list_memberships=[news, golf])
    before = twin.read(ann)
    twin.advance(60)
    twin.control("leave_list", address="ann@a.example", list="News")
    after = twin.read(ann)
    assert after.pop("list_memberships") == [golf]
    del before["list_memberships"]
    assert after == before


def test_an_import_puts_a_leaver_back_which_is_a_violation_once_known(
    twin: Twin,
) -> None:
    news = twin.new_list("News")
    twin.load("ann@a.example", lists=[news])
    twin.control("leave_list", address="ann@a.example", list="News")
    twin.load("ann@a.example", lists=[news])
    assert twin.members("News") == ["ann@a.example"]
    assert twin.violations() == []
    twin.control("leave_list", address="ann@a.example", list="News")
    twin.get("/contacts", include="list_memberships")
    twin.load("ann@a.example", lists=[news])
    assert twin.violations() == ["left_list_put_back"]


def test_putting_back_an_opt_out_is_a_violation_once_it_was_read(twin: Twin) -> None:
    news = twin.new_list("News")
    twin.load("ann@a.example", lists=[news])
    twin.control("unsubscribe", address="ann@a.example")
    twin.load("ann@a.example", lists=[news])
    assert twin.violations() == []
    twin.get("/contacts", status="unsubscribed")
    twin.load("ann@a.example", lists=[news])
    assert twin.violations() == ["opt_out_put_back"]


@pytest.mark.parametrize("permission", ["temp_hold", "not_set"])
def test_the_services_own_permissions_are_kept_apart(
    twin: Twin, permission: str
) -> None:
    address = {"address": "ann@a.example", "permission_to_send": permission}
    ann = twin.new_contact("", email_address=address)
    found = twin.get("/contacts", status=permission).json()["contacts"]
    assert [c["contact_id"] for c in found] == [ann]
    assert twin.get("/contacts", status="active").json()["contacts"] == []
