"""Who acted, as people read it. Records say a kind and a name: "staff:pat"."""

from __future__ import annotations

from django.utils.translation import gettext


def name_of(by: str) -> str:
    """Return a person's name; of a rule, that it was one."""
    kind, _, name = by.partition(":")
    return name if name and kind != "rule" else gettext("a rule")
