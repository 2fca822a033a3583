"""Query parameters and pages.

A cursor is base64 of a query string that holds the filters, the limit and the place
to go on from. Whoever follows one sends nothing else.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode

from attrs import frozen

from mailtwin.clock import moment
from mailtwin.constant_contact import errors
from mailtwin.constant_contact.service import UUID
from mailtwin.exchange import Json

MANY = frozenset({"status", "include", "lists", "tags", "sms_status"})


@frozen(kw_only=True)
class Page:
    """The page asked for; *after* is the last one already given, or None."""

    query: Mapping[str, str]
    limit: int
    after: str | None

    def links(self, path: str, after: str, issued: int) -> dict[str, Json]:
        """Return ``_links`` to the page that follows *after*."""
        inside = {"limit": self.limit, "next": after, "at": issued}
        for name, value in self.query.items():
            if name in MANY:
                inside[f"{name}[]"] = value
            elif name not in ("limit", "cursor"):
                inside[name] = value
        cursor = base64.urlsafe_b64encode(urlencode(inside).encode()).decode()
        return {"next": {"href": f"{path}?{urlencode({'cursor': cursor})}"}}


def read(
    query: Mapping[str, str], *, page: int, most: int, seconds: int = 0, now: int = 0
) -> Page:
    """Return the page *query* asks for; *seconds* is how long a cursor lives, or 0."""
    if "cursor" not in query:
        limit = whole_number(query, "limit", 1, most)
        return Page(query=query, limit=page if limit is None else limit, after=None)
    inside = _decode(query["cursor"])
    after = inside.pop("next", None)
    issued = inside.pop("at", "0")
    if after is None or not issued.isdecimal():
        raise _wrong("cursor")
    if seconds and now - int(issued) > seconds:
        raise _wrong("cursor")
    limit = whole_number(inside, "limit", 1, most)
    return Page(query=inside, limit=limit or page, after=after)


def place(after: str | None) -> int:
    """Return the number a cursor of numbered things goes on from. Raises Refused."""
    if after is None:
        return 0
    if not (after.isascii() and after.isdecimal()) or int(after) >= 2**63:
        raise _wrong("cursor")
    return int(after)


def _decode(cursor: str) -> dict[str, str]:
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii")
        pairs = parse_qsl(text, strict_parsing=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong("cursor") from error
    return {name.removesuffix("[]"): value for name, value in pairs}


def whole_number(
    query: Mapping[str, str], name: str, low: int, high: int
) -> int | None:
    if name not in query:
        return None
    text = query[name]
    if not (text.isascii() and text.isdecimal()) or not low <= int(text) <= high:
        raise _wrong(name)
    return int(text)


def flag(query: Mapping[str, str], name: str) -> bool:
    value = query.get(name, "false")
    if value not in ("true", "false"):
        raise _wrong(name)
    return value == "true"


def one_of(query: Mapping[str, str], name: str, allowed: Collection[str]) -> str | None:
    value = query.get(name)
    if value is not None and value not in allowed:
        raise _wrong(name)
    return value


def some_of(
    query: Mapping[str, str], name: str, allowed: Collection[str]
) -> set[str] | None:
    """Return the values of a comma list, or None when it was not sent."""
    if name not in query:
        return None
    values = {each.strip() for each in query[name].split(",")}
    if not values <= set(allowed):
        raise _wrong(name)
    return values


def ids(query: Mapping[str, str], name: str, most: int) -> list[str] | None:
    if name not in query:
        return None
    values = [each.strip().lower() for each in query[name].split(",")]
    if len(values) > most or not all(UUID.fullmatch(each) for each in values):
        raise _wrong(name)
    return values


def time(query: Mapping[str, str], name: str) -> float | None:
    if name not in query:
        return None
    try:
        return moment(query[name])
    except (ValueError, OverflowError) as error:
        raise _wrong(name) from error


def _wrong(name: str) -> errors.Refused:
    return errors.invalid(f"{name} does not have a valid value")
