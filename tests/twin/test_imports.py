from __future__ import annotations

import json
from typing import Any

import pytest
from tests.twin.driving import NOBODY, Twin

EVERYTHING = {
    "email": "ann@a.example",
    "first_name": "Ann",
    "last_name": "Aster",
    "job_title": "Owner",
    "company_name": "Aster & Co.",
    "birthday_month": 2,
    "birthday_day": 29,
    "anniversary": "2006-11-15",
    "phone": "555-0100",
    "work_phone": "555-0101",
    "mobile_phone": "555-0102",
    "street": "1 Pier",
    "street2": "Unit 2",
    "city": "Lakeside",
    "state": "MA",
    "zip": "02451",
    "country": "United States",
    "work_city": "Harbor",
    "cf:Member_since": "1999",
}


@pytest.fixture
def news(twin: Twin) -> str:
    return twin.new_list("News")


def test_every_row_key_lands_in_its_place(twin: Twin, news: str) -> None:
    field = {"label": "Member since", "type": "string"}
    twin.post("/contact_custom_fields", field)
    job = twin.load(EVERYTHING, lists=[news])
    (ann,) = twin.get("/contacts").json()["contacts"]
    shown = twin.read(ann["contact_id"])
    phones = {p["kind"]: p["phone_number"] for p in shown["phone_numbers"]}
    streets = {s["kind"]: s for s in shown["street_addresses"]}
    assert job["activity_errors"] == []
    assert phones == {"other": "555-0100", "work": "555-0101", "mobile": "555-0102"}
    assert streets["home"]["street"] == "1 Pier Unit 2"
    assert streets["home"]["postal_code"] == "02451"
    assert streets["work"]["city"] == "Harbor"
    assert shown["custom_fields"][0]["value"] == "1999"
    assert (shown["birthday_month"], shown["anniversary"]) == (2, "2006-11-15")


def test_an_existing_contact_is_changed_only_where_the_row_says_so(
    twin: Twin, news: str
) -> None:
    golf = twin.new_list("Golf")
    ann = twin.new_contact(
        "ann@a.example",
        first_name="Ann",
        last_name="Aster",
        list_memberships=[golf],
        phone_numbers=[{"phone_number": "1", "kind": "home"}],
    )
    row = {"email": "ANN@a.example", "first_name": "Anna", "home_phone": "2"}
    twin.load(row, lists=[news])
    shown = twin.read(ann)
    assert (shown["first_name"], shown["last_name"]) == ("Anna", "Aster")
    assert shown["email_address"]["address"] == "ann@a.example"
    assert [p["phone_number"] for p in shown["phone_numbers"]] == ["2"]
    assert sorted(shown["list_memberships"]) == sorted([golf, news])


@pytest.mark.parametrize(("switch", "kept"), [("ignored", True), ("clear", False)])
def test_a_blank_changes_nothing_unless_switched(
    twin: Twin, news: str, switch: str, kept: bool
) -> None:
    twin.control("switches", blanks=switch)
    ann = twin.new_contact("ann@a.example", first_name="Ann")
    twin.load({"email": "ann@a.example", "first_name": ""}, lists=[news])
    assert ("first_name" in twin.read(ann)) == kept


def test_a_deleted_contact_is_revived(twin: Twin, news: str) -> None:
    ann = twin.new_contact("ann@a.example")
    twin.delete(f"/contacts/{ann}")
    twin.load("ann@a.example", lists=[news])
    assert "deleted_at" not in twin.read(ann)
    assert twin.members("News") == ["ann@a.example"]


def test_a_changed_address_makes_a_second_contact(twin: Twin, news: str) -> None:
    twin.load({"email": "ann@a.example", "last_name": "Aster"}, lists=[news])
    twin.load({"email": "anna@a.example", "last_name": "Aster"}, lists=[news])
    assert twin.members("News") == ["ann@a.example", "anna@a.example"]


def test_no_contact_ids_come_back(twin: Twin, news: str) -> None:
    body = {"import_data": [{"email": "ann@a.example"}], "list_ids": [news]}
    answer = twin.post("/activities/contacts_json_import", body)
    (ann,) = twin.finish(answer.json()) and twin.get("/contacts").json()["contacts"]
    assert answer.status_code == 201
    assert answer.json()["state"] == "initialized"
    assert ann["contact_id"] not in answer.text


@pytest.mark.parametrize(("switch", "name"), [("last", "Anna"), ("first", "Ann")])
def test_of_two_rows_of_one_address_the_last_wins_unless_switched(
    twin: Twin, news: str, switch: str, name: str
) -> None:
    twin.control("switches", repeated_rows=switch)
    first = {"email": "ann@a.example", "first_name": "Ann", "last_name": "Aster"}
    job = twin.load(
        first, {"email": "Ann@A.example", "first_name": "Anna"}, lists=[news]
    )
    assert job["activity_errors"] == []
    assert twin.state()["contacts"][0]["first_name"] == name
    assert twin.state()["contacts"][0]["last_name"] == "Aster"


def test_counts_and_error_lines_start_at_line_two(twin: Twin, news: str) -> None:
    job = twin.load(
        "ann@a.example",
        "no address",
        {"email": "bob@a.example", "birthday_month": 2},
        {"first_name": "Nobody"},
        {"email": "cy@a.example", "first_name": "x" * 51},
        lists=[news],
    )
    assert job["status"] == {
        "items_total_count": 6,
        "person_count": 5,
        "error_count": 1,
        "correctable_count": 3,
        "cannot_add_to_list_count": 0,
    }
    lines = [error.split(":")[0] for error in job["activity_errors"]]
    assert lines == ["Line 3", "Line 4", "Line 5", "Line 6"]
    assert twin.members("News") == ["ann@a.example"]


def test_an_unknown_custom_field_is_named_and_ignored(twin: Twin, news: str) -> None:
    job = twin.load({"email": "ann@a.example", "cf:Hobby": "Chess"}, lists=[news])
    assert "Hobby" in job["activity_errors"][0]
    assert twin.members("News") == ["ann@a.example"]


def test_a_row_has_at_most_25_custom_fields(twin: Twin, news: str) -> None:
    row = {f"cf:field {n}": "x" for n in range(26)}
    job = twin.load({"email": "ann@a.example", **row}, lists=[news])
    assert job["status"]["error_count"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"import_data": [{"email": "ann@a.example"}]},
        {"import_data": [{"email": "ann@a.example"}], "list_ids": []},
        {"import_data": [{"email": "ann@a.example"}], "list_ids": ["x"]},
        {"import_data": [{"email": "ann@a.example"}], "list_ids": [NOBODY]},
        {"import_data": [{"email": "ann@a.example"}], "list_ids": [NOBODY] * 51},
        {"import_data": [], "list_ids": [NOBODY]},
        {"import_data": ["ann@a.example"], "list_ids": [NOBODY]},
        {"import_data": [{"email": 7}], "list_ids": [NOBODY]},
        {"list_ids": [NOBODY]},
    ],
)
def test_a_malformed_import_is_400_at_once(twin: Twin, body: dict[str, Any]) -> None:
    answer = twin.post("/activities/contacts_json_import", body)
    assert answer.status_code == 400
    assert isinstance(answer.json(), list)


def test_a_switch_fails_the_job_over_an_unknown_list(twin: Twin) -> None:
    twin.control("switches", unknown_list="failed_job")
    assert twin.load("ann@a.example", lists=[NOBODY])["state"] == "failed"
    assert twin.state()["contacts"] == []


def test_what_is_past_four_million_bytes_is_dropped_without_a_word(
    twin: Twin, news: str
) -> None:
    rows = [
        {"email": f"p{n:05}@a.example", "job_title": "x" * 50, "zip": "02451"}
        for n in range(39_000)
    ]
    sent = json.dumps({"import_data": rows, "list_ids": [news]}).encode()
    kept = sent[:4_000_000].count(b"}")
    headers = {"Content-Type": "application/json"}
    answer = twin.call(
        "POST", "/v3/activities/contacts_json_import", content=sent, headers=headers
    )
    job = twin.finish(answer.json())
    assert len(sent) > 4_000_000
    assert job["state"] == "completed"
    assert job["activity_errors"] == []
    assert job["status"]["person_count"] == kept < 39_000
    assert twin.get("/contacts/counts").json()["total"] == kept
    assert twin.violations() == ["over_limit"]


@pytest.mark.parametrize(("switch", "kept"), [("39999", 39_999), ("40000", 40_000)])
def test_rows_past_the_limit_are_skipped_with_a_line(
    twin: Twin, news: str, switch: str, kept: int
) -> None:
    twin.control("switches", row_limit=switch)
    job = twin.load(*[f"p{n}@a.example" for n in range(40_001)], lists=[news])
    assert job["status"]["person_count"] == kept
    assert job["activity_errors"] == [
        f"{40_001 - kept} rows are beyond the limit and were skipped."
    ]


@pytest.mark.parametrize(
    ("switch", "state"), [("skip", "completed"), ("fail", "failed")]
)
def test_a_contact_is_on_at_most_50_lists(twin: Twin, switch: str, state: str) -> None:
    twin.control("switches", beyond_membership_limit=switch)
    lists = [twin.new_list(f"List {n}") for n in range(51)]
    twin.load("ann@a.example", lists=lists[:50])
    job = twin.load("ann@a.example", "bob@a.example", lists=lists[50:])
    assert job["state"] == state
    assert len(twin.person("ann@a.example")["lists"]) == 50
    assert any("50 lists" in line for line in job["activity_errors"])
    assert len(twin.members("List 50")) == (1 if switch == "skip" else 0)


def test_importing_twice_changes_nothing_more(twin: Twin, news: str) -> None:
    twin.load(EVERYTHING, lists=[news])
    before = twin.state()["contacts"]
    twin.load(EVERYTHING, lists=[news])
    assert twin.state()["contacts"] == before


def test_a_row_may_name_a_text_message_number_instead_of_an_address(
    twin: Twin, news: str
) -> None:
    row = {"sms_number": "508-123-1235", "first_name": "Ann"}
    job = twin.load(
        row, row, {"email": "b@a.example", "sms_number": "5081231236"}, lists=[news]
    )
    contacts = twin.get("/contacts", sms_status="all").json()["contacts"]
    assert job["status"]["correctable_count"] == 0
    assert [c["sms_channel"]["sms_address"] for c in contacts] == [
        "5081231236",
        "5081231235",
    ]


def import_file(twin: Twin, content: bytes, lists: str) -> Any:
    return twin.call(
        "POST",
        "/v3/activities/contacts_file_import",
        files={"file": ("members.csv", content, "text/csv")},
        data={"list_ids": lists},
    )


def test_a_csv_file_is_imported_like_json(twin: Twin, news: str) -> None:
    golf = twin.new_list("Golf")
    content = (
        "\ufeffEmail,first_name,company_name\r\n"
        'ann@a.example,Ann,"Aster, ""A"" Co."\r\n'
        "no address,Bob,\r\n"
    ).encode()
    answer = import_file(twin, content, f"{news},{golf}")
    job = twin.finish(answer.json())
    assert answer.status_code == 201
    assert job["source_file_name"] == "members.csv"
    assert job["status"]["items_total_count"] == 3
    assert job["status"]["correctable_count"] == 1
    assert twin.members("News") == twin.members("Golf") == ["ann@a.example"]
    assert twin.person("ann@a.example")["company_name"] == 'Aster, "A" Co.'


@pytest.mark.parametrize(
    ("content", "lists"),
    [
        (b"name\nAnn\n", None),
        (b"email\n", None),
        (b"", None),
        (b'email\n"unclosed', None),
        (b"email\nann@a.example\n", ""),
        (b"email\nann@a.example\n", NOBODY),
        (b"email\nann@a.example\n", "x"),
    ],
)
def test_a_wrong_file_is_400(
    twin: Twin, news: str, content: bytes, lists: str | None
) -> None:
    answer = import_file(twin, content, news if lists is None else lists)
    assert answer.status_code == 400


def test_a_file_is_cut_at_four_million_bytes_too(twin: Twin, news: str) -> None:
    line = b"p%05d@a.example," + b"x" * 90 + b"\n"
    content = b"email,note\n" + b"".join(line % n for n in range(38_000))
    job = twin.finish(import_file(twin, content, news).json())
    assert job["activity_errors"] == []
    assert 30_000 < job["status"]["person_count"] < 38_000


def test_a_file_import_sent_as_json_is_415(twin: Twin, news: str) -> None:
    body = {"file": "x", "list_ids": news}
    assert twin.post("/activities/contacts_file_import", body).status_code == 415
