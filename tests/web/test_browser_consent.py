"""No Mass Emails in a real browser: seen, noted, and asked about once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from attrs import frozen
from django_scopes import scope
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.builders import a_connection, a_contact, a_list, an_association, on_list
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.people import a_person
from tests.web.test_lists import an_audience

from rollkeeper.consent.models import Kind, Suppression
from rollkeeper.core.views import Permission
from rollkeeper.directory.models import Association, Contact, ContactList, Role
from rollkeeper.ledger.models import (
    RemoteContact,
    ResubscribeRequest,
    ResubscribeState,
)

pytestmark = pytest.mark.slow

ANN = "ann.catherine.oakenshield-featherstonehaugh@harbor-and-lights.example"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@frozen
class Harbor:
    """Ann unsubscribed from everything, and left one list before that."""

    chamber: Association
    ann: Contact
    news: ContactList

    def request(self) -> ResubscribeRequest:
        with scope(association=self.chamber):
            row: ResubscribeRequest = ResubscribeRequest.objects.get()
        return row


@pytest.fixture
def harbor(transactional_db: None) -> Harbor:
    chamber = an_association(name="Harbor Chamber")
    connection = a_connection(chamber, connected_at=datetime.now(UTC))
    ann = a_contact(chamber, first_name="Ann", last_name="Oak", address=ANN)
    housemate = a_contact(chamber, last_name="Sharing", address=ANN)
    others = [a_contact(chamber, last_name=f"Elm{number}") for number in range(3)]
    news = a_list(chamber, ann, *others, name="Weekly news of the harbor")
    on_list(housemate, news)
    golf = a_list(chamber, ann, name="Golf")
    on_list(others[0], golf, no_mass_email=True)
    with scope(association=chamber):
        for kind, list_id in ((Kind.UNSUBSCRIBED, None), (Kind.LEFT_LIST, golf.pk)):
            Suppression.objects.create(
                association=chamber,
                mailbox=ANN,
                contact_id=ann.pk,
                kind=kind,
                list_id=list_id,
                provider="constant_contact",
                happened_at=datetime(2026, 5, 3, 18, tzinfo=UTC),
                source="opt-out pull",
                evidence={"by_person": True, "reason": "Too many mails for me."},
                actor="rule:opt-out pull",
            )
        RemoteContact.objects.create(
            association=chamber,
            connection=connection,
            mailbox=ANN,
            provider_id="c-1",
            permission=Permission.UNSUBSCRIBED,
            seen_at=datetime(2026, 5, 4, tzinfo=UTC),
        )
        for row in (news, golf):
            an_audience(connection, row)
    return Harbor(chamber, ann, news)


def sound(visitor: Visitor, where: str) -> None:
    assert visitor.findings() == [], where
    assert visitor.overflow() <= 0, where
    assert visitor.complaints == [], where


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_pages_that_show_it_work_for_everybody(
    live_server: LiveServer, browser: Browser, harbor: Harbor, width: int
) -> None:
    pages = (
        f"/contacts/{harbor.ann.pk}/",
        f"/contacts/{harbor.ann.pk}/resubscribe",
        f"/lists/{harbor.news.pk}/",
        f"/lists/{harbor.news.pk}/?no_mass_emails=1",
        "/contacts/?mail=no_mass_emails",
    )
    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(a_person(harbor.chamber))
        for path in pages:
            visitor.open(path)
            sound(visitor, path)
        visitor.open(pages[0])
        visitor.page.click("summary:has-text('They asked us not to mail them')")
        sound(visitor, "the form")


def test_staff_note_what_they_were_told(
    live_server: LiveServer, browser: Browser, harbor: Harbor
) -> None:
    with visiting(browser, live_server.url) as visitor:
        visitor.sign_in(a_person(harbor.chamber, role=Role.OPERATOR))
        visitor.open(f"/contacts/{harbor.ann.pk}/")
        visitor.page.click("summary:has-text('They asked us not to mail them')")
        visitor.page.fill("#id_because", "Said so at the counter.")
        visitor.page.click("button:has-text('Note it for good')")

        visitor.page.wait_for_selector("text=Only the person can lift it")
        visitor.page.wait_for_selector("text=“Said so at the counter.”")
        sound(visitor, "noted")


def test_an_administrator_asks_once_by_keyboard_alone(
    live_server: LiveServer, browser: Browser, harbor: Harbor
) -> None:
    with visiting(browser, live_server.url) as visitor:
        visitor.sign_in(a_person(harbor.chamber))
        visitor.open(f"/contacts/{harbor.ann.pk}/")
        visitor.page.press("text=Ask them to subscribe again", "Enter")
        visitor.page.wait_for_selector("text=This can be done once, ever.")
        assert visitor.page.locator("main li:has-text('Golf')").count() == 0
        visitor.page.press("button:has-text('Ask this once')", "Enter")

        visitor.page.wait_for_selector("text=is on its way")
        assert visitor.page.locator("text=Ask them to subscribe again").count() == 0
        sound(visitor, "asked")
    assert harbor.request().state == ResubscribeState.ASKED
    assert harbor.request().list_names == ["Weekly news of the harbor"]
