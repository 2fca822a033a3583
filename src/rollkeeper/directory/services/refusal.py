"""What a person asked for that cannot be kept, said so that they can put it right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction


class Refused(Exception):
    """The message says what is wrong and what to do; *field* is where they typed it."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def required(text: str, *, field: str, noun: str) -> str:
    """Return *text* without the blanks around it, or refuse when nothing is left."""
    if not text.strip():
        raise Refused(f"Every {noun} needs a {field}. Type one.", field=field)
    return text.strip()


def refuse_too_long(row: models.Model) -> None:
    """Refuse a row with text longer than its column takes."""
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        limit = getattr(column, "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit:
            raise Refused(
                f"The {column.verbose_name} is {len(value)} characters long; "
                f"at most {limit} are kept. Shorten it.",
                field=column.name,
            )


@contextmanager
def taken_once(*, constraint: str, message: str, field: str) -> Iterator[None]:
    """Turn a breach of the unique *constraint* into a refusal."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise Refused(message, field=field) from error
