"""docs/reliability.md shows the kept figures, and they are fit to be shown."""

from __future__ import annotations

from tests.prove import kept
from tests.prove.levels import LEVELS
from tests.prove.table import in_markdown


def test_the_page_shows_the_kept_figures() -> None:
    page = kept.PAGE.read_text(encoding="utf-8")
    shown = kept.TABLE.search(page)
    assert shown is not None
    assert shown[0] == in_markdown(kept.read())


def test_no_kept_figure_tells_of_a_broken_promise() -> None:
    for name, figures in kept.read().items():
        assert name in LEVELS
        assert not any(figures["broken"].values())
        assert figures["cells"] >= figures["cells_wanted"]
        assert figures["most"].get("passes", 0) <= 3
