"""Every page there is, in a real browser: at a desk and on a phone, day and night."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_scopes import scope
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.builders import a_connection, a_member, an_association
from tests.web.browsing import DESK, PHONE, a_browser, visiting
from tests.web.every_page import NO_PAGES, answers_get, is_page, places
from tests.web.people import PASSWORD, a_person, signed_in
from tests.web.test_browser_pages import a_busy_chamber, look_at
from tests.web.test_importing import PEOPLE, send

from rollkeeper.directory.models import Staff

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def somebody(transactional_db: None) -> Any:
    """An administrator of a chamber with something on every page, and its rows."""
    chamber, numbers = a_busy_chamber()
    person = a_person(chamber)
    colleague = a_person(chamber)
    with scope(association=chamber):
        numbers["staff"] = Staff.objects.get(user=colleague).pk
    numbers["member"] = a_member(chamber).pk
    numbers["import"] = send(signed_in(person), ("people.csv", PEOPLE)).pk
    return person, numbers


def really_signed_in(person: User) -> Client:
    """With the password, so that nobody is asked for it again."""
    client = Client()
    name = person.get_username()
    client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    return client


def pages(client: Client, numbers: dict[str, Any]) -> list[str]:
    """Return the address of each page, after making sure that none is left out."""
    paths = {one.name: one.path(numbers) for one in places()}
    asked = {name: path for name, path in paths.items() if answers_get(client, path)}
    found = {name: path for name, path in asked.items() if is_page(client, path)}
    unexplained = set(asked) - set(found) - set(NO_PAGES)
    assert unexplained == set(), "these are no pages, and nobody says why"
    gone = set(NO_PAGES) - set(asked)
    assert gone == set(), "these are said to be no pages, and are not there at all"
    return [path for name, path in found.items() if name not in NO_PAGES]


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_every_page_works_for_everybody_and_breaks_no_policy(
    somebody: Any, live_server: LiveServer, browser: Browser, width: int
) -> None:
    person, numbers = somebody
    with visiting(browser, live_server.url, width=width) as visitor:
        look_at(visitor, "/accounts/login/")
        visitor.sign_in(person)
        troubles = []
        for path in pages(really_signed_in(person), numbers):
            try:
                look_at(visitor, path)
            except AssertionError as trouble:
                troubles.append(f"{path}: {trouble}")
            visitor.complaints.clear()
        assert troubles == []


def test_the_check_notices_a_page_that_breaks_the_policy(
    transactional_db: None, live_server: LiveServer, browser: Browser
) -> None:
    chamber = an_association()
    a_connection(chamber)
    with visiting(browser, live_server.url) as visitor:
        visitor.sign_in(a_person(chamber))
        visitor.open("/")
        visitor.page.evaluate("document.body.setAttribute('style', 'color: red')")
        visitor.page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')"
        )
        visitor.page.wait_for_function("true")
        assert any("style-src" in one for one in visitor.complaints)
