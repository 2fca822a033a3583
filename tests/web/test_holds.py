"""Waiting for you: what is asked, and deciding it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from tests.builders import a_connection, a_contact, a_list
from tests.web.holding import Desk

from rollkeeper.audit.models import Entry
from rollkeeper.audit.services import record
from rollkeeper.core.guards import Deed, Guard
from rollkeeper.core.values import AudienceId
from rollkeeper.directory.models import Association
from rollkeeper.ledger.models import Audience, Hold
from rollkeeper.ledger.states import HoldState

FEW = ("ann@x.example", "bob@x.example")


@pytest.fixture
def desk(chamber: Association) -> Desk:
    return Desk(a_connection(chamber, account_name="Harbor News"))


@pytest.fixture
def board(chamber: Association, desk: Desk) -> Audience:
    zoe = a_contact(
        chamber, first_name="Zoë", last_name="Lark", address="ann@x.example"
    )
    return desk.audience(a_list(chamber, zoe, name="Board & Friends"))


@pytest.fixture
def hold(desk: Desk, board: Audience) -> Hold:
    return desk.hold(board, FEW)


def shown(client: Client, name: str, *numbers: int) -> str:
    answer = client.get(reverse(name, args=numbers))
    assert answer.status_code == 200
    return answer.content.decode()


def decide(
    client: Client, how: str, hold: Hold, *, typed: str = "", fingerprint: str = ""
) -> HttpResponse:
    return client.post(
        reverse(how, args=[hold.pk]),
        {"fingerprint": fingerprint or hold.fingerprint, "typed": typed},
    )  # type: ignore[return-value]  # the client's own kind of answer


def state(hold: Hold) -> str:
    with scope(association=hold.association):
        return str(Hold.objects.get(pk=hold.pk).state)


def many(number: int) -> Sequence[str]:
    return [f"m{n:04}@x.example" for n in range(number)]


def test_an_empty_page_says_what_it_is_for(staff: Client) -> None:
    page = shown(staff, "holds")

    assert "Nothing waits for you" in page
    assert "before it empties a list" in page
    assert "Decided before" not in page


def test_what_waits_is_said_by_the_strip_the_menu_and_the_page(
    staff: Client, hold: Hold
) -> None:
    overview, page = shown(staff, "home"), shown(staff, "holds")

    assert "1 decision waits for you" in overview
    assert "Board &amp; Friends: 2 of 100 would be taken off." in overview
    assert f'href="{reverse("holds")}">Look and decide' in overview
    assert '<span class="nav-count">1' in overview
    assert "so many would leave the list within a day" in page
    assert reverse("hold", args=[hold.pk]) in page


def test_a_hold_says_all_that_one_should_know_before_deciding(
    admin: Client, hold: Hold
) -> None:
    page = shown(admin, "hold", hold.pk)

    for sentence in (
        "2 of 100 would be taken off",
        "so many would leave the list within a day",
        "Up to 5 within 24 hours pass without a decision; 2 did already.",
        "Nobody wrote down what changed",
        "Taken off the list: is no longer active on the list here",
        "The next run does this, as far as it is still planned, within 24 hours.",
        "Everything stays as it is over there, as long as the same is planned.",
        "Zoë Lark",
        "bob@x.example",
    ):
        assert sentence in page
    assert "Type the number" not in page


def test_the_page_shows_twenty_and_says_that_there_are_more(
    admin: Client, desk: Desk, board: Audience
) -> None:
    page = shown(admin, "hold", desk.hold(board, many(23)).pk)

    assert "The first 20 of 23." in page
    assert "m0019@x.example" in page
    assert "m0020@x.example" not in page


def test_the_full_list_is_a_file_without_formulas(
    staff: Client, chamber: Association, desk: Desk, board: Audience
) -> None:
    a_contact(chamber, first_name="=1+1", last_name="Lark", address="m0001@x.example")
    hold = desk.hold(board, many(1200))

    answer = staff.get(reverse("hold_list", args=[hold.pk]))
    written = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streamed answer
    rows = list(csv.DictReader(io.StringIO(written)))

    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(rows) == 1200
    assert rows[1] == {
        "change": "taken off the list",
        "mailbox": "m0001@x.example",
        "first_name": "'=1+1",
        "last_name": "Lark",
        "list": "Board & Friends",
        "because": "is no longer active on the list here",
    }


def test_approving_is_done_by_an_administrator_and_kept(
    admin: Client, hold: Hold
) -> None:
    answer = decide(admin, "hold_approve", hold)

    assert answer.status_code == 302
    page = shown(admin, "holds")
    assert "Approved. The next run does this" in page
    assert "Nothing waits for you" in page
    assert "Approved; on its way" in page
    with scope(association=hold.association):
        entry = Entry.objects.get(action="hold_approved")
    assert entry.actor.startswith("staff:person")


def test_discarding_leaves_it_as_it_is_and_says_so(admin: Client, hold: Hold) -> None:
    decide(admin, "hold_discard", hold)

    assert state(hold) == HoldState.DISCARDED
    page = shown(admin, "hold", hold.pk)
    assert "Discarded. Everything stays as it is over there" in page
    assert "There is nothing left to decide here." in page
    assert '<form class="sheet' not in page


@pytest.mark.parametrize("how", ["hold_approve", "hold_discard"])
def test_staff_who_are_no_administrators_look_but_do_not_decide(
    staff: Client, admin: Client, hold: Hold, how: str
) -> None:
    page, answer = shown(staff, "hold", hold.pk), decide(staff, how, hold)

    assert "Only approvers and administrators may decide about what waits." in page
    assert "Ask person" in page
    assert reverse(how, args=[hold.pk]) not in page
    assert answer.status_code == 403
    assert "Only approvers and administrators may decide" in answer.content.decode()
    assert state(hold) == HoldState.OPEN


@pytest.mark.parametrize("how", ["hold_approve", "hold_discard"])
def test_a_hold_that_changed_meanwhile_is_shown_again(
    admin: Client, desk: Desk, board: Audience, how: str
) -> None:
    before = desk.hold(board, FEW)
    now = desk.hold(board, [*FEW, "cleo@x.example"])

    answer = decide(admin, how, before, fingerprint=before.fingerprint)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since you looked" in page
    assert "cleo@x.example" in page
    assert page.count(now.fingerprint) == 2
    assert state(now) == HoldState.OPEN


@pytest.mark.parametrize("how", ["hold_approve", "hold_discard"])
def test_what_was_decided_already_says_by_whom(
    admin: Client, hold: Hold, how: str
) -> None:
    decide(admin, "hold_approve", hold)

    answer = decide(admin, how, hold)

    assert answer.status_code == 409
    assert "was approved already, by" in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "39", "forty"])
def test_where_it_is_about_many_the_number_must_be_typed(
    admin: Client, desk: Desk, board: Audience, typed: str
) -> None:
    hold = desk.hold(board, many(40), guard=Guard.EMPTIED_LIST, of=40, limit=0)
    assert "Type the number of people" in shown(admin, "hold", hold.pk)

    answer = decide(admin, "hold_approve", hold, typed=typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert 'id="id_typed_error"' in page
    assert state(hold) == HoldState.OPEN


def test_the_number_may_be_typed_as_it_is_shown(
    admin: Client, desk: Desk, board: Audience
) -> None:
    hold = desk.hold(board, many(1001), guard=Guard.EMPTIED_LIST, of=1001, limit=0)

    decide(admin, "hold_approve", hold, typed=" 1,001 ")

    assert state(hold) == HoldState.APPROVED


def test_what_imported_files_lack_waits_before_anything_is_connected(
    staff: Client, chamber: Association
) -> None:
    with scope(association=chamber):
        Hold.objects.create(
            association=chamber,
            guard=Guard.SOURCE_FELL,
            fingerprint="f" * 64,
            count=90,
            of=100,
            limit=10,
            already=0,
            cause="contacts.csv has 10 rows.",
        )

    page = shown(staff, "home")

    assert "1 decision waits for you" in page
    assert "The directory: 90 of 100 are missing from the imported file." in page


def test_the_pages_of_a_list_and_of_a_person_lead_to_the_hold_that_they_speak_of(
    staff: Client, chamber: Association, desk: Desk
) -> None:
    zoe = a_contact(chamber, address="ann@x.example")
    news = a_list(chamber, zoe, name="News")
    audience = desk.audience(news)
    hold = desk.hold(audience, FEW)
    with scope(association=chamber):
        desk.place().member("ann@x.example", AudienceId(audience.pk))
        zoe.memberships.update(status="disabled")
    link = f'href="{reverse("hold", args=[hold.pk])}"'

    of_list, of_person = shown(staff, "list", news.pk), shown(staff, "contact", zoe.pk)

    assert "<b>2 of 100 would be taken off.</b>" in of_list
    assert f"{link}>Look and decide" in of_list
    assert "1 waits for a decision." in of_list
    assert "still on the list at Constant Contact: it is held" in of_person
    assert f"{link}>Look at hold {hold.pk}" in of_person


def test_a_row_of_a_list_leads_to_what_keeps_somebody_from_joining(
    staff: Client, chamber: Association, desk: Desk
) -> None:
    news = a_list(chamber, a_contact(chamber, address="ann@x.example"))
    hold = desk.hold(
        desk.audience(news),
        ["ann@x.example"],
        guard=Guard.ADDS_OF_LIST,
        deed=Deed.ADD,
    )

    link = f'href="{reverse("hold", args=[hold.pk])}"'
    page = shown(staff, "list", news.pk)
    assert f"{link}>Look at hold {hold.pk}, then approve or discard it.</a>" in page


def test_a_hold_tells_what_happened_before_it(
    admin: Client, chamber: Association, desk: Desk, board: Audience
) -> None:
    acts = (
        ("directory_imported", ""),
        ("list_changed", f"list:{board.list_id}"),
        ("list_changed", f"list:{board.list_id + 1}"),
        ("audit_exported", ""),
    )
    for action, subject in acts:
        record(
            association_id=chamber.pk, by="staff:pat", action=action, subject=subject
        )
    hold = desk.hold(board, FEW)
    record(association_id=chamber.pk, by="staff:pat", action="contact_added")

    rows = admin.get(reverse("hold", args=[hold.pk])).context["before"]

    assert [(one.what, one.who) for one in rows] == [
        ("Changed a list", "pat"),
        ("Imported files", "pat"),
    ]


def test_a_hold_that_nothing_on_record_explains_says_so(
    admin: Client, hold: Hold
) -> None:
    assert "Nothing is on record that would explain it" in shown(admin, "hold", hold.pk)


def test_what_an_import_did_before_is_said_in_words(
    admin: Client, chamber: Association, desk: Desk, board: Audience
) -> None:
    figures = {"created": 0, "changed": 2, "unchanged": 1200, "bad": 1}
    record(
        association_id=chamber.pk,
        by="staff:pat",
        action="directory_imported",
        details={"files": [{"file": "people.csv", "read": 1203, **figures}], "bad": 1},
    )
    hold = desk.hold(board, FEW)

    page = shown(admin, "hold", hold.pk)

    assert "people.csv: 2 changed, 1,200 as before, 1 not understood" in page


def test_the_file_of_whom_a_hold_is_about_asks_for_the_password(
    staff: Client, hold: Hold
) -> None:
    session = staff.session
    session["account_authentication_methods"] = []
    session.save()

    asked = staff.get(reverse("hold_list", args=[hold.pk]))

    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
