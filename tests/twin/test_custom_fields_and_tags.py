from __future__ import annotations

from typing import Any

import pytest
from tests.twin.driving import NOBODY, Twin

FIELDS = "/contact_custom_fields"


def new_field(twin: Twin, label: str, **more: Any) -> Any:
    answer = twin.post(FIELDS, {"label": label, "type": "string", **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def new_tag(twin: Twin, name: str) -> str:
    answer = twin.post("/contact_tags", {"name": name})
    assert answer.status_code == 201, answer.text
    tag_id: str = answer.json()["tag_id"]
    return tag_id


def test_a_custom_fields_name_is_its_label_with_underscores(twin: Twin) -> None:
    field = new_field(twin, "Member since")
    path = f"{FIELDS}/{field['custom_field_id']}"
    assert field["name"] == "Member_since"
    assert twin.get(path).json() == field
    renamed = twin.put(path, {"label": "Joined in"}).json()
    assert renamed["name"] == "Joined_in"
    assert renamed["type"] == "string"


@pytest.mark.parametrize("label", ["Member since", "Member_since", "member SINCE"])
def test_a_custom_fields_name_is_unique(twin: Twin, label: str) -> None:
    new_field(twin, "Member since")
    assert twin.post(FIELDS, {"label": label, "type": "date"}).status_code == 409


@pytest.mark.parametrize(
    "kind",
    [
        "string",
        "date",
        "datetime",
        "currency",
        "text_area",
        "number",
        "boolean",
        "single_select",
        "multi_select",
    ],
)
def test_a_custom_field_has_one_of_nine_types(twin: Twin, kind: str) -> None:
    more: dict[str, Any] = {}
    if kind.endswith("select"):
        more = {"choices": [{"choice_label": "Apple"}, {"choice_label": "Pear"}]}
    field = new_field(twin, "Fruit", type=kind, **more)
    assert field["type"] == kind
    assert [c["choice_label"] for c in field.get("choices", ())] == [
        c["choice_label"] for c in more.get("choices", ())
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "string"},
        {"label": "x" * 51, "type": "string"},
        {"label": "x", "type": "colour"},
        {"label": "x"},
        {"label": "x", "type": "string", "choices": [{"choice_label": "A"}]},
        {
            "label": "x",
            "type": "single_select",
            "choices": [{"choice_label": "A"}] * 101,
        },
        {
            "label": "x",
            "type": "multi_select",
            "metadata": {"display_type": "checkbox"},
            "choices": [{"choice_label": "A"}] * 21,
        },
    ],
)
def test_a_wrong_custom_field_is_400(twin: Twin, body: dict[str, Any]) -> None:
    assert twin.post(FIELDS, body).status_code == 400


def test_what_is_known_of_metadata_is_kept(twin: Twin) -> None:
    sent = {"decimal_places": 2, "currency_code": "USD", "integer": None, "colour": 1}
    field = new_field(twin, "Dues", type="currency", metadata=sent)
    assert field["metadata"] == {"decimal_places": 2, "currency_code": "USD"}


def test_an_account_has_at_most_100_custom_fields_in_pages(twin: Twin) -> None:
    for number in range(100):
        new_field(twin, f"Field {number}")
    assert twin.post(FIELDS, {"label": "More", "type": "string"}).status_code == 400
    page = twin.get(FIELDS).json()
    assert len(page["custom_fields"]) == 50
    assert len(twin.follow(page).json()["custom_fields"]) == 50
    assert len(twin.get(FIELDS, limit=100).json()["custom_fields"]) == 100
    assert twin.get(FIELDS, limit=101).status_code == 400


def test_a_deleted_custom_field_takes_its_values_along(twin: Twin) -> None:
    fields = [new_field(twin, label) for label in ("A", "B", "C")]
    ids = [field["custom_field_id"] for field in fields]
    values = [{"custom_field_id": each, "value": "x"} for each in ids]
    ann = twin.new_contact("ann@a.example", custom_fields=values)
    assert twin.delete(f"{FIELDS}/{ids[0]}").status_code == 204
    job = twin.run("custom_fields_delete", {"custom_field_ids": ids[1:2]})
    left = [each["custom_field_id"] for each in twin.read(ann)["custom_fields"]]
    assert job["state"] == "completed"
    assert left == ids[2:]
    assert twin.get(f"{FIELDS}/{ids[0]}").status_code == 404
    gone = {"custom_field_ids": ids[:1]}
    assert twin.post("/activities/custom_fields_delete", gone).status_code == 404
    many = {"custom_field_ids": [NOBODY] * 101}
    assert twin.post("/activities/custom_fields_delete", many).status_code == 400


def test_a_custom_value_has_at_most_255_characters(twin: Twin) -> None:
    value = {"custom_field_id": new_field(twin, "A")["custom_field_id"]}
    ann = twin.new_contact("ann@a.example", custom_fields=[{**value, "value": "1"}])
    long = twin.put_contact(ann, custom_fields=[{**value, "value": "x" * 256}])
    assert long.status_code == 400
    assert twin.put_contact(ann, custom_fields=[]).json()["custom_fields"] == []


def test_a_contact_can_choose_among_the_choices_of_a_field(twin: Twin) -> None:
    field = new_field(
        twin, "Fruit", type="multi_select", choices=[{"choice_label": "Apple"}]
    )
    chosen = {"custom_field_id": field["custom_field_id"], "choice_ids": ["1"]}
    ann = twin.new_contact("ann@a.example", custom_fields=[chosen])
    assert twin.read(ann)["custom_fields"] == [chosen]


def test_a_tag_is_made_renamed_counted_and_deleted_by_a_job(twin: Twin) -> None:
    gold = new_tag(twin, "Gold")
    twin.new_contact("ann@a.example", taggings=[gold])
    path = f"/contact_tags/{gold}"
    assert twin.put(path, {"name": "Golden"}).json()["name"] == "Golden"
    assert twin.get(path, include_count="true").json()["contacts_count"] == 1
    assert "contacts_count" not in twin.get(path).json()
    deleted = twin.delete(path)
    assert deleted.status_code == 202
    assert twin.finish(deleted.json())["status"]["items_completed_count"] == 1
    assert twin.get("/contact_tags").json()["tags"] == []


def test_a_tags_name_is_unique_and_not_empty(twin: Twin) -> None:
    new_tag(twin, "Gold")
    silver = new_tag(twin, "Silver")
    assert twin.post("/contact_tags", {"name": "gold"}).status_code == 409
    assert twin.put(f"/contact_tags/{silver}", {"name": "Gold"}).status_code == 409
    assert twin.post("/contact_tags", {"name": ""}).status_code == 400
    assert twin.post("/contact_tags", {"name": "x" * 256}).status_code == 400


def test_tags_come_in_pages_of_up_to_500(twin: Twin) -> None:
    made = [new_tag(twin, f"Tag {n}") for n in range(3)]
    page = twin.get("/contact_tags", limit=2).json()
    shown = page["tags"] + twin.follow(page).json()["tags"]
    assert [each["tag_id"] for each in shown] == made
    assert twin.get("/contact_tags", limit=501).status_code == 400


def test_jobs_tag_untag_and_delete_tags(twin: Twin) -> None:
    gold, news = new_tag(twin, "Gold"), twin.new_list("News")
    ids = [twin.new_contact(f"p{n}@a.example", list_memberships=[news]) for n in "ab"]
    by_list = {"source": {"list_ids": [news]}, "tag_ids": [gold]}
    added = twin.run("contacts_taggings_add", by_list)
    by_id = {"source": {"contact_ids": ids[:1]}, "tag_ids": [gold]}
    twin.run("contacts_taggings_remove", by_id)
    assert added["status"] == {"items_total_count": 2, "items_completed_count": 2}
    assert [twin.read(each)["taggings"] for each in ids] == [[], [gold]]
    twin.run("contacts_tags_delete", {"tag_ids": [gold]})
    assert twin.read(ids[1])["taggings"] == []


def test_a_contact_has_at_most_50_tags(twin: Twin) -> None:
    tags = [new_tag(twin, f"Tag {n}") for n in range(51)]
    ann = twin.new_contact("ann@a.example", taggings=tags[:50])
    body = {"source": {"contact_ids": [ann]}, "tag_ids": tags[50:]}
    job = twin.run("contacts_taggings_add", body)
    assert "50 tags" in job["activity_errors"][0]
    assert len(twin.read(ann)["taggings"]) == 50
    assert twin.put_contact(ann, taggings=tags).status_code == 400


@pytest.mark.parametrize("kind", ["contacts_taggings_add", "contacts_taggings_remove"])
def test_an_unknown_tag_in_a_job_is_404(twin: Twin, kind: str) -> None:
    body = {"source": {"contact_ids": [NOBODY]}, "tag_ids": [NOBODY]}
    assert twin.post(f"/activities/{kind}", body).status_code == 404


def test_one_job_deletes_up_to_500_tags(twin: Twin) -> None:
    body = {"tag_ids": [NOBODY] * 501}
    assert twin.post("/activities/contacts_tags_delete", body).status_code == 400
