"""`rollkeeper demo` as a new user meets it: in a browser, up to true lists."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import define
from playwright.sync_api import Page, expect
from tests.system.house import Files, wait_until
from tests.web.browsing import a_browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@define
class Demo:
    """A running demo, and what it printed."""

    process: subprocess.Popen[str]
    home: Path
    said: list[str]
    listener: threading.Thread

    def value(self, label: str) -> str:
        found = re.search(rf"^{label}\s+(\S+)", "".join(self.said), re.MULTILINE)
        assert found, self.said
        return found.group(1)

    @property
    def is_up(self) -> bool:
        assert self.process.poll() is None, self.said
        return any("Ctrl-C ends all of it" in line for line in self.said)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(60)
        self.listener.join()
        assert self.process.stderr
        self.process.stderr.close()
        return status


def start(home: Path) -> Demo:
    process = subprocess.Popen(
        [sys.executable, "-m", "rollkeeper", "demo"],
        env={**os.environ, "ROLLKEEPER_HOME": str(home)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    said: list[str] = []
    assert process.stderr
    listener = threading.Thread(target=said.extend, args=(process.stderr,))
    listener.start()
    demo = Demo(process, home, said, listener)
    wait_until(lambda: demo.is_up)
    return demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = start(tmp_path_factory.mktemp("demo"))
    yield demo
    if demo.process.poll() is None:
        demo.end()


def over_there(demo: Demo) -> dict[str, Any]:
    answer = httpx2.get(f"{demo.value('The twin')}/__control__/state", timeout=60)
    state = answer.json()
    assert isinstance(state, dict)
    return state


def lists_over_there(demo: Demo) -> dict[str, set[str]]:
    return {one["name"]: set(one["members"]) for one in over_there(demo)["lists"]}


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


def sign_in(demo: Demo, page: Page) -> None:
    page.goto(demo.value("Rollkeeper"))
    page.get_by_label("User name").fill(demo.value("Sign in as"))
    page.get_by_label("Password", exact=True).fill(demo.value("Password"))
    page.get_by_role("button", name="Sign in").click()


def connect(demo: Demo, page: Page) -> None:
    page.get_by_role("link", name="Settings", exact=True).first.click()
    page.get_by_role("link", name="Integrations", exact=True).first.click()
    page.get_by_role("button", name="Connect").first.click()
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible()


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
