"""A real browser that signs in, looks, and complains."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from attrs import Factory, define
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from tests.web.people import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK, PHONE = 1280, 390
"""Widths that every page has to work at."""


@contextmanager
def a_browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    # Playwright's loop makes Django believe that we are asynchronous. We are not.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS
            )
            yield browser
            browser.close()
            # Beside a loop Django connects once more; afterwards nobody sees that.
            connections.close_all()
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@define
class Visitor:
    """Somebody at a screen, and what the browser had to complain of."""

    page: Page
    base: str
    complaints: list[str] = Factory(list)

    def note(self, message: ConsoleMessage) -> None:
        """Keep what is complained of in our own pages; the provider has others."""
        ours = message.location["url"].startswith(self.base)
        if ours and message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def sign_in(self, person: User) -> None:
        self.open("/accounts/login/")
        self.page.fill("#id_login", person.get_username())
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button:has-text('Sign in')")
        self.page.wait_for_selector("#standing")

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)
        self.page.evaluate("document.fonts.ready")

    def findings(self) -> list[str]:
        """Return what an accessibility check finds on the page, by day and by night."""
        return [*self._findings("dark"), *self._findings("light")]

    def _findings(self, scheme: Literal["light", "dark"]) -> list[str]:
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        violations = Axe().run(self.page).response["violations"]
        return [
            f"{scheme}: {one['id']}: {node['html']}"
            for one in violations
            for node in one["nodes"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert self.page.viewport_size
        return int(width - self.page.viewport_size["width"])


TELL_OF_VIOLATIONS = """document.addEventListener('securitypolicyviolation', event =>
    violated(`${event.effectiveDirective} forbids ${event.blockedURI}`));"""


@contextmanager
def visiting(browser: Browser, base: str, *, width: int = DESK) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": width, "height": 900})
    visitor = Visitor(context.new_page(), base)
    visitor.page.on("console", lambda message: visitor.note(message))
    context.expose_binding("violated", lambda _, what: visitor.complaints.append(what))
    context.add_init_script(TELL_OF_VIOLATIONS)
    try:
        yield visitor
    finally:
        context.close()
