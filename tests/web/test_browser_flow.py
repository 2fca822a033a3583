"""A chamber's first day, in a real browser, against a twin of the provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django_scopes import scopes_disabled
from playwright.sync_api import Page
from pytest_django import Settings as DjangoSettings
from pytest_django.live_server_helper import LiveServer
from tests.builders import a_contact, a_list, an_association
from tests.connections.twin import Twin
from tests.web.browsing import Visitor, a_browser, visiting
from tests.web.people import a_person

from mailtwin.server import running
from mailtwin.settings import Settings
from rollkeeper.config.environment import ProviderAccess
from rollkeeper.directory.models import Association
from rollkeeper.engine import due
from rollkeeper.jobs import tasks

INTEGRATION = "/settings/integrations/constant_contact/"


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
def twin(settings: DjangoSettings, live_server: LiveServer) -> Iterator[Twin]:
    options = Settings(limits=False, job_seconds=(0.0, 0.0))
    with running(options) as server:
        settings.BASE_URL = live_server.url
        settings.PROVIDERS = {
            "constant_contact": ProviderAccess(
                client_id="our-key",
                client_secret=None,
                api_url=f"{server.url}/v3",
                auth_url=f"{server.url}/oauth2/default/v1",
            )
        }
        yield Twin(url=server.url)


@pytest.fixture
def visitor(
    chamber: Association, live_server: LiveServer, twin: Twin
) -> Iterator[Visitor]:
    person = a_person(chamber)
    with a_browser() as browser, visiting(browser, live_server.url) as visitor:
        visitor.sign_in(person)
        yield visitor


def connect(visitor: Visitor) -> None:
    """Press Connect, log in and allow over there, and come back."""
    page = visitor.page
    visitor.open(INTEGRATION)
    page.click("main button:has-text('Connect')")
    page.click("button:has-text('Log in')")
    page.click("button:has-text('Allow')")
    page.wait_for_url(f"**{INTEGRATION}")


def work() -> None:
    """Do what a worker would: everything that is due."""
    while connections := due.to_synchronize():
        for connection_id in connections:
            with scopes_disabled():
                tasks.sync(connection_id=connection_id, by="rule:change")


def headline(page: Page) -> str:
    return page.locator("#standing strong").inner_text()


def state(twin: Twin) -> Any:
    return httpx2.get(f"{twin.url}/__control__/state").json()


def members(twin: Twin, name: str) -> list[str]:
    (found,) = (one for one in state(twin)["lists"] if one["name"] == name)
    return list(found["members"])


def test_from_an_empty_connection_to_true_lists_and_a_person_who_says_stop(
    visitor: Visitor, twin: Twin
) -> None:
    page = visitor.page
    assert headline(page) == "Not connected yet"
    connect(visitor)
    assert "Connected to" in page.inner_text(".notice.is-true")
    assert headline(page) == "Choose the lists to keep true"

    visitor.open("/lists/sync?all=1")
    page.check("[aria-label='Keep Weekly Update true']")
    page.check("[aria-label='Keep Board & Friends true']")
    page.click("main button:has-text('Save')")
    assert headline(page) == "Ready for the first sync"

    visitor.open(INTEGRATION)
    page.click("text=Show me")
    page.wait_for_selector(".changes")
    assert "3\nadd" in page.inner_text(".changes")
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
