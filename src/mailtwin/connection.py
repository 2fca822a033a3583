"""Lets a fault cut the connection, which no ASGI message can ask for."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

KEY = "mailtwin.transport"


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose connections an application may cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        application = self.app

        async def with_transport(scope: Any, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[KEY] = transport
            await application(scope, receive, send)

        self.app = with_transport


async def abort(scope: Scope, receive: Receive) -> None:
    """Cut the connection without a byte of an answer.

    Raises ConnectionAbortedError where the server offers no way to do so.
    """
    transport = scope.get("extensions", {}).get(KEY)
    if transport is None:
        raise ConnectionAbortedError("this call got no answer, as the fault wants")
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
