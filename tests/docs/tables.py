"""The tables of docs/algorithm.md, made from the code that decides.

`python -m tests.docs.tables` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import fields
from tests.docs.pages import ROOT

from rollkeeper.core.decide import EACH, FIRST, Row
from rollkeeper.core.policy import PRESETS, Policy

PAGE = ROOT / "docs" / "algorithm.md"


def decide_tables() -> str:
    return "\n".join(
        [
            "The first row that fits is taken:",
            "",
            *_rows(FIRST),
            "",
            "It is over there, and active: each row that fits is taken.",
            "",
            *_rows(EACH),
        ]
    )


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    yield "| Row | When | Then |"
    yield "| --- | --- | --- |"
    for row in rows:
        yield f"| {row.number} | {row.when} | {row.then} |"


def presets_table() -> str:
    return "\n".join(
        [
            "| Policy | " + " | ".join(f"`{name}`" for name in PRESETS) + " |",
            "| --- |" + " --- |" * len(PRESETS),
            *(
                f"| {field.name.replace('_', ' ')} | "
                + " | ".join(
                    str(getattr(policy, field.name)).replace("_", " ")
                    for policy in PRESETS.values()
                )
                + " |"
                for field in fields(Policy)
            ),
        ]
    )


TABLES: Mapping[str, str] = {"decide": decide_tables(), "presets": presets_table()}


def with_tables(page: str) -> str:
    """Return the page with each table as the code has it now."""
    for name, table in TABLES.items():
        start = re.search(rf"<!-- {name}: [^\n]*-->\n", page)
        assert start, name
        end = page.index("<!-- end -->", start.end())
        page = f"{page[: start.end()]}\n{table}\n\n{page[end:]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
