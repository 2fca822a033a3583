from __future__ import annotations

import re

import pytest
from tests.docs.pages import ROOT, headings, links, text_of

FOLDER = ROOT / "docs" / "decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
NAMES = [page.name for page in DECISIONS]


def test_decisions_are_numbered_one_after_the_other() -> None:
    numbers = [int(name.partition("-")[0]) for name in NAMES]
    assert numbers == list(range(1, len(NAMES) + 1))


def test_nothing_else_lies_among_the_decisions() -> None:
    assert {page.name for page in FOLDER.iterdir()} == {*NAMES, "README.md"}


@pytest.mark.parametrize("name", NAMES)
def test_a_decision_tells_context_choice_and_cost_on_one_page(name: str) -> None:
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", name)
    text = text_of(f"docs/decisions/{name}")
    title, *sections = headings(text)
    assert title.startswith(f"{int(name[:4])}. ")
    assert sections == ["Context", "Choice", "What it costs"]
    assert len(text.splitlines()) <= 60


def test_the_index_lists_every_decision_in_order() -> None:
    index = links(text_of("docs/decisions/README.md"))
    assert [target for target in index if target[0].isdigit()] == NAMES
