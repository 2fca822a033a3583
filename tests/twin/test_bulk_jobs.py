from __future__ import annotations

from typing import Any

import pytest
from tests.twin.driving import NOBODY, Twin

EXPORT: dict[str, Any] = {}


def states(twin: Twin, **query: Any) -> list[str]:
    answer = twin.get("/activities", **query).json()
    return [each["state"] for each in answer["activities"]]


def people(twin: Twin, count: int, **more: Any) -> list[str]:
    return [twin.new_contact(f"p{n:03}@a.example", **more) for n in range(count)]


def test_a_job_goes_through_its_states_with_the_clock(strict: Twin) -> None:
    job = strict.post("/activities/contact_exports", EXPORT).json()
    path = f"/activities/{job['activity_id']}"
    seen = [job]
    for _ in range(181):
        seen.append(strict.get(path).json())
        strict.advance(5)
    order = list(dict.fromkeys(each["state"] for each in seen))
    assert job["_links"]["self"]["href"] == f"/v3{path}"
    assert order in (
        ["initialized", "processing", "completed"],
        ["initialized", "completed"],
    )
    assert seen[-1]["percent_done"] == 100
    assert seen[-1]["started_at"] <= seen[-1]["completed_at"]
    assert all(
        "completed_at" not in each for each in seen if each["state"] != order[-1]
    )


def test_jobs_end_in_any_order(strict: Twin) -> None:
    for _ in range(8):
        strict.post("/activities/contact_exports", EXPORT)
        strict.advance(0.3)
    strict.advance(900)
    strict.advance(1)
    jobs = strict.get("/activities").json()["activities"]
    ended = [job["completed_at"] for job in reversed(jobs)]
    assert ended != sorted(ended)


def test_a_job_takes_effect_when_it_ends_and_not_before(strict: Twin) -> None:
    news = strict.new_list("News")
    body = {"import_data": [{"email": "ann@a.example"}], "list_ids": [news]}
    strict.post("/activities/contacts_json_import", body)
    assert strict.members("News") == []
    strict.advance(900)
    assert strict.members("News") == ["ann@a.example"]


def test_jobs_are_listed_newest_first_by_state_in_pages_for_ten_days(
    twin: Twin,
) -> None:
    made = [
        twin.post("/activities/contact_exports", EXPORT).json()["activity_id"]
        for _ in range(3)
    ]
    assert states(twin) == ["initialized"] * 3
    assert states(twin, state="completed") == []
    twin.control("jobs", finish=True)
    assert states(twin, state="completed") == ["completed"] * 3
    page = twin.get("/activities", limit=2).json()
    shown = page["activities"] + twin.follow(page).json()["activities"]
    assert [each["activity_id"] for each in shown] == made[::-1]
    twin.advance(10 * 86_400)
    twin.bearer = twin.control("token")["access_token"]
    assert states(twin) == []
    assert twin.get(f"/activities/{made[0]}").status_code == 404


@pytest.mark.parametrize("query", [{"limit": 501}, {"state": "initialized"}])
def test_a_wrong_filter_of_jobs_is_400(twin: Twin, query: dict[str, Any]) -> None:
    assert twin.get("/activities", **query).status_code == 400


@pytest.mark.parametrize(("switch", "percent"), [("100", 100), ("99", 99)])
def test_a_completed_job_may_show_less_than_100_percent(
    twin: Twin, switch: str, percent: int
) -> None:
    twin.control("switches", percent_when_done=switch)
    assert twin.run("contact_exports", EXPORT)["percent_done"] == percent


def test_contacts_are_added_and_removed_by_id(twin: Twin) -> None:
    lists = [twin.new_list("News"), twin.new_list("Golf")]
    ids = people(twin, 3)
    body = {"source": {"contact_ids": ids}, "list_ids": lists}
    added = twin.run("add_list_memberships", body)
    body["source"] = {"contact_ids": ids[:2]}
    removed = twin.run("remove_list_memberships", body)
    assert added["status"] == {
        "items_total_count": 3,
        "items_completed_count": 3,
        "list_count": 2,
    }
    assert removed["status"]["items_completed_count"] == 2
    assert twin.members("News") == twin.members("Golf") == ["p002@a.example"]


def test_unknown_contacts_are_skipped(twin: Twin) -> None:
    news, ids = twin.new_list("News"), people(twin, 1)
    body = {"source": {"contact_ids": [*ids, NOBODY]}, "list_ids": [news]}
    job = twin.run("add_list_memberships", body)
    assert job["state"] == "completed"
    assert job["status"]["items_total_count"] == 2
    assert job["status"]["items_completed_count"] == 1


@pytest.mark.parametrize("kind", ["add_list_memberships", "remove_list_memberships"])
def test_whole_lists_tags_and_everybody_can_be_the_source(
    twin: Twin, kind: str
) -> None:
    source, target = twin.new_list("Source"), twin.new_list("Target")
    tag = twin.post("/contact_tags", {"name": "Gold"}).json()["tag_id"]
    on = [target] if kind.startswith("remove") else []
    ids = people(twin, 2, list_memberships=[source, *on], taggings=[tag])
    people_there = len(twin.members("Target"))
    for named in (
        {"list_ids": [source]},
        {"tag_ids": [tag]},
        {"all_active_contacts": True},
    ):
        body: dict[str, Any] = {"source": named, "list_ids": [target]}
        if "tag_ids" not in named:
            body["exclude"] = {"contact_ids": ids[:1]}
        twin.run(kind, body)
        changed = abs(len(twin.members("Target")) - people_there)
        assert changed >= 1
    assert len(twin.members("Target")) == (2 if kind.startswith("add") else 0)


def test_removing_or_deleting_by_whole_lists_is_a_violation(twin: Twin) -> None:
    news = twin.new_list("News")
    people(twin, 2, list_memberships=[news])
    named = {"source": {"list_ids": [news]}, "list_ids": [news]}
    twin.run("remove_list_memberships", named)
    twin.run("contact_delete", {"list_ids": [news]})
    assert twin.violations() == ["removal_without_ids", "deletion_without_ids"]


def test_exclude_works_only_with_lists_or_everybody(twin: Twin) -> None:
    news, ids = twin.new_list("News"), people(twin, 1)
    body = {
        "source": {"contact_ids": ids},
        "exclude": {"contact_ids": ids},
        "list_ids": [news],
    }
    assert twin.post("/activities/add_list_memberships", body).status_code == 400


@pytest.mark.parametrize(
    "source",
    [
        None,
        {},
        {"contact_ids": []},
        {"contact_ids": ["x"]},
        {"contact_ids": [NOBODY], "all_active_contacts": True},
        {"segment_id": "one"},
    ],
)
def test_a_source_names_contacts_in_exactly_one_way(twin: Twin, source: Any) -> None:
    body = {"source": source, "list_ids": [twin.new_list("News")]}
    assert twin.post("/activities/add_list_memberships", body).status_code == 400


def test_nobody_is_in_a_segment_or_engaged(twin: Twin) -> None:
    news = twin.new_list("News")
    people(twin, 1)
    for source in ({"segment_id": 7}, {"engagement_level": "high"}):
        twin.run("add_list_memberships", {"source": source, "list_ids": [news]})
    assert twin.members("News") == []
    twin.run(
        "add_list_memberships", {"source": {"new_subscriber": True}, "list_ids": [news]}
    )
    assert len(twin.members("News")) == 1


@pytest.mark.parametrize(("ids", "lists"), [(501, 1), (1, 51)])
def test_more_than_500_ids_or_50_lists_are_refused(
    twin: Twin, ids: int, lists: int
) -> None:
    body = {
        "source": {"contact_ids": [NOBODY] * ids},
        "list_ids": [twin.new_list("News")] * lists,
    }
    answer = twin.post("/activities/add_list_memberships", body)
    assert answer.status_code == 400
    assert answer.json()[0]["error_key"] == "contacts.api.validation.error"
    assert twin.violations() == ["over_limit"]


def test_a_switch_cuts_what_is_over_the_limit_instead(twin: Twin) -> None:
    twin.control("switches", over_limit="cut")
    news, ids = twin.new_list("News"), people(twin, 1)
    body = {"source": {"contact_ids": [NOBODY] * 500 + ids}, "list_ids": [news]}
    twin.run("add_list_memberships", body)
    assert twin.members("News") == []


def test_an_unknown_list_is_refused_unless_switched(twin: Twin) -> None:
    body = {"source": {"contact_ids": people(twin, 1)}, "list_ids": [NOBODY]}
    assert twin.post("/activities/add_list_memberships", body).status_code == 400
    twin.control("switches", unknown_list="failed_job")
    assert twin.run("add_list_memberships", body)["state"] == "failed"


@pytest.mark.parametrize(
    ("switch", "state"), [("skip", "completed"), ("fail", "failed")]
)
def test_nobody_gets_onto_a_51st_list(twin: Twin, switch: str, state: str) -> None:
    twin.control("switches", beyond_membership_limit=switch)
    lists = [twin.new_list(f"List {n}") for n in range(51)]
    ids = people(twin, 1, list_memberships=lists[:50])
    body = {"source": {"contact_ids": ids}, "list_ids": lists[50:]}
    job = twin.run("add_list_memberships", body)
    assert job["state"] == state
    assert "50 lists" in job["activity_errors"][0]
    assert twin.members("List 50") == []


def test_contacts_are_deleted_by_id_or_by_list(twin: Twin) -> None:
    news = twin.new_list("News")
    ids = people(twin, 3, list_memberships=[news])
    by_id = twin.run("contact_delete", {"contact_ids": ids[:1]})
    by_list = twin.run("contact_delete", {"list_ids": [news]})
    assert by_id["status"]["items_completed_count"] == 1
    assert by_list["status"]["items_completed_count"] == 2
    assert all(contact["deleted"] for contact in twin.state()["contacts"])
    both = {"contact_ids": ids, "list_ids": [news]}
    assert twin.post("/activities/contact_delete", both).status_code == 400


def test_adding_a_deleted_contact_to_a_list_revives_it(twin: Twin) -> None:
    (ann,) = people(twin, 1)
    twin.delete(f"/contacts/{ann}")
    body = {"source": {"contact_ids": [ann]}, "list_ids": [twin.new_list("News")]}
    twin.run("add_list_memberships", body)
    assert twin.read(ann)["list_memberships"] == body["list_ids"]


def test_a_switch_lets_a_job_take_effect_twice_while_it_runs(strict: Twin) -> None:
    strict.control("switches", jobs_repeat="yes")
    news = strict.new_list("News")
    ann = strict.new_contact("ann@a.example")
    body = {"source": {"contact_ids": [ann]}, "list_ids": [news]}
    job = strict.post("/activities/add_list_memberships", body).json()
    path = f"/activities/{job['activity_id']}"
    strict.advance(1)
    while strict.get(path).json()["state"] == "initialized":
        strict.advance(1)
    assert strict.members("News") == ["ann@a.example"]
    strict.control("leave_list", address="ann@a.example", list="News")
    strict.advance(900)
    assert strict.members("News") == ["ann@a.example"]


def test_a_removal_sent_before_the_add_has_ended_is_a_violation(strict: Twin) -> None:
    news = strict.new_list("News")
    ann = strict.new_contact("ann@a.example")
    body = {"source": {"contact_ids": [ann]}, "list_ids": [news]}
    rows = {"import_data": [{"email": "ANN@a.example"}], "list_ids": [news]}
    strict.post("/activities/contacts_json_import", rows)
    strict.advance(1)
    strict.post("/activities/remove_list_memberships", body)
    assert strict.violations() == ["dependent_job_too_early"]
    strict.advance(900)
    strict.post("/activities/contacts_json_import", rows)
    strict.advance(900)
    strict.post("/activities/remove_list_memberships", body)
    assert len(strict.violations()) == 1


def test_jobs_need_the_privilege_to_write_even_to_be_read(twin: Twin) -> None:
    twin.control("account", role="campaign_creator")
    assert twin.get("/activities").status_code == 403
