"""Takes the pictures of the docs: pages of the demo's chamber after its first sync.

python -m tests.system.pictures
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page
from tests.system.demo import Demo, connect, lists_over_there, sign_in, start
from tests.system.house import Files, wait_until
from tests.web.browsing import a_browser

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
WIDTH, HEIGHT = 1280, 800


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = start(Path(folder) / "home")
        try:
            with a_browser() as browser:
                size = {"width": WIDTH, "height": HEIGHT}
                photograph(demo, browser.new_page(viewport=size))  # type: ignore[arg-type]
        finally:
            demo.end()


def photograph(demo: Demo, page: Page) -> None:
    files = Files.read(demo.home / "sample")
    sign_in(demo, page)
    connect(demo, page)
    page.get_by_role("button", name="Sync", exact=True).click()
    wait_until(lambda: lists_over_there(demo) == files.expected())
    page.get_by_text("Everything is true").wait_for()

    page.get_by_role("link", name="Home", exact=True).click()
    keep(page, "home")
    page.get_by_role("link", name=largest(demo)).first.click()
    keep(page, "list")


def largest(demo: Demo) -> str:
    lists = lists_over_there(demo)
    return max(lists, key=lambda name: len(lists[name]))


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")
