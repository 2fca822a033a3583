from __future__ import annotations

import pytest
from tests.twin.driving import NOBODY, Twin


def test_a_list_is_created_read_replaced_and_deleted_by_a_job(twin: Twin) -> None:
    made = twin.post("/contact_lists", {"name": "News", "description": "Weekly"})
    path = f"/contact_lists/{made.json()['list_id']}"
    renamed = twin.put(path, {"name": "Weekly news"})
    deleted = twin.delete(path)
    assert made.status_code == 201
    assert renamed.json()["name"] == "Weekly news"
    assert "description" not in renamed.json()
    assert deleted.status_code == 202
    assert twin.finish(deleted.json())["state"] == "completed"
    assert twin.get("/contact_lists").json()["lists"] == []


def test_deleting_a_list_keeps_its_contacts(twin: Twin) -> None:
    news = twin.new_list("News")
    twin.load("ann@a.example", lists=[news])
    twin.finish(twin.delete(f"/contact_lists/{news}").json())
    assert twin.person("ann@a.example")["lists"] == []
    assert not twin.person("ann@a.example")["deleted"]


@pytest.mark.parametrize("name", ["News", "NEWS"])
def test_a_list_name_is_unique_in_the_account(twin: Twin, name: str) -> None:
    twin.new_list("News")
    other = twin.new_list("Golf")
    created = twin.post("/contact_lists", {"name": name})
    assert created.status_code == 409
    assert created.json()[0]["error_key"] == "contacts.api.conflict"
    renamed = twin.call("PUT", f"/v3/contact_lists/{other}", json={"name": "Tennis"})
    assert renamed.status_code == 200


def test_the_name_of_a_deleted_list_is_free_again(twin: Twin) -> None:
    twin.run("list_delete", {"list_ids": [twin.new_list("News")]})
    assert twin.post("/contact_lists", {"name": "News"}).status_code == 201


def test_a_switch_keeps_the_name_of_a_deleted_list_taken(twin: Twin) -> None:
    twin.control("switches", deleted_names_free="no")
    twin.run("list_delete", {"list_ids": [twin.new_list("News")]})
    assert twin.post("/contact_lists", {"name": "News"}).status_code == 409


@pytest.mark.parametrize("name", ["", "x" * 256, None, 7])
def test_a_list_name_has_1_to_255_characters(twin: Twin, name: object) -> None:
    assert twin.post("/contact_lists", {"name": name}).status_code == 400
    assert twin.post("/contact_lists", {"name": "x" * 255}).status_code == 201


def test_an_account_has_at_most_1000_lists(twin: Twin) -> None:
    for number in range(1000):
        twin.new_list(f"List {number}")
    assert twin.post("/contact_lists", {"name": "One more"}).status_code == 400


def test_members_are_counted_all_or_active(twin: Twin) -> None:
    news = twin.new_list("News")
    twin.load("ann@a.example", lists=[news])
    twin.new_contact("bob@a.example", list_memberships=[news])
    hold = {"address": "cy@a.example", "permission_to_send": "temp_hold"}
    twin.new_contact("cy@a.example", email_address=hold, list_memberships=[news])
    counts = {
        which: twin.get("/contact_lists", include_membership_count=which).json()
        for which in ("all", "active")
    }
    assert counts["all"]["lists"][0]["membership_count"] == 3
    assert counts["active"]["lists"][0]["membership_count"] == 2
    assert "membership_count" not in twin.get("/contact_lists").json()["lists"][0]


def test_lists_are_found_by_name_and_by_status(twin: Twin) -> None:
    gone, news = twin.new_list("Golf"), twin.new_list("News")
    twin.run("list_delete", {"list_ids": [gone]})

    def ids(**query: str) -> list[str]:
        lists = twin.get("/contact_lists", **query).json()["lists"]
        return [each["list_id"] for each in lists]

    assert ids(name="News") == [news]
    assert ids(status="deleted") == [gone]
    assert ids(status="all") == [gone, news]
    assert ids() == [news]
    assert ids(channel_type="sms") == []


def test_lists_come_in_pages_with_a_count(twin: Twin) -> None:
    made = [twin.new_list(name) for name in ("A", "B", "C")]
    first = twin.get("/contact_lists", limit=2, include_count="true").json()
    last = twin.follow(first).json()
    assert first["lists_count"] == 3
    assert [x["list_id"] for x in first["lists"] + last["lists"]] == made
    assert "_links" not in last


@pytest.mark.parametrize("limit", ["0", "501", "x", "-1"])
def test_a_page_of_lists_has_1_to_500(twin: Twin, limit: str) -> None:
    assert twin.get("/contact_lists", limit=limit).status_code == 400
    assert twin.get("/contact_lists", limit=500).status_code == 200


def test_a_switch_allows_pages_of_1000_lists(twin: Twin) -> None:
    twin.control("switches", lists_page="1000")
    assert twin.get("/contact_lists", limit=1000).status_code == 200


@pytest.mark.parametrize("list_id", [NOBODY, "not-a-uuid"])
def test_an_unknown_list_is_404(twin: Twin, list_id: str) -> None:
    assert twin.get(f"/contact_lists/{list_id}").status_code == 404
    assert twin.delete(f"/contact_lists/{list_id}").status_code == 404


def test_100_lists_are_deleted_in_one_job_and_no_more(twin: Twin) -> None:
    made = [twin.new_list(f"List {number}") for number in range(101)]
    too_many = twin.post("/activities/list_delete", {"list_ids": made})
    assert too_many.status_code == 400
    job = twin.run("list_delete", {"list_ids": made[:100]})
    assert job["status"] == {"list_count": 100}
    assert [x["name"] for x in twin.state()["lists"]] == ["List 100"]
