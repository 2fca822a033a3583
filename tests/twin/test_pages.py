"""The pages, used in a real browser as a person uses them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from tests.twin.driving import OAUTH, Twin

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, twin: Twin) -> Iterator[Page]:
    """Return a page without scripts that complains about what the policy blocks."""
    context = browser.new_context(
        base_url=twin.url, viewport={"width": 1100, "height": 800}
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    yield page
    context.close()
    assert problems == []


def authorize_path() -> str:
    asked = {
        "client_id": "demo-key",
        "redirect_uri": "http://127.0.0.1:9/back",
        "response_type": "code",
        "scope": "contact_data account_read offline_access",
        "state": "a state",
    }
    return f"{OAUTH}/authorize?{urlencode(asked)}"


def findings(page: Page) -> list[Any]:
    result = Axe().run(page)
    return [(each["id"], each["nodes"]) for each in result.response["violations"]]


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    """Press a button or link and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).click()


def fill_account(twin: Twin) -> None:
    for number in range(12):
        twin.control(
            "hand_add",
            address=f"member{number:02}@a.example",
            first_name=f"Member {number}",
            company_name="Harbor Bakery",
            lists=["News"] if number % 2 else ["News", "Golf committee"],
        )
    twin.control("unsubscribe", address="member03@a.example", reason="Too many")
    twin.load("new@a.example", "no address", lists=[twin.new_list("Tennis")])


def test_a_person_logs_in_and_allows(page: Page) -> None:
    page.goto(authorize_path())
    assert findings(page) == []
    press(page, "button", "Log in")
    assert "Lakeside Chamber of Commerce" in page.content()
    assert findings(page) == []
    with page.expect_request("http://127.0.0.1:9/back*") as sent:
        page.get_by_role("button", name="Allow").click()
    assert "code=" in sent.value.url
    assert "state=a+state" in sent.value.url


def test_a_person_denies(page: Page) -> None:
    page.goto(authorize_path())
    press(page, "button", "Log in")
    with page.expect_request("http://127.0.0.1:9/back*") as sent:
        page.get_by_role("button", name="Deny").click()
    assert "error=access_denied" in sent.value.url


@pytest.mark.parametrize(
    "path", ["/", "/contacts", "/contacts?q=bakery", "/jobs", "/calls"]
)
def test_pages_have_no_findings(page: Page, twin: Twin, path: str) -> None:
    fill_account(twin)
    page.goto(path)
    assert findings(page) == []


@pytest.mark.parametrize("path", ["/", "/contacts", "/jobs", "/calls", "/activate"])
def test_empty_pages_have_no_findings(page: Page, path: str) -> None:
    page.goto(path)
    assert findings(page) == []


def test_staff_search_and_edit_a_contact(page: Page, twin: Twin) -> None:
    fill_account(twin)
    page.goto("/contacts")
    page.get_by_label("Address, name or company").fill("member07")
    press(page, "button", "Search")
    assert "1 found" in page.content()
    press(page, "link", "member07@a.example")
    assert findings(page) == []
    page.get_by_label("Last name").fill("Aster")
    press(page, "button", "Save")
    assert twin.person("member07@a.example")["last_name"] == "Aster"
    press(page, "button", "Delete this contact")
    assert twin.person("member07@a.example")["deleted"]


def test_the_person_leaves_a_list_unsubscribes_and_comes_back(
    page: Page, twin: Twin
) -> None:
    twin.control("hand_add", address="ann@a.example", lists=["News", "Golf"])
    page.goto("/contacts?q=ann")
    press(page, "link", "ann@a.example")
    page.get_by_label("List", exact=True).select_option(label="Golf")
    press(page, "button", "Leave this list")
    assert twin.person("ann@a.example")["lists"] == ["News"]
    page.get_by_label("Reason").fill("Too many mails")
    press(page, "button", "Unsubscribe")
    assert twin.person("ann@a.example")["permission_to_send"] == "unsubscribed"
    page.get_by_label("Lists to come back to").select_option(label="News")
    press(page, "button", "Subscribe again")
    assert twin.person("ann@a.example")["permission_to_send"] == "explicit"
    assert twin.person("ann@a.example")["lists"] == ["News"]


def test_what_cannot_be_done_by_hand_is_explained(page: Page, twin: Twin) -> None:
    twin.control("hand_add", address="ann@a.example", lists=["News"])
    twin.control("unsubscribe", address="ann@a.example")
    page.goto("/contacts?q=ann")
    press(page, "link", "ann@a.example")
    page.get_by_label("Lists", exact=True).select_option(label="News")
    press(page, "button", "Save")
    assert "cannot be put on lists" in page.get_by_role("alert").inner_text()
    assert findings(page) == []


def test_staff_add_a_contact(page: Page, twin: Twin) -> None:
    page.goto("/")
    page.get_by_label("Email address").fill("ann@a.example")
    page.get_by_label("First name").fill("Ann")
    press(page, "button", "Add this contact")
    assert twin.person("ann@a.example")["first_name"] == "Ann"


def test_one_account_is_chosen_among_several(page: Page, twin: Twin) -> None:
    twin.control("accounts", organization_name="Harbor Guild")
    twin.control("hand_add", address="ann@a.example", account="Harbor Guild")
    page.goto("/")
    page.get_by_label("Account", exact=True).select_option(label="Harbor Guild")
    press(page, "button", "Show")
    press(page, "link", "Contacts")
    assert "ann@a.example" in page.content()
    assert findings(page) == []


def test_a_device_is_allowed_on_its_page(page: Page, twin: Twin) -> None:
    asked = {"client_id": "device", "scope": "contact_data"}
    device = twin.http.post(f"{OAUTH}/device/authorize", data=asked).json()
    page.goto(device["verification_uri_complete"])
    press(page, "button", "Log in")
    press(page, "button", "Allow")
    assert "connected" in page.content()
    assert findings(page) == []


def test_no_page_allows_scripts_or_strangers(twin: Twin) -> None:
    twin.control("hand_add", address="ann@a.example", first_name="<script>x</script>")
    for path in ("/", "/contacts", "/jobs", "/calls", authorize_path(), "/activate"):
        answer = twin.http.get(path)
        assert answer.headers["content-security-policy"].startswith(
            "default-src 'none'"
        )
        assert "<script" not in answer.text


def test_a_missing_contact_or_account_gets_a_page(twin: Twin) -> None:
    assert twin.http.get("/contacts/nobody").status_code == 404
    assert twin.http.get("/?account=nobody").status_code == 404
    assert twin.http.post("/act", data={"act": "dance"}).status_code == 400
    nobodys = {"act": "delete", "account": "nobody", "address": "ann@a.example"}
    assert twin.http.post("/act", data=nobodys).status_code == 404
