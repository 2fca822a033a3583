"""Our pages as readers find them: sections, links, anchors, blocks of code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]

PAGES = tuple(
    sorted(
        page
        for where in ("", "docs/**/", "src/**/")
        for page in ROOT.glob(f"{where}*.md")
    )
)

_BLOCK = re.compile(r"^ *(```+)(\w*)[^\n]*\n(.*?)^ *\1 *$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
_LINK_BELOW = re.compile(r"^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^(#+) +(.+?) *$", re.MULTILINE)


@frozen(kw_only=True)
class Block:
    """A fenced block of code."""

    language: str
    text: str


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(text: str) -> list[Block]:
    found = (match.groups() for match in _BLOCK.finditer(text))
    return [Block(language=language, text=inside) for _, language, inside in found]


def links(text: str) -> Iterator[str]:
    """Yield every target, of this site or another, that stands outside code."""
    prose = _CODE.sub("", _BLOCK.sub("", text))
    for pattern in (_LINK, _LINK_BELOW):
        yield from pattern.findall(prose)


def headings(text: str) -> list[str]:
    return [heading for _, heading in _HEADING.findall(_BLOCK.sub("", text))]


def anchors(text: str) -> set[str]:
    """Return what links to headings may end in, as GitHub makes it."""
    plain = [re.sub(r"[^\w\- ]", "", one.lower()) for one in headings(text)]
    times = Counter[str]()
    found = set()
    for one in (heading.replace(" ", "-") for heading in plain):
        found.add(f"{one}-{times[one]}" if times[one] else one)
        times[one] += 1
    return found


def section(text: str, heading: str) -> str:
    """Return what stands under the heading, up to the next one of its rank."""
    lines = text.splitlines(keepends=True)
    rank, start = next(
        (line.split(" ")[0], at)
        for at, line in enumerate(lines)
        if line.startswith("#") and line.lstrip("#").strip() == heading
    )
    inside = lines[start + 1 :]
    ends = (at for at, line in enumerate(inside) if line.startswith(f"{rank} "))
    return "".join(inside[: next(ends, len(inside))])
