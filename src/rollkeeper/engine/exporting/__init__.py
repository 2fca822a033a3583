"""Lists, or people picked by hand, as files that a provider or a person can read.

Who is written, and under which name, is decided by the rules that synchronize. Whoever
is not written stands in a second file, with the reason.
"""

from __future__ import annotations

from rollkeeper.engine.exporting.chosen import Chosen, by_hand, of_list
from rollkeeper.engine.exporting.export import Exported, export
from rollkeeper.engine.exporting.formats import SHAPES, Format, Shape
from rollkeeper.engine.exporting.reasons import term_of

__all__ = [
    "SHAPES",
    "Chosen",
    "Exported",
    "Format",
    "Shape",
    "by_hand",
    "export",
    "of_list",
    "term_of",
]
