"""What a member of staff does with the pages, in their own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from attrs import define
from playwright.sync_api import Download, Error, Locator, Page, expect
from tests.journeys.hands import Hands
from tests.system.house import wait_until

MILLISECONDS_OF_PATIENCE = 60_000
"""Only ends a hopeless wait; whatever is waited for comes when it comes."""

BUTTONS = ("button", "switch")
PARTS = ("row", "listitem", "region", "form", "group")
FIELDS = ("textbox", "searchbox", "spinbutton", "combobox")


@define
class Staff:
    """Somebody at a screen. *hands* are a mouse or a keyboard."""

    hands: Hands
    base: str

    @property
    def page(self) -> Page:
        return self.hands.page

    def comes_to(self, path: str) -> None:
        """Type an address, or follow a bookmark."""
        self.page.goto(self.base + path)

    def signs_in(self, name: str, password: str) -> None:
        self.comes_to("/")
        self.types(name, into="User name or e-mail address")
        self.types(password, into="Password")
        self.presses("Sign in")
        self.sees("Signed in as")

    def opens(self, entry: str) -> None:
        """Choose from the menu, whatever number stands beside the entry."""
        menu = self.page.get_by_role("navigation", name="Main")
        called = re.compile(rf"^{re.escape(entry)}( \d+ open)?$")
        self._works(menu.get_by_role("link", name=called))

    def presses(self, name: str, *, of: str = "") -> None:
        """Work the button or the switch that is called *name*.

        With *of* it is that in the row, the entry or the part that says so.
        """
        self._works(self._called(name, BUTTONS, of))

    def follows(self, words: str) -> None:
        """Work the first link of the page, not of the menu, that has these words."""
        page = self.page.get_by_role("main")
        self._works(page.get_by_role("link", name=words).first)

    def unfolds(self, words: str) -> None:
        self._works(self.page.locator("summary").filter(has_text=words))

    def types(self, text: str, *, into: str) -> None:
        self.hands.write(self._called(into, FIELDS, exact=False), text)

    def ticks(self, name: str) -> None:
        box = self._called(name, ("checkbox", "radio"), exact=False)
        expect(box).not_to_be_checked()
        self.hands.tick(box)
        expect(box).to_be_checked()

    def clears(self, name: str) -> None:
        box = self._called(name, ("checkbox",), exact=False)
        expect(box).to_be_checked()
        self.hands.tick(box)
        expect(box).not_to_be_checked()

    def chooses(self, option: str, *, of: str) -> None:
        self.hands.choose(self._called(of, ("combobox",), exact=False), option)

    def hands_over(self, *files: Path, to: str) -> None:
        self.hands.hand_over(self.page.get_by_label(to), list(files))

    def downloads(self, name: str) -> Download:
        """Take what a button, or else a link, has the browser keep as a file."""
        act = self.presses if self._called(name, BUTTONS).count() else self.follows
        with self.page.expect_download() as file:
            act(name)
        return file.value

    def sees(self, words: str) -> None:
        """The page says so, or comes to say so by itself."""
        seen = self.page.get_by_text(words).filter(visible=True).first
        expect(seen).to_be_visible(timeout=MILLISECONDS_OF_PATIENCE)

    def sees_no_more(self, words: str) -> None:
        seen = self.page.get_by_text(words).filter(visible=True)
        expect(seen).to_have_count(0, timeout=MILLISECONDS_OF_PATIENCE)

    def waits_to_see(self, words: str) -> None:
        """Load the page again and again until it says so."""
        self._reloads_until(
            lambda: self.page.get_by_text(words).filter(visible=True).count() > 0
        )

    def _reloads_until(self, condition: Callable[[], bool]) -> None:
        def looks() -> bool:
            try:
                self.page.reload()
            except Error:  # what was pressed just now leads away at this moment
                return False
            return condition()

        if not condition():
            wait_until(looks, seconds=60)

    def reads(self, part: str) -> str:
        """Return what the part of the page under this heading says."""
        return self.page.get_by_role("region", name=part).inner_text()

    def _works(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=MILLISECONDS_OF_PATIENCE)
        expect(target).to_be_enabled()
        self.hands.press(target)

    def _called(
        self, name: str, roles: tuple[str, ...], of: str = "", *, exact: bool = True
    ) -> Locator:
        target = self._of_roles(roles, name=name, exact=exact)
        if not of:
            return target
        parts = self._of_roles(PARTS).filter(has_text=of).filter(has=target)
        return parts.last.locator(target)  # the innermost

    def _of_roles(self, roles: tuple[str, ...], **also: Any) -> Locator:
        first, *others = (
            self.page.get_by_role(role, **also)  # type: ignore[arg-type]  # any string
            for role in roles
        )
        return reduce(Locator.or_, others, first)
