"""Finding rows among very many, so that a page of them opens at once.

What few rows match is fetched by index and known by its ids; what many match is met
soon by whoever walks along the order they are shown in. Which of the two it is gets
found out by looking, and does not hang on what the database believes of its tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import and_
from typing import Any, Final

from attrs import frozen
from django.db import connection, transaction
from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django_scopes import scopes_disabled

from rollkeeper.directory.models import Contact, EmailAddress
from rollkeeper.directory.search import OF_ADDRESSES, OF_CONTACTS, Begins, begins
from rollkeeper.web.turning import Order, Page, page_of

MANY: Final = 5_000
"""More than so many are not counted."""


@frozen(kw_only=True)
class Found:
    """Rows in no order yet. To take the first few in one is quick."""

    rows: QuerySet[Any]
    count: int | None
    """How many there are, or so many at least; None where that takes long to say."""
    more: bool = False
    walked: bool = False
    """Are they so many that they must be met in their order?"""

    def page(self, said: QueryDict, order: Order) -> Page:
        """Return the page that *said* names."""
        if not self.walked:
            return page_of(self.rows, said, order)
        with walking():
            return page_of(self.rows, said, order)


@contextmanager
def walking() -> Iterator[None]:
    """Have rows fetched in their order by the index on it, never sorted.

    Of a table just filled the database believes that it is small, and would sort it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        yield
        cursor.execute("SET LOCAL enable_sort = on")


def bounded(rows: QuerySet[Any], *, walked: QuerySet[Any] | None = None) -> Found:
    """Count *rows*; many of them are better asked for as *walked*, which is the same.

    They are fetched again by their ids when they are few.
    """
    ids = list(rows.order_by().values_list("pk", flat=True)[: MANY + 1])
    if len(ids) > MANY:
        return many_of(rows if walked is None else walked)
    return Found(rows=known(rows.model, ids), count=len(ids))


def known(model: Any, ids: Collection[int]) -> QuerySet[Any]:
    """Return the rows with these ids, which must be of the association in scope.

    Were it asked for beside them, a database that takes it to be small would read all
    of it instead.
    """
    with scopes_disabled():
        rows: QuerySet[Any] = model.objects.filter(pk__in=ids)
    return rows


def everything(rows: QuerySet[Any]) -> Found:
    """Return all *rows*, counted."""
    return Found(rows=rows, count=rows.count(), walked=True)


def many_of(rows: QuerySet[Any]) -> Found:
    return Found(rows=rows, count=MANY, more=True, walked=True)


def contacts_with(
    words: Sequence[str],
    *,
    of: int,
    rows: QuerySet[Contact],
    walked: QuerySet[Contact] | None,
) -> Found:
    """Return those of *rows* whose name, company, title or addresses have all *words*.

    *walked* are the same rows as they are asked for one after the other; None when
    they are everybody.
    """
    having = {word: _few(word, of) for word in words}
    few = [ids for ids in having.values() if ids is not None]
    many = [word for word, ids in having.items() if ids is None]
    each = reduce(and_, (_each_with(word, of) for word in many), Q())
    if few:
        ids = frozenset.intersection(*few)
        if walked is None:
            return _of_few(ids, each)
        return bounded(rows.filter(each, pk__in=ids))
    if walked is not None:
        narrow = bounded(rows)
        if not narrow.walked:
            return bounded(narrow.rows.filter(each))
        return Found(rows=walked.filter(each), count=None, walked=True)
    if len(many) > 1 and (all_of := _few_with_all(many, of)) is not None:
        return _of_few(all_of, Q())
    return many_of(rows.filter(each))


def _of_few(ids: Collection[int], each: Q) -> Found:
    """Return those of few contacts whom the condition holds for."""
    found = known(Contact, ids)
    if each:
        return bounded(found.filter(each))
    return Found(rows=found, count=len(ids))


def each_where(rows: QuerySet[Any]) -> Q:
    """Return the condition that there are such *rows*, asked of one after the other.

    A subquery that yields a value is never turned into a join with everybody's.
    """
    yes = Subquery(rows.values(yes=Value(True))[:1], output_field=BooleanField())
    return Q(Coalesce(yes, Value(False)))


def with_words(words: Sequence[str], *, of: int) -> Q:
    """Return the condition on contacts that they have all *words*, for those who want
    everybody with them."""
    condition = Q()
    for word in words:
        own, theirs = _by_word(word, of)
        condition &= Q(pk__in=own.union(theirs, all=True))
    return condition


def _by_word(word: str, of: int) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """Return who has the word, of contacts and of addresses.

    Words know whose they are. Were the association asked for beside them, a database
    that takes it to be small would read all of it instead.
    """
    with scopes_disabled():
        own = Contact.objects.filter(begins(OF_CONTACTS, word, of=of))
        theirs = EmailAddress.objects.filter(begins(OF_ADDRESSES, word, of=of))
        return own.order_by().values("pk"), theirs.order_by().values("contact_id")


def _few(word: str, of: int) -> frozenset[int] | None:
    """Return who has the word; None when they are many."""
    own, theirs = _by_word(word, of)
    return _unless_many(own[: MANY + 1], theirs[: MANY + 1])


def _few_with_all(words: Sequence[str], of: int) -> frozenset[int] | None:
    first, *rest = (_by_word(word, of) for word in words)
    everybody = first[0].union(first[1])
    for own, theirs in rest:
        everybody = everybody.intersection(own.union(theirs))
    return _unless_many(everybody[: MANY + 1])


def _unless_many(*some: QuerySet[Any, Any]) -> frozenset[int] | None:
    ids: set[int] = set()
    for rows in some:
        ids.update(next(iter(row.values())) for row in rows)
        if len(ids) > MANY:
            return None
    return frozenset(ids)


def _each_with(word: str, of: int) -> Q:
    """As `with_words`, asked of one contact after the other."""
    with scopes_disabled():
        # Not by the index on words, which would be gone through for each contact.
        begun = Coalesce(Begins(OF_ADDRESSES, word, association_id=of), Value(False))
        address = EmailAddress.objects.filter(begun, contact=OuterRef("pk"))
    return begins(OF_CONTACTS, word, of=of) | each_where(address)
