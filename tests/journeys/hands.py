"""Two ways to work a page: with a mouse, or with the keyboard and nothing else.

Both take elements found by role and name, as somebody who cannot see finds them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from attrs import define, field
from playwright.sync_api import ElementHandle, Locator, Page, TimeoutError

FOCUSED = "document.activeElement"
IS_FOCUSED = f"element => element === {FOCUSED}"
NOTHING_HAS_FOCUS = f"[null, document.body].includes({FOCUSED})"
WHICH_PAGE = "performance.timeOrigin"
IS_SHOWN = """() => {
    const focused = document.activeElement;
    const style = getComputedStyle(focused);
    const box = focused.getBoundingClientRect();
    const marked = style.outlineStyle === 'auto'
        || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const within = box.bottom > 0 && box.right > 0
        && box.top < innerHeight && box.left < innerWidth;
    return marked && within && box.width > 0 && box.height > 0;
}"""
SAME_GROUP = """element => element.type === 'radio'
    && document.activeElement.type === 'radio'
    && document.activeElement.name === element.name
    && document.activeElement.form === element.form"""
DESCRIBED = f"() => {FOCUSED}.outerHTML.slice(0, 200)"


class Hands(Protocol):
    page: Page

    def press(self, target: Locator) -> None:
        """Work a button, a link, a switch or a summary."""
        ...

    def write(self, target: Locator, text: str) -> None:
        """Have a field say *text* and nothing else."""
        ...

    def tick(self, target: Locator) -> None:
        """Turn a box, or choose a radio button."""
        ...

    def choose(self, target: Locator, option: str) -> None:
        """Choose an option of a select."""
        ...

    def hand_over(self, target: Locator, files: list[Path]) -> None:
        """Choose files in the browser's dialogue."""
        ...


@define
class Mouse:
    page: Page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.click()
        target.fill(text)

    def tick(self, target: Locator) -> None:
        target.click()

    def choose(self, target: Locator, option: str) -> None:
        target.select_option(label=option)

    def hand_over(self, target: Locator, files: list[Path]) -> None:
        with self.page.expect_file_chooser() as dialogue:
            target.click()
        dialogue.value.set_files(files)


@define
class Keyboard:
    """Goes from one thing to the next by Tab, and complains when that does not work."""

    page: Page
    left_at: tuple[float, str] | None = field(default=None, init=False)
    """The page on which something was worked last, and what it was."""

    def press(self, target: Locator) -> None:
        self._reach(target)
        self._key("Enter")

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.page.keyboard.press("Control+A")
        self._key("Delete")
        self.page.keyboard.type(text)

    def tick(self, target: Locator) -> None:
        wanted = self._find(target)
        if wanted.evaluate("element => element.type === 'radio'"):
            self._tab_until(lambda: bool(wanted.evaluate(SAME_GROUP)), str(target))
            self._arrow_until(lambda: bool(wanted.evaluate(IS_FOCUSED)), str(target))
            self._key("Space")
        else:
            self._reach(target)
            self._key("Space")

    def choose(self, target: Locator, option: str) -> None:
        self._reach(target)
        shown = "element => element.selectedOptions[0].label.trim()"
        wanted = self._find(target)
        self.page.keyboard.press("Home")
        self._arrow_until(lambda: wanted.evaluate(shown) == option, option)

    def hand_over(self, target: Locator, files: list[Path]) -> None:
        self._reach(target)
        with self.page.expect_file_chooser() as dialogue:
            self._key("Enter")
        dialogue.value.set_files(files)

    def _find(self, target: Locator) -> ElementHandle:
        target.wait_for(state="attached")
        return target.element_handle()

    def _reach(self, target: Locator) -> None:
        wanted = self._find(target)
        self._tab_until(lambda: bool(wanted.evaluate(IS_FOCUSED)), str(target))

    def _tab_until(self, there: Callable[[], bool], what: str) -> None:
        """Press Tab until there; until all of the page was passed twice."""
        self._still_somewhere()
        ends = 0
        while not there():
            self.page.keyboard.press("Tab")
            if self.page.evaluate(NOTHING_HAS_FOCUS):
                ends += 1
                assert ends < 3, f"Tab never comes to {what}"
            else:
                self._is_shown()

    def _arrow_until(self, there: Callable[[], bool], what: str) -> None:
        for _ in range(100):
            if there():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never come to {what}")

    def _key(self, key: str) -> None:
        self.left_at = (self.page.evaluate(WHICH_PAGE), self.page.evaluate(DESCRIBED))
        self.page.keyboard.press(key)

    def _still_somewhere(self) -> None:
        """What was worked may vanish; then the focus has to be elsewhere by now."""
        if self.left_at is None:
            return
        page, what = self.left_at
        self.left_at = None
        if self.page.evaluate(WHICH_PAGE) == page:
            lost = self.page.evaluate(NOTHING_HAS_FOCUS)
            assert not lost, f"the focus was lost when this was worked: {what}"

    def _is_shown(self) -> None:
        """Wait until it is scrolled to."""
        try:
            self.page.wait_for_function(IS_SHOWN, timeout=5_000)
        except TimeoutError as error:
            what = self.page.evaluate(DESCRIBED)
            raise AssertionError(
                f"one cannot see that this has the focus: {what}"
            ) from error
