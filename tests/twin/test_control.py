from __future__ import annotations

from typing import Any

import pytest
from tests.twin.driving import Twin


def test_each_call_is_recorded_with_its_size_rows_and_key(twin: Twin) -> None:
    news = twin.new_list("News")
    twin.load("ann@a.example", "bob@a.example", lists=[news])
    twin.get("/nothing")
    calls = twin.look("calls")["calls"]
    (sent,) = [c for c in calls if c["path"].endswith("contacts_json_import")]
    assert sent["rows"] == 2
    assert sent["bytes"] > 90
    assert (sent["method"], sent["status"]) == ("POST", 201)
    assert (sent["api_key"], sent["fault"]) == ("twin-client", None)
    assert calls[-1]["error_key"] == "contacts.api.not_found"
    assert twin.look("calls")["per_day"][-1]["calls"] == len(calls)


def test_the_record_can_be_read_on_from_a_number_and_forgotten(twin: Twin) -> None:
    twin.get("/contacts")
    first = twin.look("calls")["total"]
    twin.get("/contact_lists")
    (later,) = twin.look("calls", after=str(first))["calls"]
    assert later["path"] == "/v3/contact_lists"
    twin.http.delete("/__control__/calls")
    assert twin.look("calls")["calls"] == []


def test_the_record_holds_no_token_and_no_body(twin: Twin) -> None:
    tokens = twin.connect()
    twin.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    twin.new_contact("ann@a.example")
    record = twin.http.get("/__control__/calls").text
    assert tokens["refresh_token"] not in record
    assert "ann@a.example" not in record


def test_the_clock_is_moved_set_stopped_and_started(twin: Twin) -> None:
    twin.control("clock", freeze=True)
    assert twin.control("clock", set="2030-01-01T00:00:00Z") == {
        "now": "2030-01-01T00:00:00Z",
        "frozen": True,
    }
    assert twin.control("clock", advance=90.5)["now"] == "2030-01-01T00:01:30Z"
    assert twin.control("clock", freeze=False)["frozen"] is False
    assert twin.look("clock")["now"].startswith("2030-01-01T00:01")


def test_a_reset_brings_back_the_first_state(twin: Twin) -> None:
    twin.new_contact("ann@a.example", list_memberships=[twin.new_list("News")])
    twin.control("switches", blanks="clear")
    twin.control("faults", kind="500")
    twin.advance(86_400)
    twin.control("reset")
    state = twin.state()
    assert state["lists"] == state["contacts"] == state["activities"] == []
    assert twin.look("faults")["faults"] == []
    assert twin.look("calls")["calls"] == []
    answers = {s["name"]: s["answer"] for s in twin.look("switches")["switches"]}
    assert answers["blanks"] == "ignored"
    assert twin.get("/contacts").status_code == 401


def test_staff_over_there_add_edit_and_delete_by_hand(twin: Twin) -> None:
    twin.control(
        "hand_add", address="ann@a.example", first_name="Ann", lists=["News", "Golf"]
    )
    assert twin.person("ann@a.example")["lists"] == ["Golf", "News"]
    twin.control(
        "hand_edit",
        address="ann@a.example",
        new_address="anna@a.example",
        last_name="Aster",
        lists=["News"],
    )
    ann = twin.person("anna@a.example")
    assert (ann["first_name"], ann["last_name"]) == ("Ann", "Aster")
    assert ann["lists"] == ["News"]
    twin.control("delete_contact", address="anna@a.example")
    assert twin.person("anna@a.example")["deleted"]
    twin.control("hand_add", address="anna@a.example")
    assert not twin.person("anna@a.example")["deleted"]


def test_not_even_staff_put_back_who_unsubscribed(twin: Twin) -> None:
    twin.control("hand_add", address="ann@a.example", lists=["News"])
    twin.control("unsubscribe", address="ann@a.example")
    edit = {"address": "ann@a.example", "lists": ["News"]}
    answer = twin.http.post("/__control__/hand_edit", json=edit)
    assert answer.status_code == 400
    assert "unsubscribed" in answer.json()["error"]


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("unsubscribe", {"address": "nobody@a.example"}, 404),
        ("unsubscribe", {}, 400),
        ("leave_list", {"address": "ann@a.example", "list": "None such"}, 404),
        ("leave_list", {"address": "ann@a.example", "list": "Golf"}, 404),
        ("hand_add", {"address": "no address"}, 400),
        ("hand_add", {"address": "b@a.example", "permission": "maybe"}, 400),
        ("hand_add", {"address": "b@a.example", "lists": "News"}, 400),
        ("token", {"account": "Nobody's"}, 404),
        ("clock", {"set": "tomorrow"}, 400),
        ("clock", {}, 400),
        ("jobs", {}, 400),
        ("quota", {"used": "all"}, 400),
        ("account", {"role": "king"}, 400),
        ("applications", {"client_id": "x", "refresh": "eternal"}, 400),
        ("switches", {"blanks": "perhaps"}, 400),
        ("switches", {"no_such_switch": "yes"}, 400),
        ("nothing", {}, 403),
    ],
)
def test_a_wrong_control_call_says_what_is_wrong(
    twin: Twin, name: str, arguments: dict[str, Any], status: int
) -> None:
    twin.control("hand_add", address="ann@a.example", lists=["News"])
    twin.new_list("Golf")
    answer = twin.http.post(f"/__control__/{name}", json=arguments)
    assert answer.status_code == status
    assert answer.json().get("error") or status == 403


def test_a_control_call_that_is_no_json_object_is_refused(twin: Twin) -> None:
    for body in (b"{", b"[]"):
        assert twin.http.post("/__control__/clock", content=body).status_code == 400


def test_every_open_question_is_a_switch_with_its_answers(twin: Twin) -> None:
    switches = twin.look("switches")["switches"]
    assert {each["question"] for each in switches} == set(range(1, 24))
    for each in switches:
        assert each["asks"].endswith(("?", "."))
        assert each["answer"] == each["answers"][0]
