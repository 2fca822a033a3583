"""What the directory is sorted and searched by.

The functions stand in a migration. They fold letters: no capitals, no accents. Each has
its index in the models, which the database only uses where it is called just so.
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any, Final

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models import BooleanField, Func, Q, Value

MOST_WORDS: Final = 10
"""Of a search; who types more has pasted something."""


class Sorted(Func):
    """One text to sort by, from a name and what tells people of one name apart."""

    function = "directory_sorted"
    output_field = models.TextField()


class Words(Func):
    """The words of some texts, each bound to the association whose they are."""

    function = "directory_words"
    output_field = SearchVectorField()

    def __init__(self, *texts: Any, **extra: Any) -> None:
        super().__init__("association", *texts, **extra)


BY_NAME: Final = Sorted("last_name", "first_name")
BY_COMPANY: Final = Sorted("company", "last_name", "first_name")
OF_CONTACTS: Final = Words("first_name", "last_name", "company", "title")
OF_ADDRESSES: Final = Words("typed")
MEMBERS_BY_NAME: Final = Sorted("name")
OF_MEMBERS: Final = Words("name", "external_id")


class Begins(Func):
    """Does one of the words begin as *word* does?"""

    template = "%(expressions)s::tsquery"
    arg_joiner = " @@ "
    output_field = BooleanField()
    conditional = True

    def __init__(self, words: Func, word: str, *, association_id: int) -> None:
        super().__init__(words, Value(f"'{association_id}_{word}':*"))


def begins(words: Func, *said: str, of: int) -> Q:
    """Return the condition that each word said begins one of *words*."""
    every = (Q(Begins(words, word, association_id=of)) for word in said)
    return reduce(and_, every, Q())


def words_of(text: str) -> list[str]:
    """Return the words of what somebody typed, folded as the directory's are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_parted(%s)", [text.replace("\0", "")])
        (parted,) = cursor.fetchone()
    return list(dict.fromkeys(parted.split()))[:MOST_WORDS]
