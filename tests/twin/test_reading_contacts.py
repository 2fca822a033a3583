from __future__ import annotations

from typing import Any

import pytest
from tests.twin.driving import NOBODY, Twin, cursor_of


def found(twin: Twin, **query: Any) -> list[str]:
    answer = twin.get("/contacts", **query)
    assert answer.status_code == 200, answer.text
    contacts = answer.json()["contacts"]
    return sorted(c["email_address"]["address"][0] for c in contacts)


@pytest.fixture
def five(twin: Twin) -> Twin:
    """Return a twin with an active, explicit, held, unsubscribed and deleted one."""
    for letter, permission in (
        ("a", "implicit"),
        ("b", "explicit"),
        ("h", "temp_hold"),
        ("u", "unsubscribed"),
        ("d", "implicit"),
    ):
        address = {"address": f"{letter}@a.example", "permission_to_send": permission}
        contact_id = twin.new_contact("", email_address=address)
    twin.delete(f"/contacts/{contact_id}")
    return twin


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ({}, "abhu"),
        ({"status": "all"}, "abdhu"),
        ({"status": "active"}, "ab"),
        ({"status": "deleted"}, "d"),
        ({"status": "unsubscribed"}, "u"),
        ({"status": "unsubscribed,temp_hold"}, "hu"),
        ({"status": "not_set"}, ""),
        ({"status": "pending_confirmation,deleted"}, "d"),
    ],
)
def test_contacts_are_found_by_status(
    five: Twin, query: dict[str, str], letters: str
) -> None:
    assert found(five, **query) == list(letters)


@pytest.mark.parametrize(("switch", "status"), [("refused", 400), ("ignored", 200)])
def test_an_unknown_status_is_refused_unless_switched(
    five: Twin, switch: str, status: int
) -> None:
    five.control("switches", unknown_status=switch)
    assert five.get("/contacts", status="sleeping").status_code == status


def test_an_address_is_searched_exactly_and_no_hit_is_an_empty_array(
    five: Twin,
) -> None:
    assert found(five, email="A@A.EXAMPLE") == ["a"]
    assert found(five, email="a@a.exampl") == []
    assert found(five, email="d@a.example") == []
    assert found(five, email="d@a.example", status="all") == ["d"]


def test_a_switch_makes_addresses_differ_by_case(twin: Twin) -> None:
    twin.control("switches", address_case="no")
    twin.new_contact("ann@a.example")
    twin.new_contact("Ann@a.example")
    assert len(twin.get("/contacts").json()["contacts"]) == 2


def test_a_contact_has_no_status_property(five: Twin) -> None:
    for contact in five.get("/contacts", status="all").json()["contacts"]:
        assert "status" not in contact
        assert ("deleted_at" in contact) == (
            contact["email_address"]["address"][0] == "d"
        )


def test_several_lists_or_tags_find_who_is_on_any_of_them(twin: Twin) -> None:
    lists = [twin.new_list(name) for name in ("News", "Golf", "Tennis")]
    tag = twin.post("/contact_tags", {"name": "Gold"}).json()["tag_id"]
    twin.new_contact("a@a.example", list_memberships=lists[:1])
    twin.new_contact("b@a.example", list_memberships=lists[1:2], taggings=[tag])
    twin.new_contact("c@a.example", list_memberships=lists[2:])
    assert found(twin, lists=",".join(lists[:2])) == ["a", "b"]
    assert found(twin, tags=tag) == ["b"]
    assert found(twin, tags=tag, lists=lists[0]) == []


@pytest.mark.parametrize(
    "query",
    [
        {"lists": ",".join([NOBODY] * 26)},
        {"lists": "not-a-uuid"},
        {"tags": ",".join([NOBODY] * 51)},
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "many"},
        {"include": "friends"},
        {"include_count": "perhaps"},
        {"updated_after": "yesterday"},
        {"sms_status": "open"},
        {"segment_id": "1", "status": "all"},
        {"cursor": "nonsense"},
    ],
)
def test_a_wrong_filter_is_400(twin: Twin, query: dict[str, str]) -> None:
    answer = twin.get("/contacts", **query)
    assert answer.status_code == 400
    assert answer.json()[0]["error_key"] == "contacts.api.validation.error"


def test_no_segment_exists_here(twin: Twin) -> None:
    assert twin.get("/contacts", segment_id="1").status_code == 404


@pytest.mark.parametrize(
    ("switch", "at_the_second", "before"),
    [("exclusive", [], []), ("inclusive", ["a"], []), ("ignored", ["a"], ["a"])],
)
def test_optout_after_bounds_as_the_switch_says(
    twin: Twin, switch: str, at_the_second: list[str], before: list[str]
) -> None:
    twin.control("switches", optout_after=switch)
    twin.new_contact("a@a.example")
    twin.control("clock", set="2030-01-01T00:00:00Z")
    twin.control("clock", freeze=True)
    twin.bearer = twin.control("token")["access_token"]
    twin.control("unsubscribe", address="a@a.example")
    query = {"status": "unsubscribed"}
    assert found(twin, **query, optout_after="2029-12-31T23:59:59Z") == ["a"]
    assert found(twin, **query, optout_after="2030-01-01T00:00:00Z") == at_the_second
    assert found(twin, **query, optout_after="2030-01-01T00:00:01Z") == before
    assert found(twin, **query, optout_before="2030-01-01T00:00:01Z") == ["a"]


def test_updates_are_found_by_their_time(twin: Twin) -> None:
    ann = twin.new_contact("a@a.example")
    twin.advance(100)
    middle = twin.look("clock")["now"]
    assert found(twin, updated_after=middle) == []
    twin.advance(100)
    twin.put_contact(ann, first_name="Ann")
    assert found(twin, updated_after=middle) == ["a"]
    assert found(twin, updated_before=middle) == []
    assert found(twin, created_before=middle) == ["a"]


@pytest.mark.parametrize("moves", ["no", "yes"])
def test_whether_list_changes_move_updated_at_is_a_switch(
    twin: Twin, moves: str
) -> None:
    twin.control("switches", memberships_move_updated_at=moves)
    ann, news = twin.new_contact("a@a.example"), twin.new_list("News")
    twin.advance(100)
    middle = twin.look("clock")["now"]
    twin.advance(100)
    body = {"source": {"contact_ids": [ann]}, "list_ids": [news]}
    twin.run("add_list_memberships", body)
    assert found(twin, updated_after=middle) == (["a"] if moves == "yes" else [])


@pytest.mark.parametrize("moves", ["yes", "no"])
def test_whether_revival_moves_updated_at_is_a_switch(twin: Twin, moves: str) -> None:
    twin.control("switches", revival_moves_updated_at=moves)
    ann, news = twin.new_contact("a@a.example"), twin.new_list("News")
    twin.delete(f"/contacts/{ann}")
    twin.advance(100)
    middle = twin.look("clock")["now"]
    twin.advance(100)
    body = {"source": {"contact_ids": [ann]}, "list_ids": [news]}
    twin.run("add_list_memberships", body)
    assert found(twin, updated_after=middle) == (["a"] if moves == "yes" else [])


def test_deleted_contacts_are_on_no_list(five: Twin) -> None:
    (gone,) = five.get(
        "/contacts", status="deleted", include="list_memberships"
    ).json()["contacts"]
    assert gone["list_memberships"] == []


def test_contacts_are_found_by_the_status_of_their_text_messages(twin: Twin) -> None:
    consent = {"sms_consent_permission": "explicit", "consent_type": "promotional_sms"}
    sms = {"full_sms_address": "15550101234", "sms_channel_consents": [consent]}
    twin.new_contact("a@a.example", sms_channel=sms)
    twin.new_contact("b@a.example")
    assert found(twin, sms_status="explicit") == ["a"]
    assert found(twin, sms_status="all") == ["a"]
    assert found(twin, sms_status="unsubscribed,not_set") == []


def test_pages_are_50_unless_asked_and_the_cursor_carries_limit_and_filters(
    twin: Twin,
) -> None:
    rows = [f"p{n:03}@a.example" for n in range(60)]
    twin.load(*rows, lists=[twin.new_list("News")])
    first = twin.get(
        "/contacts", status="active", include="list_memberships", include_count="true"
    ).json()
    link = first["_links"]["next"]["href"]
    last = twin.follow(first).json()
    assert len(first["contacts"]) == 50
    assert first["contacts_count"] == 60
    assert link.startswith("/v3/contacts?cursor=")
    assert cursor_of(first)["limit"] == "50"
    assert cursor_of(first)["status[]"] == "active"
    assert len(last["contacts"]) == 10
    assert "list_memberships" in last["contacts"][0]
    assert "_links" not in last


@pytest.mark.parametrize("order", ["steady", "shuffled"])
def test_pages_together_show_everyone_once(twin: Twin, order: str) -> None:
    twin.control("switches", order=order)
    rows = [f"p{n:03}@a.example" for n in range(100)]
    twin.load(*rows, lists=[twin.new_list("News")])
    page = twin.get("/contacts", limit=7).json()
    shown = page["contacts"]
    while "_links" in page:
        page = twin.follow(page).json()
        shown += page["contacts"]
    addresses = [c["email_address"]["address"] for c in shown]
    assert sorted(addresses) == rows
    assert (addresses == rows) == (order == "steady")


def test_a_switch_ends_cursors_after_five_minutes(twin: Twin) -> None:
    twin.control("switches", cursor_seconds="300")
    twin.new_contact("a@a.example")
    twin.new_contact("b@a.example")
    page = twin.get("/contacts", limit=1).json()
    assert twin.follow(page).status_code == 200
    twin.advance(301)
    assert twin.follow(page).status_code == 400


def test_a_switch_lets_collections_lag_behind_single_contacts(twin: Twin) -> None:
    twin.control("switches", reads_lag="3")
    twin.control("clock", freeze=True)
    assert found(twin) == []
    ann = twin.new_contact("a@a.example")
    assert twin.read(ann)["contact_id"] == ann
    assert found(twin) == []
    twin.advance(3)
    assert found(twin) == ["a"]
