"""Rows by name, as people look for them: the database's own order knows no accents."""

from __future__ import annotations

from django.db.models import F, Func, TextField


def in_order(field: str = "name") -> Func:
    """Return what to order rows by for names to stand as `core.sorting` has them.

    No index helps: it is for sets as small as the lists of an association.
    """
    return Func(
        F(field),
        template=(
            "lower(regexp_replace(normalize(%(expressions)s, NFD),"
            " U&'[\\0300-\\036F]', '', 'g'))"
        ),
        output_field=TextField(),
    )
