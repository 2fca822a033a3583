from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT, text_of

_WHOLE = re.compile(r"ROLLKEEPER_[A-Z_]*[A-Z]")
_PREFIX = re.compile(r"ROLLKEEPER_[A-Z_]*_")


def names_in(code: str) -> Iterator[str]:
    """Yield the variables that a module names, also those it puts together."""
    nodes = list(ast.walk(ast.parse(code)))
    texts = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    yield from (text for text in texts if _WHOLE.fullmatch(text))
    ends = [
        node.right.value
        for node in nodes
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and isinstance(node.right, ast.Constant)
        and isinstance(node.right.value, str)
    ]
    for prefix in filter(_PREFIX.fullmatch, texts):
        yield from (prefix + end for end in ends)


def test_every_setting_is_documented() -> None:
    read = set(names_in(text_of("src/rollkeeper/config/environment.py")))
    assert {"ROLLKEEPER_HOME", "ROLLKEEPER_CONSTANT_CONTACT_CLIENT_SECRET"} <= read
    assert read <= set(_WHOLE.findall(text_of("docs/settings.md")))


def test_every_variable_of_ours_is_documented_somewhere() -> None:
    known = set(_WHOLE.findall(text_of("docs/settings.md")))
    known |= set(_WHOLE.findall(text_of("docs/command-line.md")))
    for module in (ROOT / "src").rglob("*.py"):
        assert set(names_in(module.read_text(encoding="utf-8"))) <= known, module


def test_no_page_tells_of_a_setting_that_is_not_read() -> None:
    read: set[str] = set()
    for module in (ROOT / "src").rglob("*.py"):
        read |= set(names_in(module.read_text(encoding="utf-8")))
    pages = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
    for page in pages:
        assert set(_WHOLE.findall(page.read_text(encoding="utf-8"))) <= read, page
