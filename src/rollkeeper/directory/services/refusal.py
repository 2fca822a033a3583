"""What a person asked for that cannot be kept, said so that they can put it right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _


class Refused(Exception):
    """The message says what is wrong and what to do; *field* is where they typed it."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def required(text: str, *, field: str, missing: str) -> str:
    """Return *text* without the blanks around it, or refuse when nothing is left.

    *missing* is what to say then.
    """
    if not text.strip():
        raise Refused(missing, field=field)
    return text.strip()


def refuse_too_long(row: models.Model) -> None:
    """Refuse a row with text longer than its column takes."""
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        limit = getattr(column, "max_length", None)
        if limit and isinstance(value, str) and len(value) > limit:
            raise Refused(
                _(
                    "The %(verbose_name)s is %(value)s characters long; at most"
                    " %(limit)s are kept. Shorten it."
                )
                % {
                    "verbose_name": column.verbose_name,
                    "value": len(value),
                    "limit": limit,
                },
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
