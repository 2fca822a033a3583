"""The table of facts names tests that exist, and leaves no fact out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.twin import contract

from mailtwin.constant_contact.questions import QUESTIONS

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "mailtwin-facts.md").read_text(encoding="utf-8")
FACTS = contract.CONTRACT.with_name("FACTS.md")
ROW = re.compile(r"^\| ([\d.]+) \| (.+) \| (.+) \|$", re.MULTILINE)


def test_every_test_the_table_names_exists() -> None:
    existing: set[str] = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        existing |= set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", TABLE))
    assert named - existing == set()


def test_every_row_names_a_test_or_a_reason() -> None:
    for number, fact, shown in ROW.findall(TABLE):
        assert "`test_" in shown or len(shown.split()) > 3, (number, fact)


def test_every_switch_stands_beside_its_question() -> None:
    questions = TABLE.partition("## Open questions")[2]
    rows = {number: switches for number, switches, _ in ROW.findall(questions)}
    for switch in QUESTIONS:
        assert f"`{switch.name}`" in rows[str(switch.question)]


@pytest.mark.skipif(not FACTS.exists(), reason="the reference is not in the project")
def test_no_numbered_fact_is_left_out() -> None:
    facts = FACTS.read_text(encoding="utf-8")
    ten = facts.partition("## 1. ")[2].partition("## 2. ")[0]
    numbered = {f"1.{n}" for n in re.findall(r"^(\d+)\. ", ten, re.MULTILINE)}
    numbered |= set(re.findall(r"^### ([\d.]+) ", facts, re.MULTILINE))
    numbered |= set(re.findall(r"^(9\.\d) ", facts, re.MULTILINE))
    chapters = set(re.findall(r"^## (\d+)\. ", facts, re.MULTILINE)) - {"16"}
    shown = {number for number, _, _ in ROW.findall(TABLE)}
    assert numbered - shown == set()
    assert chapters - {number.partition(".")[0] for number in shown} == set()
