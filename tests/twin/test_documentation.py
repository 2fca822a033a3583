"""The manual names every option, control call, fault, violation and switch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from starlette.routing import Route

from mailtwin.__main__ import serve_command
from mailtwin.app import create_app
from mailtwin.constant_contact.questions import QUESTIONS
from mailtwin.faults import Kind
from mailtwin.switches import Switch

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "mailtwin.md").read_text(encoding="utf-8")


def test_every_control_call_is_documented() -> None:
    with_state = create_app()
    names = {
        route.path.removeprefix("/__control__/")
        for route in with_state.routes
        if isinstance(route, Route) and route.path.startswith("/__control__/")
    }
    rows = re.findall(r"^\| `(?:GET|POST|DELETE) (\w+)`", MANUAL, re.MULTILINE)
    assert names == set(rows)


def test_every_option_is_documented() -> None:
    options = {option for each in serve_command.params for option in each.opts}
    assert options - set(re.findall(r"`(--[\w-]+)", MANUAL)) == set()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_fault_is_documented(kind: str) -> None:
    assert f"`{kind}`" in MANUAL.partition("## Faults")[2]


def test_every_violation_is_documented() -> None:
    sources = (ROOT / "src" / "mailtwin").rglob("*.py")
    noted = {
        kind
        for path in sources
        for kind in re.findall(r'\.violation\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    table = MANUAL.partition("## Violations")[2].partition("## ")[0]
    assert noted == set(re.findall(r"^\| `(\w+)` ", table, re.MULTILINE))


@pytest.mark.parametrize("switch", QUESTIONS, ids=lambda switch: switch.name)
def test_every_switch_is_documented(switch: Switch) -> None:
    answers = ", ".join(f"`{each}`" for each in switch.answers)
    assert f"| `{switch.name}` | {switch.asks} | {answers} |" in MANUAL
