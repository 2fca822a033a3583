"""One table of what was proven, in the terminal and in docs/reliability.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.prove.level import Promise

Figures = Mapping[str, Any]
"""What is kept of each level's run, by name; see `Outcome.figures`."""

HEADINGS = (
    "Level",
    "What",
    "Histories",
    "Twice",
    "Reached",
    "Broken",
    "Seconds",
    "Busy",
)


def rows(levels: Figures) -> list[tuple[str, ...]]:
    return [
        (
            name,
            kept["what"],
            f"{kept['histories']:,}",
            f"{kept['repeated']:,}",
            f"{kept['cells']} of {kept['cells_wanted']}"
            if kept["cells_wanted"]
            else "-",
            str(sum(kept["broken"].values())),
            f"{kept['seconds']:,.0f}",
            f"{kept['busy']:,.0f}",
        )
        for name, kept in sorted(levels.items())
    ]


def in_markdown(levels: Figures) -> str:
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *rows(levels)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\n{promises(levels)}.\n"


def in_terminal(levels: Figures) -> str:
    lines = [HEADINGS, *rows(levels)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in lines)


def promises(levels: Figures) -> str:
    """Return the pass marks of all levels together, such as "0 lost changes"."""
    totals = {
        promise: sum(kept["broken"][promise.name.lower()] for kept in levels.values())
        for promise in Promise
    }
    zeros = ", ".join(f"{total} {promise}" for promise, total in totals.items())
    most = max((kept["most"].get("passes", 0) for kept in levels.values()), default=0)
    return f"{zeros}; at most {most} passes"


def _aligned(line: tuple[str, ...], widths: list[int]) -> Iterator[str]:
    for at, (text, width) in enumerate(zip(line, widths, strict=True)):
        yield text.ljust(width) if at < 2 else text.rjust(width)
