"""Notices to oneself, where their links land, and what one is told of."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_scopes import scope
from pytest_django import Settings
from tests.builders import a_connection, a_list, an_association
from tests.web.holding import Desk
from tests.web.people import PASSWORD, a_person, signed_in

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.directory.models import Association, Staff
from rollkeeper.engine.noticing.looking import look_often
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.notices.events import Event, How
from rollkeeper.notices.models import Message
from rollkeeper.notices.selectors import silent_hours, subscriptions_of, unseen

INTEGRATION = "/settings/integrations/constant_contact/"
SETTINGS = "/settings/notices/"


@pytest.fixture
def broken(chamber: Association) -> Connection:
    return a_connection(
        chamber,
        state=ConnectionState.RECONNECT_NEEDED,
        state_since=timezone.now(),
        state_reason="Withdrawn.",
    )


def everything_told() -> None:
    look_often(now=timezone.now())
    tell(now=timezone.now())


def the_message(chamber: Association) -> Message:
    with scope(association=chamber):
        message: Message = Message.objects.latest("pk")
    return message


def link_in(message: Message) -> str:
    (found,) = re.findall(r"http://[^/]+(/notices/go/[\w~-]+)", message.body)
    return str(found)


def staff_row(client: Client, chamber: Association) -> Staff:
    with scope(association=chamber):
        row: Staff = Staff.objects.get(user_id=client.session["_auth_user_id"])
    return row


def test_a_link_lands_on_the_page_concerned_and_marks_the_message_as_seen(
    admin: Client, chamber: Association, broken: Connection
) -> None:
    everything_told()
    message = the_message(chamber)
    assert "1" in admin.get("/").content.decode().split('href="/notices/"')[1][:400]
    answer = admin.get(link_in(message))
    assert answer.headers["Location"] == INTEGRATION
    message.refresh_from_db()
    assert message.seen_at


def test_a_link_signs_nobody_in_and_goes_on_after_signing_in(
    chamber: Association, broken: Connection
) -> None:
    person, client = a_person(chamber), Client()
    everything_told()
    link = link_in(the_message(chamber))
    answer = client.get(link)
    assert answer.headers["Location"] == f"/accounts/login/?next={link}"
    assert "_auth_user_id" not in client.session
    assert the_message(chamber).seen_at is None
    answer = client.post(
        f"/accounts/login/?next={link}",
        {"login": person.username, "password": PASSWORD, "next": link},
    )
    assert answer.headers["Location"] == link
    assert client.get(link).headers["Location"] == INTEGRATION


def test_a_link_of_a_held_plan_lands_on_the_hold(
    admin: Client, chamber: Association
) -> None:
    desk = Desk(a_connection(chamber))
    hold = desk.hold(desk.audience(a_list(chamber)), ["ann@x.example"])
    everything_told()
    answer = admin.get(link_in(the_message(chamber)))
    assert answer.headers["Location"] == f"/waiting/{hold.pk}/"


def test_a_link_ends_after_30_days(
    admin: Client, chamber: Association, broken: Connection
) -> None:
    everything_told()
    link, person = link_in(the_message(chamber)), staff_row(admin, chamber).user
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        answer = signed_in(person).get(link)
    assert answer.status_code == 410
    assert b"older than 30 days" in answer.content
    assert the_message(chamber).seen_at is None


def test_a_link_that_was_changed_leads_nowhere(
    admin: Client, chamber: Association, broken: Connection
) -> None:
    everything_told()
    assert admin.get(link_in(the_message(chamber)) + "x").status_code == 404


def test_a_link_of_another_association_tells_nothing(
    chamber: Association, admin: Client, broken: Connection
) -> None:
    everything_told()
    stranger = signed_in(a_person(an_association()))
    answer = stranger.get(link_in(the_message(chamber)))
    assert answer.status_code == 404
    assert b"Withdrawn" not in answer.content
    assert the_message(chamber).seen_at is None


def test_a_colleague_who_follows_a_link_has_not_seen_it_for_the_other(
    admin: Client, staff: Client, chamber: Association, broken: Connection
) -> None:
    everything_told()
    assert staff.get(link_in(the_message(chamber))).headers["Location"] == INTEGRATION
    assert the_message(chamber).seen_at is None


def test_notices_are_listed_and_counted_until_they_are_seen(
    admin: Client, chamber: Association, broken: Connection
) -> None:
    everything_told()
    page = admin.get("/notices/").content.decode()
    assert "1 notice you have not seen" in page
    shown = re.findall(r'name="shown" value="(\d+)"', page)
    admin.post("/notices/seen", {"shown": shown})
    assert "Nothing new" in admin.get("/notices/").content.decode()
    with scope(association=chamber):
        assert unseen(staff_row(admin, chamber).user_id) == 0


def test_without_notices_the_page_says_how_to_begin(admin: Client) -> None:
    page = admin.get("/notices/").content.decode()
    assert "Nobody had to tell you anything" in page
    assert "Choose what you are told" in page


def test_staff_choose_what_they_are_told(staff: Client, chamber: Association) -> None:
    choice = {Event.UNSUBSCRIBED: How.DAILY, Event.SIGN_IN_ENDS: How.EACH}
    answer = staff.post(f"{SETTINGS}change", choice, follow=True)
    assert "2 choices changed" in answer.content.decode()
    with scope(association=chamber):
        told = subscriptions_of(staff_row(staff, chamber).pk)
    assert {event: how for event, how in told.items() if how != How.NEVER} == choice


def test_what_cannot_be_chosen_changes_nothing(
    staff: Client, chamber: Association
) -> None:
    staff.post(f"{SETTINGS}change", {Event.PLAN_HELD: How.DAILY, "rain": How.EACH})
    with scope(association=chamber):
        told = subscriptions_of(staff_row(staff, chamber).pk)
    assert set(told.values()) == {How.NEVER}


def test_an_administrator_sees_who_is_told_what(
    admin: Client, staff: Client, chamber: Association
) -> None:
    staff.post(f"{SETTINGS}change", {Event.NIGHT_REPORT: How.DAILY})
    name = staff_row(staff, chamber).user.username
    assert f"{name} (daily)" in admin.get(SETTINGS).content.decode()
    assert "(daily)" not in staff.get(SETTINGS).content.decode()


def test_a_banner_says_on_every_page_that_nobody_is_told(
    admin: Client, chamber: Association
) -> None:
    off = {Event.CONNECTION_FAILED: How.NEVER}
    said = "Nobody who can be reached by mail is subscribed to Integration"
    admin.post(f"{SETTINGS}change", off)
    assert said not in admin.get("/").content.decode()  # nothing is connected
    a_connection(chamber)
    for page in ("/", "/contacts/", "/lists/", INTEGRATION):
        assert said in admin.get(page).content.decode()
    admin.post(f"{SETTINGS}change", {Event.CONNECTION_FAILED: How.EACH})
    assert said not in admin.get("/").content.decode()


def test_a_subscriber_without_an_address_does_not_count(
    admin: Client, chamber: Association
) -> None:
    a_connection(chamber)
    user = staff_row(admin, chamber).user
    user.email = ""
    user.save()
    said = "Nobody who can be reached by mail is subscribed to Integration"
    assert said in admin.get("/").content.decode()


@pytest.mark.parametrize(("hours", "status"), [("6", 302), ("0", 422), ("x", 422)])
def test_administrators_set_after_how_many_hours_silence_is_told(
    admin: Client, chamber: Association, hours: str, status: int
) -> None:
    answer = admin.post(f"{SETTINGS}hours", {"hours": hours})
    assert answer.status_code == status
    with scope(association=chamber):
        assert silent_hours() == (6 if status == 302 else 24)


def test_only_administrators_do(staff: Client) -> None:
    assert staff.post(f"{SETTINGS}hours", {"hours": "6"}).status_code == 403


def test_pages_say_that_mail_goes_nowhere_until_a_server_is_set(
    admin: Client, settings: Settings
) -> None:
    pages = ("/notices/", SETTINGS, "/communications/")
    backends = "django.core.mail.backends"
    for name, said in (("filebased", True), ("smtp", False)):
        settings.EMAIL_BACKEND = f"{backends}.{name}.EmailBackend"
        for page in pages:
            found = "Mail goes nowhere yet" in admin.get(page).content.decode()
            assert found is said
