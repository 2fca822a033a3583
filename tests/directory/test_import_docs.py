"""The page about imports has every message, every column and every limit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import asdict
from tests.directory.files import import_

from rollkeeper.directory import importing
from rollkeeper.directory.importing.limits import LIMITS
from rollkeeper.directory.importing.tables import TABLES, Table
from rollkeeper.directory.models import Association

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
SAYING = ("BadCell", "_", "gettext_noop")
GAP = re.compile(r"%\(\w+\)s")
SOURCES = sorted(Path(importing.__file__).parent.glob("*.py"))


def messages() -> Iterator[str]:
    """Yield the longest literal piece of each reason and remedy in the code, and of
    whatever is marked for translation: that is nothing else."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                said = [
                    word.value
                    for word in node.keywords
                    if word.arg in {"reason", "remedy"}
                ]
                if isinstance(node.func, ast.Name) and node.func.id in SAYING:
                    said += node.args
                yield from filter(None, map(longest_piece, said))


def longest_piece(expression: ast.expr) -> str:
    pieces = (
        expression.values if isinstance(expression, ast.JoinedStr) else [expression]
    )
    texts = [
        text.strip()
        for piece in pieces
        if isinstance(piece, ast.Constant) and isinstance(piece.value, str)
        for text in GAP.split(piece.value)
    ]
    return max(texts, key=len, default="")


def test_every_message_is_on_the_page() -> None:
    found = set(messages())
    assert len(found) > 30
    assert sorted(message for message in found if message not in PAGE) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_on_the_page(table: Table) -> None:
    section = PAGE.split(f"### {table.name}.csv")[1].split("\n### ")[0]
    missing = [one.name for one in table.columns if f"`{one.name}`" not in section]
    assert missing == []


def test_every_limit_is_on_the_page() -> None:
    section = PAGE.split("## Limits")[1].split("\n## ")[0]
    assert [one for one in asdict(LIMITS).values() if f"{one:,}" not in section] == []


def test_the_examples_on_the_page_can_be_imported(
    chamber: Association, tmp_path: Path
) -> None:
    for table in TABLES:
        example = PAGE.split(f"### {table.name}.csv")[1].split("```csv\n")[1]
        (tmp_path / f"{table.name}.csv").write_text(
            example.split("```")[0], encoding="utf-8"
        )
    report = import_(chamber, tmp_path)
    assert (report.errors, report.warnings) == ((), ())
    assert [one.created for one in report.files] == [2, 2, 2, 2]
