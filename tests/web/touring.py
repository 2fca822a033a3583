"""What somebody does in a browser beside a twin of the provider."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from django_scopes import scopes_disabled
from playwright.sync_api import Page
from tests.connections.twin import Twin
from tests.web.browsing import Visitor

from rollkeeper.engine import due
from rollkeeper.jobs import tasks

INTEGRATION = "/settings/integrations/constant_contact/"


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


def tab_to(page: Page, words: str) -> None:
    """Press Tab until something that is called so has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).innerText"
        )
        if words in name:
            return
    pytest.fail(f"Tab never came to {words}")
