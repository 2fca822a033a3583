"""The connection's states, and the record, in a real browser at a desk and a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.builders import a_connection, a_contact, a_list, an_association
from tests.connections.twin import Twin
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.people import a_person
from tests.web.test_browser_pages import look_at
from tests.web.touring import INTEGRATION, connect, headline

from rollkeeper.audit.services import record
from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.services import disconnect
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Association
from rollkeeper.directory.services import follow
from rollkeeper.engine.reconcile import follower_name

pytestmark = pytest.mark.slow

RECORD = "/settings/audit/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


def shot(visitor: Visitor, name: str) -> None:
    """Keep a picture of the page, when somebody says where."""
    if folder := os.environ.get("TEST_PICTURES"):
        width = visitor.page.viewport_size
        assert width
        path = Path(folder) / f"{name}-{width['width']}.png"
        visitor.page.screenshot(path=path, full_page=True)


def a_chamber_that_was_cut_off(state: ConnectionState) -> Association:
    chamber = an_association(name="Harbor Chamber")
    connection = a_connection(
        chamber,
        account_name="Harbor Chamber of Commerce and Industry",
        account_email="newsletters@harbor-chamber-of-commerce.example",
        connected_at=timezone.now() - timedelta(days=200),
        refreshed_at=timezone.now() - timedelta(days=170),
        pulled_at=timezone.now(),
    )
    with scope(association=chamber):
        follow(
            association_id=AssociationId(chamber.pk),
            name=follower_name(connection.pk),
        )
    a_list(chamber, *(a_contact(chamber) for _ in range(3)))
    if state == ConnectionState.RECONNECT_NEEDED:
        with scope(association=chamber):
            Connection.objects.update(state=state, state_reason="Access was revoked.")
    elif state == ConnectionState.DISCONNECTED:
        disconnect(connection_id=connection.pk, by="staff:maximiliane")
    return chamber


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("state", ConnectionState.values)
def test_each_state_says_what_it_means(
    transactional_db: None,
    live_server: LiveServer,
    browser: Browser,
    api_key: None,
    state: str,
    width: int,
) -> None:
    chamber = a_chamber_that_was_cut_off(ConnectionState(state))
    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(a_person(chamber))
        look_at(visitor, INTEGRATION)
        shot(visitor, state)
        text = visitor.page.locator("main").inner_text()
    told = {
        "connected": "The sign-in ends on",
        "reconnect_needed": "Nothing is lost.",
        "disconnected": "by maximiliane",
    }
    assert told[state] in text


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_record_reads_well(
    transactional_db: None, live_server: LiveServer, browser: Browser, width: int
) -> None:
    chamber = an_association()
    for number in range(60):
        record(
            association_id=chamber.pk,
            by="staff:maximiliane.wolfeschlegelsteinhausenbergerdorff@example",
            action="policy_changed" if number % 2 else "hold_approved",
            subject=f"list:{number}" if number % 2 else f"hold:{number}",
            details={
                "count": number,
                "fingerprint": "8f3a" * 16,
                "fields": ["first_name", "last_name"],
            },
        )
    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(a_person(chamber))
        look_at(visitor, RECORD)
        shot(visitor, "record")
        visitor.page.click("text=Older")
        visitor.page.wait_for_url("**before=*")
        assert visitor.page.locator("tbody tr").count() == 10
        look_at(visitor, f"{RECORD}?action=limit_changed")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_another_account_is_a_decision_that_is_explained(
    transactional_db: None,
    live_server: LiveServer,
    browser: Browser,
    twin: Twin,
    width: int,
) -> None:
    chamber = an_association(name="Harbor Chamber")
    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(a_person(chamber))
        connect(visitor)
        look_at(visitor, f"{INTEGRATION}disconnect")
        shot(visitor, "disconnect")
        visitor.page.click("main button:has-text('Disconnect')")
        visitor.page.wait_for_url(f"**{INTEGRATION}")
        assert headline(visitor.page) == "Disconnected from Constant Contact"
        twin.control("accounts", organization_name="Elsewhere Chamber")

        sign_in_at(visitor, "Elsewhere Chamber", press="Reconnect")
        visitor.page.wait_for_selector("h1:has-text('That is another account')")
        assert visitor.findings() == []
        assert visitor.overflow() <= 0
        shot(visitor, "another-account")
        sign_in_at(visitor, "Elsewhere Chamber", press="Forget", open_page=False)
        visitor.page.wait_for_url(f"**{INTEGRATION}")

        account = visitor.page.get_by_role("heading", name="Elsewhere Chamber")
        assert account.is_visible()


def sign_in_at(
    visitor: Visitor, account: str, *, press: str, open_page: bool = True
) -> None:
    page = visitor.page
    if open_page:
        visitor.open(INTEGRATION)
    page.click(f"main button:has-text('{press}')")
    page.select_option("select", label=account)
    page.click("button:has-text('Log in')")
    page.click("button:has-text('Allow')")
