"""The Sync tab in a real browser: by mouse, then by keyboard, to a finished sync."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from django_scopes import scope
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.builders import (
    a_contact,
    a_first_sync,
    a_list,
    a_member,
    a_type,
    an_association,
)
from tests.connections.twin import Twin
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.people import a_person
from tests.web.touring import INTEGRATION, connect, members, tab_to, work

from rollkeeper.connections.models import Connection
from rollkeeper.directory.models import Association, ListMembership

pytestmark = pytest.mark.slow

TAB = "/lists/synch/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def chamber(transactional_db: None) -> Association:
    """Two lists, one of them off, and two membership types with long names."""
    chamber = an_association(name="Harbor Chamber")
    gold = a_type(chamber, name="Gold, with a Seat at the Harbor Breakfast Table")
    a_type(chamber, name="Silver")
    member = a_member(chamber, status="active", membership_type=gold)
    people = [
        a_contact(
            chamber,
            first_name="Zoë",
            last_name=f"Lark {number}",
            address=f"zoe{number}@lark.example",
            member=member,
        )
        for number in range(3)
    ]
    a_list(chamber, *people, name="Weekly Update", sync=True)
    a_list(chamber, people[0], name="Board & Friends", kind="committee", sync=False)
    return chamber


@pytest.fixture
def visitor(
    chamber: Association, twin: Twin, live_server: LiveServer, browser: Browser
) -> Iterator[Visitor]:
    with visiting(browser, live_server.url) as visitor:
        visitor.sign_in(a_person(chamber))
        connect(visitor)
        with scope(association=chamber):
            a_first_sync(Connection.objects.get())
        yield visitor
        assert visitor.complaints == []


def boxes(visitor: Visitor) -> list[str]:
    rows = visitor.page.locator("#synch [name=sync]")
    labels = [one.get_attribute("aria-label") or "" for one in rows.all()]
    return [one.removeprefix("Synchronize ") for one in labels]


def take_off(chamber: Association) -> None:
    """Take one of three off the list, as staff would."""
    with scope(association=chamber):
        ListMembership.objects.filter(
            list__name="Weekly Update", contact__last_name="Lark 2"
        ).delete()


def test_with_the_mouse_from_the_filter_to_a_finished_sync(  # S15, S16, S39
    visitor: Visitor, twin: Twin
) -> None:
    page = visitor.page
    visitor.open(TAB)
    assert boxes(visitor) == ["Weekly Update"]
    page.uncheck("text=Show only what is set to sync")
    page.wait_for_selector("[aria-label='Synchronize Board & Friends']")
    assert page.url.endswith(f"{TAB}?all=1")

    page.check("[aria-label='Synchronize Board & Friends']")
    page.check("text=Show only what is set to sync")
    page.wait_for_selector("h2:has-text('2 lists set to sync')")
    assert page.is_checked("[aria-label='Synchronize Board & Friends']")
    page.click("button:has-text('Save')")
    page.wait_for_selector("text=Saved: 1 list switched on")

    page.click("button:has-text('Sync Now') >> nth=0")
    page.wait_for_selector("#now:has-text('In line, and begins in a moment')")
    assert visitor.findings() == []
    work()
    page.wait_for_selector("#now:has-text('Finished just now')")
    assert members(twin, "Board & Friends") == ["zoe0@lark.example"]
    page.wait_for_selector("text=Addresses at Constant Contact because of us")


def test_by_keyboard_alone_to_a_finished_sync(  # S14, S39
    visitor: Visitor, twin: Twin
) -> None:
    page = visitor.page
    visitor.open(TAB)
    tab_to(page, "Show only what is set to sync")
    page.keyboard.press("Space")
    page.wait_for_selector("[aria-label='Synchronize Board & Friends']")
    focused = page.locator(":focus")
    assert focused.get_attribute("name") == "only"

    page.keyboard.press("Tab")
    tab_to_label(visitor, "Synchronize Board & Friends")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Saved: 1 list switched on")
    tab_to(page, "Sync Now")
    page.keyboard.press("Enter")
    page.wait_for_selector("#now:has-text('In line')")
    work()
    page.wait_for_selector("#now:has-text('Finished just now')")
    assert members(twin, "Board & Friends") == ["zoe0@lark.example"]


def tab_to_label(visitor: Visitor, label: str) -> None:
    for _ in range(60):
        if visitor.page.locator(":focus").get_attribute("aria-label") == label:
            return
        visitor.page.keyboard.press("Tab")
    pytest.fail(f"Tab never came to {label}")


def test_whom_sync_now_takes_off_is_looked_at_first(
    visitor: Visitor, twin: Twin, chamber: Association
) -> None:
    page = visitor.page
    visitor.open(TAB)
    page.click("button:has-text('Sync Now')")
    page.wait_for_selector("#now:has-text('In line')")
    work()
    assert len(members(twin, "Weekly Update")) == 3
    take_off(chamber)

    visitor.open(TAB)
    page.click("button:has-text('Sync Now')")
    page.wait_for_selector("text=Somebody would be taken off, so look first")
    assert "zoe2@lark.example" in page.inner_text("main")
    assert visitor.findings() == []
    page.click("main form >> button:has-text('Sync now')")
    page.wait_for_selector("#now")
    work()
    page.wait_for_selector("#now:has-text('Finished')")


def test_a_list_of_that_name_is_chosen_and_filled(  # S38
    visitor: Visitor, twin: Twin
) -> None:
    page = visitor.page
    httpx2.post(
        f"{twin.url}/__control__/hand_add",
        json={"address": "friend@x.example", "lists": ["WEEKLY update"]},
    ).raise_for_status()
    visitor.open(INTEGRATION)
    page.click("main button:has-text('Sync')")
    page.wait_for_selector("#standing:has-text('On its way')")
    work()

    visitor.open("/")
    page.click("#standing >> text=Look and decide")
    page.wait_for_selector("text=A list of this name is there already")
    assert visitor.findings() == []
    page.click("button:has-text('Use it')")
    page.wait_for_selector("text=uses the list that is there")
    work()
    assert len(members(twin, "WEEKLY update")) == 4


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_pages_look_right_with_every_set_on(
    visitor: Visitor, twin: Twin, width: int
) -> None:
    page = visitor.page
    page.set_viewport_size({"width": width, "height": 900})
    visitor.open("/settings/newsletter/")
    for name in ("representatives", "membership_types", "lists"):
        page.check(f"[name={name}]")
    page.fill("[name=time_zone]", "Chicago")
    page.click("button:has-text('Save')")
    page.wait_for_selector("text=There is no time zone")
    assert (visitor.findings(), visitor.overflow()) == ([], 0)
    visitor.complaints.clear()  # the browser notes that 422 was answered
    page.fill("[name=time_zone]", "America/Chicago")
    page.click("button:has-text('Save')")
    page.wait_for_selector("text=3 lists compared next")
    for path in ("/settings/newsletter/", f"{TAB}?all=1", INTEGRATION):
        visitor.open(path)
        assert (visitor.findings(), visitor.overflow()) == ([], 0), path
