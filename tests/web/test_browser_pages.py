"""Every page in a real browser, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.builders import (
    a_connection,
    a_contact,
    a_list,
    a_member,
    a_type,
    an_association,
    on_list,
)
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.holding import Desk
from tests.web.people import a_person

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Association, ContactList, Role
from rollkeeper.engine.noticing.looking import look_often
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.ledger.models import (
    Outcome,
    OutcomeKind,
    RemoteContact,
    Run,
    RunKind,
    RunState,
)
from rollkeeper.notices.models import Message

pytestmark = pytest.mark.slow

INTEGRATION = "/settings/integrations/constant_contact/"

PAGES = (
    "/",
    "/contacts/",
    "/contacts/?q=nobody+like+that",
    "/contacts/{contact}/",
    "/contacts/{contact}/edit",
    "/contacts/{contact}/delete",
    "/lists/",
    "/lists/synch/",
    "/lists/synch/?all=1",
    "/lists/{list}/",
    "/lists/{list}/policy",
    "/lists/{list}/policy/trial?preset=replace",
    "/audiences/{audience}/",
    "/audiences/{audience}/preview",
    "/audiences/{audience}/people/away-disabled_in_list/",
    "/audiences/{audience}/people/away-waiting/?q=nobody",
    "/waiting/",
    "/waiting/{hold}/",
    "/settings/newsletter/",
    "/settings/limits/",
    "/settings/audit/",
    "/settings/audit/?action=limit_changed&since=2026-01-01",
    f"{INTEGRATION}disconnect",
    "/notices/",
    "/settings/notices/",
    "/communications/",
    "/communications/?q=nothing+like+that",
    "/communications/{message}/",
    "/runs/{run}/",
    INTEGRATION,
    f"{INTEGRATION}preview",
    f"{INTEGRATION}exceptions",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/logout/",
)
EMPTY_PAGES = (
    "/",
    "/contacts/",
    "/members/",
    "/lists/",
    "/lists/synch/",
    "/waiting/",
    "/settings/newsletter/",
    "/settings/limits/",
    "/notices/",
    "/settings/notices/",
    "/communications/",
    INTEGRATION,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


LONG_ADDRESSES = [
    "gone@x.example",
    "maximiliane.alexandrina.wolfeschlegelsteinhausenbergerdorff@x.example",
]


def a_busy_chamber() -> tuple[Association, dict[str, Any]]:
    """A chamber with something on every page, awkward names among it."""
    chamber = an_association(name="Chamber of Commerce of Saint-Barthélemy-le-Plain")
    connection = a_connection(
        chamber,
        account_email="a-very-long-address-for-newsletters@chamber-of-commerce.example",
        connected_at=timezone.now(),
        compared_at=timezone.now(),
    )
    member = a_member(
        chamber,
        name="Donaudampfschifffahrtsgesellschaft & Söhne",
        membership_type=a_type(chamber, name="Gold & “Friends”"),
    )
    contact = a_contact(
        chamber,
        member=member,
        first_name="Maximiliane-Alexandrina",
        last_name="Wolfeschlegelsteinhausenbergerdorff",
        company="Donaudampfschifffahrtsgesellschaft & Söhne",
        address="maximiliane.alexandrina.wolfeschlegelsteinhausenbergerdorff@x.example",
    )
    made = a_list(chamber, contact, name="Événements & “Networking”", kind="committee")
    on_list(a_contact(chamber, address="broken"), made, status="disabled")
    a_list(chamber, name="Off", sync=False)
    desk = Desk(connection)
    hold = desk.hold(desk.audience(made), LONG_ADDRESSES, of=2, limit=0)
    with scope(association=chamber):
        for days in range(3):
            Run.objects.create(
                association=chamber,
                connection=connection,
                kind=RunKind.CHANGES,
                by="rule:change",
                state=RunState.DONE,
                started_at=timezone.now() - timedelta(days=days),
                finished_at=timezone.now(),
                counts={"add": 5 * days, "remove": days},
            )
        Outcome.objects.create(
            association=chamber,
            connection=connection,
            mailbox="odd@x.example",
            kind=OutcomeKind.REFUSED,
            message="The address is on a list of roles.",
        )
        Suppression.objects.create(
            association=chamber,
            mailbox="gone@x.example",
            contact_id=contact.pk,
            kind=Kind.UNSUBSCRIBED,
            provider="constant_contact",
            source="opt-out pull",
            actor="rule:pull",
        )
    return chamber, {
        "message": a_message(chamber).pk,
        "contact": contact.pk,
        "member": member.pk,
        "list": made.pk,
        "hold": hold.pk,
        "audience": hold.audience_id,
        "run": desk.place().run.pk,
    }


def a_message(chamber: Association) -> Message:
    """What is said of the hold, to nobody: staff come later."""
    look_often(now=timezone.now())
    tell(now=timezone.now())
    with scope(association=chamber):
        message: Message = Message.objects.latest("pk")
    return message


def look_at(visitor: Visitor, path: str) -> None:
    """Open a page and let the browser, and the accessibility check, complain."""
    visitor.open(path)
    assert visitor.findings() == [], path
    assert visitor.overflow() <= 0, path
    assert visitor.complaints == [], path


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_every_page_works_for_everybody_and_breaks_no_policy(
    transactional_db: None, live_server: LiveServer, browser: Browser, width: int
) -> None:
    chamber, ids = a_busy_chamber()
    person = a_person(chamber)

    with visiting(browser, live_server.url, width=width) as visitor:
        look_at(visitor, "/accounts/login/")
        visitor.sign_in(person)
        for path in PAGES:
            look_at(visitor, path.format(**ids))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_pages_of_an_empty_chamber_do_too(
    transactional_db: None,
    live_server: LiveServer,
    browser: Browser,
    api_key: None,
    width: int,
) -> None:
    person = a_person(an_association())

    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(person)
        for path in EMPTY_PAGES:
            look_at(visitor, path)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_pages_of_a_bulk_change_and_of_asking_somebody_back_do_too(
    transactional_db: None, live_server: LiveServer, browser: Browser, width: int
) -> None:
    chamber, ids = a_busy_chamber()
    gone = a_contact(chamber, address="gone@x.example", last_name="Gone")
    with scope(association=chamber):
        on_list(gone, ContactList.objects.get(pk=ids["list"]))
        RemoteContact.objects.create(
            association=chamber,
            connection=Connection.objects.get(),
            mailbox="gone@x.example",
            provider_id="there-1",
            permission=Permission.UNSUBSCRIBED,
            seen_at=timezone.now(),
        )
    a_member(chamber, name="Donau")
    bulk = "/contacts/change?of=matching&q=gone"
    put_on = f"{bulk}&act=put_on&onto={ids['list']}"

    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(a_person(chamber))
        for path, heading in (
            (bulk, "Change 1 contact"),
            (f"{bulk}&act=member&whose=donau", "Change 1 contact"),
            (f"{bulk}&act=stop", "Set Do Not Contact"),
            (put_on, "Put on a list"),
            (f"/contacts/{gone.pk}/resubscribe", "Ask "),
        ):
            look_at(visitor, path)
            assert heading in visitor.page.locator("h1").inner_text()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_trouble_reads_well_too(
    transactional_db: None, live_server: LiveServer, browser: Browser, width: int
) -> None:
    chamber = an_association()
    a_list(chamber)
    a_connection(
        chamber,
        state=ConnectionState.RECONNECT_NEEDED,
        state_reason="Access was revoked.",
    )
    person = a_person(chamber, role=Role.OPERATOR)

    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(person)
        for path in ("/", INTEGRATION):
            look_at(visitor, path)
        visitor.open("/contacts/999/")
        assert visitor.findings() == []


@pytest.fixture
def visitor(
    transactional_db: None, live_server: LiveServer, browser: Browser
) -> Iterator[Visitor]:
    """Somebody of a busy chamber, signed in at a desk."""
    person = a_person(a_busy_chamber()[0])
    with visiting(browser, live_server.url) as visitor:
        visitor.sign_in(person)
        yield visitor


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(
    visitor: Visitor,
) -> None:
    visitor.open("/contacts/")
    visitor.page.keyboard.press("Tab")

    focused = visitor.page.locator(":focus")
    assert focused.inner_text() == "Skip to content"
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    focused = visitor.page.locator(":focus")
    assert focused.evaluate("e => document.getElementById('main').contains(e)")
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_results_change_while_one_types(visitor: Visitor) -> None:
    visitor.open("/contacts/")
    visitor.page.locator("#id_q").press_sequentially("wolfe", delay=20)

    visitor.page.wait_for_selector("h2:text-is('1 contact')")
    assert "?q=wolfe&" in visitor.page.url
    assert visitor.page.locator("#id_q").evaluate("e => e === document.activeElement")


def test_a_part_that_cannot_be_fetched_is_said(visitor: Visitor) -> None:
    visitor.open("/contacts/")
    visitor.page.route("**/contacts/?*", lambda route: route.abort())
    assert visitor.page.locator("#trouble").is_hidden()

    visitor.page.locator("#id_q").press_sequentially("x")
    visitor.page.wait_for_selector("#trouble", state="visible")

    visitor.page.unroute("**/contacts/?*")
    visitor.page.locator("#id_q").press_sequentially("y")
    visitor.page.wait_for_selector("#trouble", state="hidden")


def test_on_a_phone_the_menu_opens_and_closes(
    visitor: Visitor,
) -> None:
    visitor.page.set_viewport_size({"width": PHONE, "height": 844})
    visitor.open("/")
    menu = visitor.page.locator("#menu")
    assert not menu.is_visible()

    visitor.page.click("[aria-label='Open menu']")
    assert menu.is_visible()
    assert visitor.findings() == []
    visitor.page.keyboard.press("Escape")
    assert not menu.is_visible()

    visitor.page.click("[aria-label='Open menu']")
    visitor.page.click("#menu >> text=Lists")
    visitor.page.wait_for_url("**/lists/")


def test_enter_saves_the_switches_and_starts_no_sync(visitor: Visitor) -> None:
    visitor.open("/lists/synch/?all=1")
    page = visitor.page
    assert page.locator("button:has-text('Sync Now')").count() == 1

    page.check("[aria-label='Synchronize Off']")
    page.press("[aria-label='Synchronize Off']", "Enter")

    page.wait_for_selector("text=Saved: 1 list switched on")
    page.click("button:has-text('Sync Now') >> nth=0")
    page.wait_for_selector("text=In line, and begins")
