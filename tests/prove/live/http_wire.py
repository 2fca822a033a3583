"""Just enough HTTP/1.1 to pass requests on unread: one exchange a connection."""

from __future__ import annotations

import asyncio
import re
from asyncio import StreamReader, StreamWriter

from attrs import frozen

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_KEEP_ALIVE = re.compile(rb"\r\nconnection: *[^\r]*", re.IGNORECASE)
_BEARER = re.compile(rb"\r\nauthorization: *bearer *([^\r]*)", re.IGNORECASE)


@frozen(kw_only=True)
class Passing:
    """A request, as it came."""

    head: bytes
    body: bytes

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode()

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].partition(b"?")[0].decode()

    @property
    def bearer(self) -> str | None:
        found = _BEARER.search(self.head)
        return found.group(1).decode() if found else None

    @property
    def writes(self) -> bool:
        return self.method != "GET"


async def receive(reader: StreamReader) -> Passing | None:
    """Return the request that comes in; None when the caller hangs up before."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length.group(1))) if length else b""
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Passing(head=head, body=body)


async def exchange(port: int, request: Passing) -> bytes:
    """Send it on over a connection of its own and return the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = _KEEP_ALIVE.sub(b"", request.head)
        head = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        writer.write(head + request.body)
        return await reader.read()
    finally:
        writer.close()


async def answer(writer: StreamWriter, content: bytes) -> None:
    writer.write(content)
    await writer.drain()
    writer.close()


def made_up(status: str, body: bytes, media_type: str = "application/json") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
