"""What the last full runs found, kept for docs/reliability.md."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.prove.level import Level
from tests.prove.outcome import Outcome
from tests.prove.table import Figures, in_markdown

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "docs" / "figures" / "prove.json"
PAGE = ROOT / "docs" / "reliability.md"

TABLE = re.compile(r"(?<=<!-- prove -->\n\n).*?(?=\n<!-- /prove -->)", re.DOTALL)
"""Where the table stands on the page."""


def figures_of(
    level: Level, outcome: Outcome, *, processes: int, commit: str
) -> dict[str, Any]:
    return {
        "what": level.what,
        "commit": commit,
        "processes": processes,
        "cells_wanted": len(level.cells),
        **outcome.figures(),
        "cells": len(outcome.cells & level.cells),
    }


def commit() -> str:
    """Return which state of the project is looked at; empty outside a repository."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def write(levels: Figures, file: Path) -> None:
    text = json.dumps(levels, indent=2, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def read(file: Path = FIGURES) -> dict[str, Any]:
    levels: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return levels


def keep(levels: Figures) -> None:
    """Take the figures of these levels over, and write the page's table anew."""
    FIGURES.parent.mkdir(exist_ok=True)
    together = {**(read() if FIGURES.exists() else {}), **levels}
    write(together, FIGURES)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: in_markdown(together), page), encoding="utf-8")
