"""Exporting in a real browser: ticks over pages, with the mouse, then by keyboard."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page
from pytest_django.live_server_helper import LiveServer
from tests.builders import a_contact, a_list, an_association, on_list
from tests.web.browsing import DESK, PHONE, Visitor, a_browser, visiting
from tests.web.people import a_person

from rollkeeper.directory.models import Association, ContactList, Role

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def news(transactional_db: None) -> ContactList:
    """Thirty people are on it; the last may not be mailed."""
    chamber = an_association(name="Harbor Chamber")
    people = [
        a_contact(chamber, last_name=f"Lark {n:02}", address=f"p{n:02}@x.example")
        for n in range(29)
    ]
    news = a_list(chamber, *people, name="Événements & “Networking”")
    stopped = a_contact(
        chamber,
        first_name="Maximiliane-Alexandrina",
        last_name="Zwolfeschlegelsteinhausenbergerdorff",
        address="z@x.example",
        do_not_contact=True,
    )
    on_list(stopped, news)
    return news


@pytest.fixture
def visitor(
    news: ContactList, live_server: LiveServer, browser: Browser
) -> Iterator[Visitor]:
    with visiting(browser, live_server.url) as visitor:
        visitor.sign_in(a_person(news.association, role=Role.OPERATOR))
        yield visitor
        assert visitor.complaints == []


def emails(download: Download) -> list[str]:
    with Path(download.path()).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        column = (reader.fieldnames or [""])[0]
        return [row[column] for row in reader]


def tick(page: Page, name: str) -> None:
    """Tick somebody, and wait until that is kept."""
    with page.expect_response("**/contacts/ticks"):
        page.check(f"[aria-label='Tick {name}']")


def test_people_ticked_on_two_pages_become_a_file(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/contacts/")
    tick(page, "Ann Lark 00")
    tick(page, "Ann Lark 01")
    page.wait_for_selector("text=2 contacts ticked")
    page.click("a:has-text('Next')")
    tick(page, "Ann Lark 28")
    tick(page, "Maximiliane-Alexandrina Zwolfeschlegelsteinhausenbergerdorff")
    page.wait_for_selector("text=4 contacts ticked")
    page.click("a:has-text('Previous')")
    assert page.is_checked("[aria-label='Tick Ann Lark 00']")

    page.click("button:has-text('Export those ticked')")
    page.wait_for_selector("h1:text-is('Export those ticked')")
    with page.expect_download() as file:
        page.click("button:has-text('Download the file')")
    with page.expect_download() as second:
        page.click("button:has-text('Download who is left out')")

    assert file.value.suggested_filename == "contacts-constant-contact.csv"
    assert emails(file.value) == [f"p{n}@x.example" for n in ("00", "01", "28")]
    assert second.value.suggested_filename == "contacts-left-out.csv"


def test_a_list_is_exported_with_the_keyboard_alone(
    visitor: Visitor, news: ContactList
) -> None:
    page = visitor.page
    visitor.open(f"/lists/{news.pk}/")
    page.focus("a:has-text('Export')")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Export Événements')")
    page.focus("#format-constant_contact")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("#format-mailchimp")
    page.keyboard.press("Tab")

    with page.expect_download() as file:
        page.keyboard.press("Enter")

    assert file.value.suggested_filename == "evenements-networking-mailchimp.csv"
    assert emails(file.value) == [f"p{n:02}@x.example" for n in range(29)]


def test_ticks_outlive_a_search_and_what_it_finds_can_be_exported(
    visitor: Visitor,
) -> None:
    page = visitor.page
    visitor.open("/contacts/")
    tick(page, "Ann Lark 00")
    page.locator("#id_q").press_sequentially("p2", delay=20)
    page.wait_for_selector("a:has-text('Export all 9 that match')")
    assert page.locator("text=1 contact ticked").count() == 1
    tick(page, "Ann Lark 20")
    page.wait_for_selector("text=2 contacts ticked")

    page.click("a:has-text('Export all 9 that match')")
    with page.expect_download() as file:
        page.click("button:has-text('Download the file')")

    assert emails(file.value) == [f"p{n}@x.example" for n in range(20, 29)]


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_pages_of_an_export_work_for_everybody(
    news: ContactList, live_server: LiveServer, browser: Browser, width: int
) -> None:
    chamber: Association = news.association
    with visiting(browser, live_server.url, width=width) as visitor:
        visitor.sign_in(a_person(chamber))
        for path in (
            "/contacts/",
            "/contacts/?q=p2",
            f"/contacts/export?of=list&list={news.pk}",
            "/contacts/export?of=matching",
            "/contacts/export?of=ticked",
            f"/lists/{news.pk}/",
        ):
            visitor.open(path)
            assert visitor.findings() == [], path
            assert visitor.overflow() <= 0, path
        visitor.open("/contacts/export?of=matching&q=zwolfe")
        visitor.page.click("button:has-text('Download the file')")
        visitor.page.wait_for_selector("text=There is nothing to import.")
        assert visitor.findings() == []
        assert visitor.complaints == []
