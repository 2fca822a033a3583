"""Reads collections page by page, to the end or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import quote, urlencode

from attrs import field, frozen

from rollkeeper.providers.constant_contact.errors import ReadRefused
from rollkeeper.providers.constant_contact.wire import Document
from rollkeeper.providers.errors import ProtocolBroken, TryLater
from rollkeeper.providers.http import Request, Transport
from rollkeeper.providers.port import Purpose


@frozen(kw_only=True)
class Sheet:
    """One page of a collection, as it came."""

    document: Document = field(repr=False)
    served_at: datetime | None
    """By the vendor's clock."""


def target(path: str, query: Mapping[str, str]) -> str:
    """Return *path* with every query value encoded, a plus sign too."""
    return f"{path}?{urlencode(query, quote_via=quote, safe=',')}"


def fetch(transport: Transport, where: str, purpose: Purpose) -> Document:
    """Return one document."""
    return _sheet(transport, where, purpose).document


def _sheet(transport: Transport, where: str, purpose: Purpose) -> Sheet:
    reply = transport.send(Request(method="GET", target=where, purpose=purpose))
    if not isinstance(reply.document, dict):
        raise ProtocolBroken("Constant Contact's answer is not the object we expect.")
    return Sheet(document=reply.document, served_at=reply.provider_time)


def pages(transport: Transport, first: str, purpose: Purpose) -> Iterator[Document]:
    """Yield every page from *first* on, as `sheets` does."""
    return (sheet.document for sheet in sheets(transport, first, purpose))


def sheets(transport: Transport, first: str, purpose: Purpose) -> Iterator[Sheet]:
    """Yield every page from *first* on, following the links as they are given.

    Raises `TryLater` when the chain breaks: what was read then proves nothing about
    what is missing.
    """
    page = _sheet(transport, first, purpose)
    followed: set[str] = set()
    while True:
        yield page
        link = _next(page.document)
        if link is None:
            return
        if link in followed:
            raise TryLater("Constant Contact's pages lead in a circle.")
        followed.add(link)
        page = _follow(transport, link, purpose)


def items(page: Document, name: str) -> list[Document]:
    """Return the objects a page holds under *name*."""
    found = page.get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ProtocolBroken(f"Constant Contact's page has no {name}.")
    return found


def _follow(transport: Transport, link: str, purpose: Purpose) -> Sheet:
    try:
        return _sheet(transport, transport.target_of(link), purpose)
    except ReadRefused as error:
        raise TryLater("Constant Contact forgot where we were reading.") from error


def _next(page: Document) -> str | None:
    links = page.get("_links") or {}
    following = links.get("next") or {}
    href = following.get("href")
    if href is not None and not isinstance(href, str):
        raise ProtocolBroken("Constant Contact's link to the next page is no text.")
    return href or None
