from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tests.docs.pages import PAGES, anchors, links, name_of

LINKS = [
    pytest.param(page, target, id=f"{name_of(page)} -> {target}")
    for page in PAGES
    for target in links(page.read_text(encoding="utf-8"))
    if not urlsplit(target).scheme
]


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_a_link_leads_to_something(page: Path, target: str) -> None:
    path, _, fragment = unquote(target).partition("#")
    there = (page.parent / path).resolve() if path else page
    assert there.exists()
    if fragment:
        assert fragment in anchors(there.read_text(encoding="utf-8"))


def test_every_page_of_docs_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [PAGES[0].parent / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached or page not in PAGES:
            continue
        reached.add(page)
        found = links(page.read_text(encoding="utf-8"))
        waiting += [
            page.parent / target.partition("#")[0]
            for target in found
            if not urlsplit(target).scheme and target.partition("#")[0]
        ]
    assert {page for page in PAGES if "docs" in page.parts} <= reached
