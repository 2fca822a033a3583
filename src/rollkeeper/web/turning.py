"""Turning pages by place: each address names the row that its page begins after.

So the last page opens as fast as the first, and rows that come or go meanwhile move
nobody from one page to another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen
from django.db.models import F, Func, Q, QuerySet
from django.http import QueryDict

PER_PAGE: Final = 25

PLACES: Final = ("after", "before", "last")
"""What an address says of the place; the rest of it stays as pages are turned."""


@frozen(kw_only=True)
class Order:
    """What rows are sorted by, and from which end."""

    name: str
    """As addresses and tables call it, with "-" before it from the other end."""
    key: Func

    @property
    def backwards(self) -> bool:
        return self.name.startswith("-")


@frozen(kw_only=True)
class Page:
    """Some rows, and the addresses of other pages; empty where there is none."""

    rows: Sequence[Any]
    first: str = ""
    previous: str = ""
    next: str = ""
    last: str = ""

    @property
    def alone(self) -> bool:
        return not (self.first or self.next)


def order_of(said: QueryDict, keys: Mapping[str, Func]) -> Order:
    """Return the order that *said* asks for, or the first of *keys*."""
    name = said.get("sort", "")
    key = keys.get(name.removeprefix("-"))
    if key is None:
        name, key = next(iter(keys.items()))
    return Order(name=name, key=key)


def page_of(rows: QuerySet[Any], said: QueryDict, order: Order) -> Page:
    """Return the page of *rows* that *said* names; without a place, the first."""
    if "last" in said:
        return _last(rows, said, order)
    if before := _place(rows, said, "before", order):
        found = _beyond(rows, order, before, backwards=True)
        if len(found) > PER_PAGE:
            return _page(found[PER_PAGE - 1 :: -1], said, before=True, after=True)
        return _first(rows, said, order)
    if after := _place(rows, said, "after", order):
        found = _beyond(rows, order, after)
        if not found:
            return _last(rows, said, order)
        more = len(found) > PER_PAGE
        return _page(found[:PER_PAGE], said, before=True, after=more)
    return _first(rows, said, order)


def _first(rows: QuerySet[Any], said: QueryDict, order: Order) -> Page:
    found = _some(rows, order)
    return _page(found[:PER_PAGE], said, before=False, after=len(found) > PER_PAGE)


def _last(rows: QuerySet[Any], said: QueryDict, order: Order) -> Page:
    found = _some(rows, order, backwards=True)
    more = len(found) > PER_PAGE
    return _page(found[:PER_PAGE][::-1], said, before=more, after=False)


def _page(rows: Sequence[Any], said: QueryDict, *, before: bool, after: bool) -> Page:
    if not rows:
        return Page(rows=())
    return Page(
        rows=rows,
        first=_address(said) if before else "",
        previous=_address(said, before=rows[0].pk) if before else "",
        next=_address(said, after=rows[-1].pk) if after else "",
        last=_address(said, last=1) if after else "",
    )


def _address(said: QueryDict, **place: int) -> str:
    kept = said.copy()
    for name in PLACES:
        kept.pop(name, None)
    for name, value in place.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"


def _place(
    rows: QuerySet[Any], said: QueryDict, name: str, order: Order
) -> tuple[str, int] | None:
    """Return the key and the id of the row named, whether or not it is still found."""
    text = said.get(name, "")
    if not text.isdecimal():
        return None
    row = rows.model.objects.filter(pk=int(text)).annotate(by=order.key)
    key = row.values_list("by", flat=True).first()
    return None if key is None else (key, int(text))


def _beyond(
    rows: QuerySet[Any], order: Order, place: tuple[str, int], backwards: bool = False
) -> Sequence[Any]:
    key, pk = place
    downwards = backwards != order.backwards
    way = ("lte", "gte") if downwards else ("gte", "lte")
    # The first condition is one that an index can begin at.
    rows = rows.annotate(by=order.key).filter(Q(**{f"by__{way[0]}": key}))
    rows = rows.exclude(**{"by": key, f"pk__{way[1]}": pk})
    return _some(rows, order, backwards)


def _some(rows: QuerySet[Any], order: Order, backwards: bool = False) -> Sequence[Any]:
    """Return a page of rows and one more, to see whether there is another."""
    by, pk = F("by"), F("pk")
    rows = rows.annotate(by=order.key)
    if backwards != order.backwards:
        rows = rows.order_by(by.desc(), pk.desc())
    else:
        rows = rows.order_by(by.asc(), pk.asc())
    return list(rows[: PER_PAGE + 1])
