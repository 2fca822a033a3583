"""The line between workers and twin: it loses, doubles, delays, and looks at bodies."""

from __future__ import annotations

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

from attrs import define, field
from tests.prove.live.faults import Fault, Weather
from tests.prove.live.http_wire import Passing, answer, exchange, made_up, receive

_THROTTLED: Final = b'{"error_key":"throttled","error_message":"Too many requests"}'
_HTML: Final = b"<html><body><h1>Something went wrong</h1></body></html>"
_ADDRESS: Final = re.compile(rb"[^\s\"',;<>]+@[^\s\"',;<>]+")


@define(eq=False)
class _Exchange:
    """A request under way for a caller that may have died meanwhile."""

    bearer: str | None
    caller: StreamReader
    forgiven: bool = False
    """Its process lost the database, and with it the connection's lock."""


@define(kw_only=True)
class Proxy:
    """Passes requests on to the twin at *port*. `url` is where it listens itself."""

    port: int
    weather: Weather
    url: str = ""
    passed: int = 0
    doubled: int = 0
    struck: Counter[Fault] = field(factory=Counter)
    refused: set[bytes] = field(factory=set)
    """Addresses that must never be in a body that adds somebody again."""
    brought_back: list[str] = field(factory=list)
    at_once: int = 0
    """How often an account was written to by two callers at the same time."""
    _under_way: set[_Exchange] = field(factory=set)
    _serving: set[asyncio.Task[None]] = field(factory=set)
    """Kept here: the loop alone does not keep a task whose caller hung up."""

    def forgive(self) -> None:
        """What is under way now may overlap with what begins after."""
        for one in list(self._under_way):
            one.forgiven = True

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Live through one exchange, even if nobody waits for its end any more."""
        this = asyncio.current_task()
        assert this
        self._serving.add(this)
        try:
            await self._serve(reader, writer)
        finally:
            self._serving.discard(this)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        request = await receive(reader)
        if request is None:
            writer.close()
            return
        fault = self.weather.strike(request.path)
        if fault:
            self.struck[fault] += 1
        self._look_at(request)
        try:
            with self._noticing_another(request, reader):
                await self._handle(request, fault, writer)
        except ConnectionError:
            writer.transport.abort()

    async def _handle(
        self, request: Passing, fault: Fault | None, writer: StreamWriter
    ) -> None:
        match fault:
            case Fault.RESET_BEFORE:
                writer.transport.abort()
            case Fault.RESET_WHILE:
                writer.transport.abort()
                await asyncio.sleep(self.weather.pause() / 3)
                await self._pass_on(request)
            case Fault.RESET_AFTER:
                await self._pass_on(request)
                writer.transport.abort()
            case Fault.UNAVAILABLE:
                await answer(writer, made_up("503 Service Unavailable", b"{}"))
            case Fault.THROTTLED:
                await answer(writer, made_up("429 Too Many Requests", _THROTTLED))
            case Fault.GATEWAY:
                await answer(writer, made_up("502 Bad Gateway", _HTML, "text/html"))
            case Fault.GARBLED:
                await self._pass_on(request)
                await answer(writer, made_up("200 OK", _HTML, "text/html"))
            case _:
                await self._answered(request, fault, writer)

    async def _answered(
        self, request: Passing, fault: Fault | None, writer: StreamWriter
    ) -> None:
        if fault is Fault.DELAYED:
            await asyncio.sleep(self.weather.pause())
        content = await self._pass_on(request)
        if fault is Fault.DOUBLED:
            self.doubled += 1
            await self._pass_on(request)
        if fault is Fault.CUT:
            content = content[: len(content) // 2]
        await answer(writer, content)

    async def _pass_on(self, request: Passing) -> bytes:
        self.passed += request.path.startswith("/v3/")
        return await exchange(self.port, request)

    def _look_at(self, request: Passing) -> None:
        adds = request.writes and request.path.endswith(
            ("/contacts_json_import", "/contacts")
        )
        if adds and (
            found := self.refused.intersection(_ADDRESS.findall(request.body))
        ):
            self.brought_back.append(f"{request.method} {request.path}: {len(found)}")

    @contextmanager
    def _noticing_another(
        self, request: Passing, reader: StreamReader
    ) -> Iterator[None]:
        this = _Exchange(request.bearer if request.writes else None, reader)
        self.at_once += any(
            other.bearer == this.bearer
            and this.bearer is not None
            and not other.forgiven
            and not other.caller.at_eof()
            for other in self._under_way
        )
        self._under_way.add(this)
        try:
            yield
        finally:
            self._under_way.discard(this)


@contextmanager
def running(proxy: Proxy) -> Iterator[Proxy]:
    """Have it listen on a port of its own, on a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="proxy")
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=2**26), loop
        ).result()
        host, port = server.sockets[0].getsockname()[:2]
        proxy.url = f"http://{host}:{port}"
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
