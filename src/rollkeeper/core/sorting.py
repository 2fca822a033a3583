"""Names in the order that people look for them in."""

from __future__ import annotations

import unicodedata


def sorting_key(name: str) -> str:
    """Return what to sort *name* by: accents beside their letter, upper and lower case
    together."""
    apart = unicodedata.normalize("NFD", name)
    return "".join(one for one in apart if not unicodedata.combining(one)).casefold()
