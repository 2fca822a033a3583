"""Runs a twin: in the foreground, or beside a test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from attrs import frozen

from mailtwin.app import create_app
from mailtwin.connection import CuttableProtocol
from mailtwin.settings import Settings

HOST = "127.0.0.1"


@frozen
class Running:
    """A twin that answers at *url*."""

    url: str


def serve(settings: Settings, port: int, *, announce: Callable[[str], None]) -> None:
    """Answer until a signal ends it; *announce* gets the address once it is taken."""
    with _listen(port) as listener:
        announce(_url(listener))
        _server(settings).run(sockets=[listener])


@contextmanager
def running(settings: Settings | None = None) -> Iterator[Running]:
    """Run a twin on a free port in a thread of its own; it ends with the block."""
    server = _server(settings or Settings())
    with _listen(0) as listener:
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="mailtwin"
        )
        thread.start()
        try:
            yield Running(_url(listener))
        finally:
            server.should_exit = True
            thread.join()


def _server(settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(settings),
        http=CuttableProtocol,
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _listen(port: int) -> socket.socket:
    """Return a socket that takes calls. Raises OSError when the port is taken."""
    # named as TCP, or asyncio leaves Nagle's algorithm on: 40 ms for each POST
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"
