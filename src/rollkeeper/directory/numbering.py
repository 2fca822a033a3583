"""Row numbers taken before the row is written, so that an id can be made from them."""

from __future__ import annotations

from typing import Final

from django.db import connection, models

OURS: Final = "rollkeeper-"
"""How the ids of rows made here begin. No file ever held them."""


def next_number(model: type[models.Model]) -> int:
    """Return the number that the next row of *model* would have had; now it is ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table]
        )
        (number,) = cursor.fetchone()
    return int(number)
