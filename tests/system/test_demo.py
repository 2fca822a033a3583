"""`rollkeeper demo` as a new user meets it: in a browser, up to true lists."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.system.demo import (
    Demo,
    connect,
    lists_over_there,
    over_there,
    sign_in,
    start,
)
from tests.system.house import Files, wait_until
from tests.web.browsing import a_browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = start(tmp_path_factory.mktemp("demo"))
    yield demo
    if demo.process.poll() is None:
        demo.end()


def test_a_new_user_gets_true_lists_and_keeps_them(demo: Demo) -> None:
    with a_browser() as browser:
        page = browser.new_page()
        sign_in(demo, page)
        connect(demo, page)
        page.get_by_role("button", name="Sync", exact=True).click()
        expected = Files.read(demo.home / "sample").expected()
        wait_until(lambda: lists_over_there(demo) == expected)
        stop_somebody(demo, page)
    assert demo.end() == 0
    ended_with_everything(demo)


def stop_somebody(demo: Demo, page: Page) -> None:
    """Set Do Not Contact on the page; it is gone over there, first, from every list."""
    mailbox = sorted(set().union(*lists_over_there(demo).values()))[0]
    page.goto(f"{demo.value('Rollkeeper')}/contacts/?q={mailbox}")
    page.locator("tbody a").first.click()
    page.get_by_role("switch", name="Do Not Contact").click()
    wait_until(lambda: not any(mailbox in on for on in lists_over_there(demo).values()))
    contacts = over_there(demo)["contacts"]
    assert next(one for one in contacts if one["address"] == mailbox)["deleted"]


def ended_with_everything(demo: Demo) -> None:
    """No process of the demo is left, and its database is shut down."""
    left = subprocess.run(
        ["pgrep", "-f", str(demo.home)], capture_output=True, text=True, check=False
    )
    assert left.stdout == ""
    assert not (demo.home / "postgres" / "postmaster.pid").exists()
