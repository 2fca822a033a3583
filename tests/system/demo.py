"""A running `rollkeeper demo`, and what a new user first does on its pages."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2
from attrs import define
from playwright.sync_api import Page, expect
from tests.system.house import wait_until


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


def over_there(demo: Demo) -> dict[str, Any]:
    answer = httpx2.get(f"{demo.value('The twin')}/__control__/state", timeout=60)
    state = answer.json()
    assert isinstance(state, dict)
    return state


def lists_over_there(demo: Demo) -> dict[str, set[str]]:
    return {one["name"]: set(one["members"]) for one in over_there(demo)["lists"]}


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
