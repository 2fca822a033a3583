"""The pages about people, and those of one's own account, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
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
    "/accounts/",
    "/settings/",
    "/settings/users/",
    "/settings/users/{clerk}/remove",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
    "/accounts/password/change/",
    "/accounts/2fa/",
)

DOORS = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-no-such-key/",
    "/accounts/password/reset/key/done/",
    "/accounts/invitation/no-such-token/",
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


def code_of(secret: str) -> str:
    """Return what an app on a telephone shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def sign_in_as_far_as_the_second_step(visitor: Visitor, person: User) -> None:
    visitor.open("/accounts/login/")
    visitor.page.fill("#id_login", person.get_username())
    visitor.page.fill("#id_password", PASSWORD)
    visitor.page.click("button:has-text('Sign in')")
    visitor.page.wait_for_selector("#id_code")


def reads_well(visitor: Visitor) -> None:
    """Look at where the browser is now, whatever led there."""
    assert visitor.findings() == []
    assert visitor.overflow() <= 0, visitor.page.url


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_two_steps_are_set_up_used_and_turned_off_on_pages_that_read_well(
    chamber: Association, live_server: LiveServer, browser: Browser, width: int
) -> None:
    pat = a_person(chamber)
    with visiting(browser, live_server.url, width=width) as visitor:
        page = visitor.page
        visitor.sign_in(pat)
        look_at(visitor, "/accounts/2fa/totp/activate/")
        page.fill("#id_password", PASSWORD)
        page.click("button:has-text('Go on')")
        page.wait_for_selector("#id_code")
        reads_well(visitor)
        page.fill("#id_code", "no code")
        page.click("button:has-text('Turn it on')")
        page.wait_for_selector("text=That is not the code")
        reads_well(visitor)
        page.fill("#id_code", code_of(page.locator("main code").inner_text()))
        page.click("button:has-text('Turn it on')")
        page.wait_for_selector("h1:has-text('Codes on paper')")
        reads_well(visitor)
        on_paper = page.locator("main code").first.inner_text()
        for path in ("/accounts/2fa/", "/accounts/2fa/recovery-codes/generate/"):
            look_at(visitor, path)

        page.context.clear_cookies()
        sign_in_as_far_as_the_second_step(visitor, pat)
        reads_well(visitor)
        page.fill("#id_code", "no code")
        page.click("button:has-text('Sign in')")
        page.wait_for_selector("text=That is not the code")
        reads_well(visitor)
        page.fill("#id_code", on_paper)
        page.click("button:has-text('Sign in')")
        page.wait_for_selector("#standing")

        look_at(visitor, "/accounts/2fa/reauthenticate/")
        look_at(visitor, "/accounts/2fa/totp/deactivate/")
        page.fill("#id_password", PASSWORD)
        page.click("button:has-text('Go on')")
        page.wait_for_selector("button:has-text('Turn it off')")
        reads_well(visitor)
        page.click("button:has-text('Turn it off')")
        page.wait_for_selector("text=Two-step sign-in is off.")
        reads_well(visitor)
        assert visitor.complaints == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_doors_read_well_too(
    chamber: Association, live_server: LiveServer, browser: Browser, width: int
) -> None:
    stranger, viewer = a_person(), a_person(chamber, role=Role.VIEWER)
    joining = invited(chamber, live_server)
    with visiting(browser, live_server.url, width=width) as visitor:
        for path in DOORS:
            look_at(visitor, path)
        visitor.open("/accounts/login/")
        visitor.page.fill("#id_login", viewer.get_username())
        visitor.page.fill("#id_password", "a wrong one")
        visitor.page.click("button:has-text('Sign in')")
        visitor.page.wait_for_selector("text=do not belong together")
        reads_well(visitor)
        visitor.sign_in(viewer)
        for path in (joining, "/settings/users/", "/settings/limits/", "/no/such/page"):
            look_at(visitor, path)

    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.page.goto(visitor.base + "/accounts/login/")
        visitor.page.fill("#id_login", stranger.get_username())
        visitor.page.fill("#id_password", PASSWORD)
        visitor.page.click("button:has-text('Sign in')")
        visitor.page.wait_for_selector("text=You work for no association yet")
        reads_well(visitor)
        for path in ("/accounts/", "/accounts/2fa/", "/accounts/logout/"):
            look_at(visitor, path)


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
