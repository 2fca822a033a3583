"""How much one file may hold: enough for a large chamber, too little to choke us."""

from __future__ import annotations

from attrs import frozen
from django.utils.translation import gettext_noop as _


@frozen(kw_only=True)
class Limits:
    file_bytes: int = 20_000_000
    rows: int = 200_000
    columns: int = 200
    cell_characters: int = 10_000
    unpacked_bytes: int = 100_000_000
    """What a workbook, which is an archive, may unpack to,"""
    unpacked_ratio: int = 100
    """and how many times its own size that may be."""


LIMITS = Limits()

SPLIT = _(
    "Split it into parts, put each under the same name into a folder of its own, and "
    "import the folders one after the other: they add up."
)
"""What to do with a file that goes beyond them."""
