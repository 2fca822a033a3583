"""One moment for many queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as database
from django.db import transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """See nothing of what is written meanwhile, and write nothing.

    Inside another transaction it is that one's moment.
    """
    outermost = not database.in_atomic_block
    with transaction.atomic():
        if outermost:
            with database.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )
        yield
