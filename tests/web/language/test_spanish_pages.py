"""Every page in Spanish, whose words are longer, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.every_page import is_page, places_with
from tests.web.people import a_person, signed_in
from tests.web.test_browser_pages import a_busy_chamber, look_at
from tests.web.test_importing import PEOPLE, send

from rollkeeper.directory.models import Staff

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_every_page_has_room_for_spanish(
    transactional_db: None, live_server: LiveServer, browser: Browser, width: int
) -> None:
    chamber, numbers = a_busy_chamber()
    person = a_person(chamber)
    client = signed_in(person)
    with scope(association=chamber):
        Staff.objects.update(language="es")
        numbers["staff"] = Staff.objects.get().pk
    numbers["import"] = send(client, ("people.csv", PEOPLE)).pk
    every = (one.path(numbers) for one in places_with(numbers))
    paths = [path for path in every if is_page(client, path)]
    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(person)
        troubles = [said for path in paths if (said := trouble_with(visitor, path))]
    assert troubles == []


def trouble_with(visitor: Visitor, path: str) -> str:
    try:
        look_at(visitor, path)
        assert visitor.page.locator("html").get_attribute("lang") == "es"
    except AssertionError as trouble:
        return f"{path}: {trouble}"
    finally:
        visitor.complaints.clear()
    return ""


def test_somebody_reads_spanish_from_the_door_to_the_last_page(
    transactional_db: None, live_server: LiveServer, browser: Browser
) -> None:
    chamber, _numbers = a_busy_chamber()
    person = a_person(chamber)
    with visiting(browser, live_server.url) as visitor:
        visitor.open("/accounts/login/")
        visitor.page.click("button:has-text('Español')")
        assert visitor.page.locator("h1").inner_text() == "Iniciar sesión"
        visitor.page.fill("#id_login", person.get_username())
        visitor.page.fill("#id_password", "correct horse battery staple")
        visitor.page.click("button:has-text('Iniciar sesión')")
        assert "Contactos" in visitor.page.locator("#menu").inner_text()
        visitor.page.click("button:has-text('English')")
        assert "Contacts" in visitor.page.locator("#menu").inner_text()
