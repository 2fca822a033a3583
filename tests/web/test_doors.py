"""Who gets in, and what every answer says to the browser."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.builders import a_connection, a_contact, a_list, an_association, on_list
from tests.web.addresses import every_address
from tests.web.holding import Desk
from tests.web.people import PASSWORD, a_person, signed_in

from rollkeeper.directory.models import Association, Import

ACTIONS = {
    "communications_export",
    "notice_settings_change",
    "notices_seen",
    "silent_hours_change",
    "contact_add_address",
    "contact_change_address",
    "contact_do_not_contact",
    "contact_put_on",
    "contact_standing",
    "contact_take_off",
    "import_again",
    "import_columns",
    "import_discard",
    "import_go",
    "first_go",
    "first_lists",
    "first_look",
    "first_name",
    "hold_approve",
    "hold_discard",
    "limits_change",
    "list_namesake",
    "list_policy_use",
    "list_switch",
    "list_sync_now",
    "newsletter_change",
    "connect",
    "sync",
}
"""Pages that only take a form that was sent."""

EVERY = [one for one in every_address() if one.needs]
NAMES = [one.name for one in EVERY]


def address(name: str) -> str:
    """Return the address of a page, with numbers that are nobody's."""
    (one,) = (one for one in EVERY if one.name == name)
    return one.path(dict.fromkeys(one.wants, 1))


@pytest.fixture
def foreign(db: None) -> dict[str, int]:
    """Ids of another association's contact, list and hold."""
    other = an_association()
    contact = a_contact(other)
    made = a_list(other, sync=True)
    on_list(contact, made)
    desk = Desk(a_connection(other))
    hold = desk.hold(desk.audience(made), ["ann@x.example"])
    return {
        "contact": contact.pk,
        "list_": made.pk,
        "hold": hold.pk,
        "run": desk.place().run.pk,
        "import_": Import.objects.create(association=other).pk,
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_forbids_what_pages_do_not_need(admin: Client, name: str) -> None:
    answer = admin.get(address(name))

    policy = answer.headers["Content-Security-Policy"]
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", NAMES)
def test_no_page_has_script_or_style_of_its_own(admin: Client, name: str) -> None:
    page = admin.get(address(name)).content.decode()

    assert "style=" not in page
    assert "<style" not in page
    assert "javascript:" not in page
    assert " onclick=" not in page
    assert all(script.startswith(" src=") for script in page.split("<script")[1:])


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_what_changes_something_is_never_done_by_a_link(
    admin: Client, chamber: Association, name: str
) -> None:
    assert admin.get(address(name)).status_code == 405


def test_a_page_that_only_shows_takes_no_form(admin: Client) -> None:
    pages = ("home", "contacts", "lists", "holds", "constant_contact", "preview")
    for name in pages:
        assert admin.post(reverse(name)).status_code == 405


def test_a_list_of_another_association_cannot_be_switched(
    admin: Client, foreign: dict[str, int]
) -> None:
    answer = admin.post(reverse("list_sync"), {"shown": foreign["list_"]})

    assert answer.status_code == 404


def test_a_contact_cannot_be_put_on_another_associations_list(
    admin: Client, chamber: Association, foreign: dict[str, int]
) -> None:
    contact = a_contact(chamber)

    answer = admin.post(
        reverse("contact_put_on", args=[contact.pk]), {"list": foreign["list_"]}
    )

    assert answer.status_code == 302
    page = admin.get(answer.headers["Location"]).content.decode()
    assert "Choose a list first" in page


def test_somebody_without_an_association_is_told_so(db: None) -> None:
    answer = signed_in(a_person()).get("/contacts/")

    assert answer.status_code == 403
    assert "You work for no association yet" in answer.content.decode()


def test_somebody_without_an_association_can_sign_out(db: None) -> None:
    client = signed_in(a_person())

    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


def test_only_administrators_connect(staff: Client) -> None:
    answer = staff.post(reverse("connect"))

    assert answer.status_code == 403
    assert "Only administrators" in answer.content.decode()


def test_only_administrators_come_back_from_the_provider(staff: Client) -> None:
    answer = staff.get(reverse("callback"), {"code": "c", "state": "s"})

    assert answer.status_code == 403


def test_staff_who_may_not_connect_are_told_whom_to_ask(
    staff: Client, admin: Client, api_key: None
) -> None:
    page = staff.get(reverse("constant_contact")).content.decode()

    assert "Only administrators may connect" in page
    assert "Ask person" in page


def test_a_part_of_a_page_is_not_replaced_by_the_sign_in_page(db: None) -> None:
    answer = Client().get(reverse("standing"), headers={"HX-Request": "true"})

    assert answer.headers["HX-Refresh"] == "true"


def test_signing_in_leads_to_the_overview(chamber: Association) -> None:
    person = a_person(chamber)

    answer = Client().post(
        "/accounts/login/",
        {"login": person.get_username(), "password": PASSWORD},
        follow=True,
    )

    assert answer.request["PATH_INFO"] == "/"
    assert "Harbor Chamber" in answer.content.decode()


def test_nobody_can_sign_up(db: None) -> None:
    page = Client().get("/accounts/signup/").content.decode()

    assert "Accounts are made for you" in page
    assert 'name="password1"' not in page


def test_five_wrong_passwords_lock_the_door(chamber: Association) -> None:
    person, client = a_person(chamber), Client()
    wrong = {"login": person.get_username(), "password": "wrong"}
    for _ in range(5):
        client.post("/accounts/login/", wrong)

    right = {**wrong, "password": PASSWORD}
    page = client.post("/accounts/login/", right).content.decode()

    assert "Wait five minutes" in page
    assert client.get("/").status_code == 302


def test_a_connection_belongs_to_its_association_alone(admin: Client) -> None:
    a_connection(an_association(), account_name="Somebody else")

    page = admin.get(reverse("constant_contact")).content.decode()

    assert "Somebody else" not in page
    assert "What connecting does" in page
