"""The pages about people, and those of one's own account, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.builders import an_association
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.people import PASSWORD, a_person

from rollkeeper.directory.invitations import link_of
from rollkeeper.directory.models import Association, Role, Staff
from rollkeeper.directory.services import invite

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional_db")]

PAGES = (
    "/settings/",
    "/settings/users/",
    "/settings/users/{clerk}/remove",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
    "/accounts/password/change/",
    "/accounts/2fa/",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def chamber(transactional_db: None) -> Association:
    return an_association(name="Harbor Chamber")


def clerk_of(chamber: Association) -> Staff:
    clerk = a_person(chamber, role=Role.OPERATOR)
    with scope(association=chamber):
        return Staff.objects.get(user=clerk)


def invited(chamber: Association, live_server: LiveServer) -> str:
    """Return where the link leads."""
    with scope(association=chamber):
        made = invite(
            association_id=chamber.pk,  # type: ignore[arg-type]  # a number
            address="newcomer@chamber.example",
            role=Role.APPROVER,
            by="test",
        )
    return "/accounts/" + link_of(made).partition("/accounts/")[2]


def look_at(visitor: Visitor, path: str) -> None:
    visitor.open(path)
    assert visitor.findings() == []
    assert visitor.overflow() <= 0, path


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_each_page_reads_well(
    chamber: Association, live_server: LiveServer, browser: Browser, width: int
) -> None:
    clerk, joining = clerk_of(chamber), invited(chamber, live_server)

    with visiting(browser, live_server.url, width=width) as visitor:
        look_at(visitor, joining)
        visitor.sign_in(a_person(chamber))
        for path in PAGES:
            look_at(visitor, path.format(clerk=clerk.pk))
        assert visitor.complaints == []


def test_somebody_is_invited_joins_and_finds_the_way_in(
    chamber: Association, live_server: LiveServer, browser: Browser
) -> None:
    with visiting(browser, live_server.url) as pat:
        pat.sign_in(a_person(chamber))
        pat.open("/settings/users/")
        pat.page.fill("#address", "newcomer@chamber.example")
        pat.page.select_option("#invite-role", "viewer")
        pat.page.click("button:has-text('Invite')")
        link = pat.page.input_value("[id^=link-]")

    with visiting(browser, live_server.url) as newcomer:
        page = newcomer.page
        newcomer.open("/accounts/" + link.partition("/accounts/")[2])
        page.fill("#id_username", "newcomer")
        page.fill("#id_password", PASSWORD)
        page.click("button:has-text('Join')")
        page.fill("#id_login", "newcomer")
        page.fill("#id_password", PASSWORD)
        page.click("button:has-text('Sign in')")
        page.wait_for_selector("#standing")

        assert page.locator(".spine >> text=Users").count() == 0
        newcomer.open("/settings/users/")
        assert "Only administrators may look after the users" in page.inner_text("main")
