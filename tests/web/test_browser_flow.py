"""A chamber's first day, in a real browser, against a twin of the provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope
from pytest_django.live_server_helper import LiveServer
from tests.builders import a_contact, a_list, an_association
from tests.connections.twin import Twin
from tests.web.browsing import Visitor, a_browser, visiting
from tests.web.people import a_person
from tests.web.touring import (
    INTEGRATION,
    connect,
    headline,
    members,
    state,
    tab_to,
    work,
)

from rollkeeper.directory.models import Association, ListMembership

pytestmark = pytest.mark.slow


@pytest.fixture
def chamber(transactional_db: None) -> Association:
    chamber = an_association(name="Harbor Chamber")
    people = [
        a_contact(
            chamber,
            first_name="Zoë",
            last_name=f"Lark {number}",
            address=f"zoe{number}@lark.example",
        )
        for number in range(3)
    ]
    a_list(chamber, *people, name="Weekly Update", sync=False)
    a_list(chamber, people[0], name="Board & Friends", sync=False)
    return chamber


@pytest.fixture
def visitor(
    chamber: Association, live_server: LiveServer, twin: Twin
) -> Iterator[Visitor]:
    person = a_person(chamber)
    with a_browser() as browser, visiting(browser, live_server.url) as visitor:
        visitor.sign_in(person)
        yield visitor


def test_from_an_empty_connection_to_true_lists_and_a_person_who_says_stop(
    visitor: Visitor, twin: Twin
) -> None:
    page = visitor.page
    assert headline(page) == "Not connected yet"
    connect(visitor)
    assert "Connected to" in page.inner_text(".notice.is-true")
    assert headline(page) == "Choose the lists to keep true"

    visitor.open("/lists/synch/?all=1")
    page.check("[aria-label='Synchronize Weekly Update']")
    page.check("[aria-label='Synchronize Board & Friends']")
    page.click("main button:has-text('Save')")
    assert headline(page) == "Ready for the first sync"

    visitor.open(INTEGRATION)
    page.click("text=Show me")
    page.wait_for_selector(".changes")
    assert "3\nto add" in page.inner_text(".changes")
    assert state(twin)["contacts"] == []

    page.click("main button:has-text('Sync')")
    assert headline(page) == "On its way"
    work()
    page.wait_for_selector("#standing:has-text('Everything is true')")
    everybody = [f"zoe{number}@lark.example" for number in range(3)]
    assert members(twin, "Weekly Update") == everybody
    assert members(twin, "Board & Friends") == everybody[:1]

    visitor.open("/contacts/?q=Lark+0")
    page.click("text=Zoë Lark 0")
    assert page.locator("text=Is on the list at Constant Contact").count() == 2
    page.click("button:has-text('Do Not Contact')")
    assert headline(page) == "On its way"
    work()
    page.wait_for_selector("#standing:has-text('Everything is true')")
    assert members(twin, "Weekly Update") == everybody[1:]
    assert members(twin, "Board & Friends") == []
    assert visitor.complaints == []


def in_sync(visitor: Visitor) -> None:
    """Connect, switch one list on, and fill it over there."""
    connect(visitor)
    visitor.open("/lists/synch/?all=1")
    visitor.page.check("[aria-label='Synchronize Weekly Update']")
    visitor.page.click("main button:has-text('Save')")
    visitor.page.wait_for_selector("text=Saved: 1 list switched on")
    visitor.open(INTEGRATION)
    visitor.page.click("main button:has-text('Sync')")
    visitor.page.wait_for_selector("#standing:has-text('On its way')")
    work()


def wipe(chamber: Association) -> None:
    """Take everybody off the list here, as a wrong click or a bad import would."""
    with scope(association=chamber):
        ListMembership.objects.filter(list__name="Weekly Update").delete()
    work()


def test_a_list_wiped_here_waits_until_an_administrator_types_how_many(
    visitor: Visitor, twin: Twin, chamber: Association
) -> None:
    page = visitor.page
    in_sync(visitor)
    everybody = members(twin, "Weekly Update")
    assert len(everybody) == 3

    wipe(chamber)
    visitor.open("/")
    assert headline(page) == "1 decision waits for you"
    assert members(twin, "Weekly Update") == everybody
    page.click("#standing >> text=Look and decide")
    page.click("main >> a:has-text('Look and decide')")
    page.wait_for_selector("h1:has-text('3 of 3 would be taken off, with nobody left')")
    assert visitor.complaints == []

    page.click("button:has-text('Approve')")
    page.wait_for_selector("text=Type the number 3 to approve it.")
    assert visitor.findings() == []
    page.fill("#id_typed", "3")
    page.click("button:has-text('Approve')")
    page.wait_for_selector("text=Nothing waits for you")
    work()
    visitor.open("/waiting/")
    assert members(twin, "Weekly Update") == []
    assert headline(page) == "Everything is true"
    assert "Approved and done" in page.inner_text("main")


def test_by_keyboard_alone_what_waits_is_found_looked_at_and_discarded(
    visitor: Visitor, twin: Twin, chamber: Association
) -> None:
    page = visitor.page
    in_sync(visitor)
    wipe(chamber)

    visitor.open("/")
    tab_to(page, "Look and decide")
    page.keyboard.press("Enter")
    page.wait_for_url("**/waiting/")
    tab_to(page, "Weekly Update")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('3 of 3')")
    tab_to(page, "Type the number of people")
    tab_to(page, "Discard")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Everything stays as it is over there")
    work()

    assert len(members(twin, "Weekly Update")) == 3
    visitor.open("/lists/")
    page.click("text=Weekly Update")
    assert "left as they are, for a person decided so" in page.inner_text(".sum")
    assert visitor.complaints == []


def test_pressing_deny_over_there_ends_on_a_page_that_says_what_to_do(
    visitor: Visitor,
) -> None:
    page = visitor.page
    visitor.open(INTEGRATION)
    page.click("main button:has-text('Connect')")
    page.click("button:has-text('Log in')")
    page.click("button:has-text('Deny')")

    page.wait_for_selector("h1:has-text('Not connected')")
    assert "press Allow" in page.inner_text("main")
    page.click("a:has-text('Begin again')")
    page.wait_for_url(f"**{INTEGRATION}")
