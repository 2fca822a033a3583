"""Stands between the product and the twin, and looks at a list after each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx2
from attrs import define, field

_NOT_PASSED_ON = {"host", "connection", "content-length", "transfer-encoding"}


@define
class Watch:
    """What was seen: *look* is asked after each request, and tells a size."""

    look: Callable[[], int]
    sizes: list[int] = field(factory=list)
    sent: list[tuple[str, bytes]] = field(factory=list)
    """Each request's method and path, and its body, but for those of control."""


@contextmanager
def watched(twin: str, watch: Watch) -> Iterator[str]:
    """Pass requests on to *twin*; give the address that does."""
    with httpx2.Client(base_url=twin, timeout=60, follow_redirects=False) as onwards:

        class Passing(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = onwards.request(
                    self.command,
                    self.path,
                    content=body,
                    headers=_without(self.headers.items()),
                )
                if "/__control__/" not in self.path:
                    watch.sent.append((f"{self.command} {self.path}", body))
                    watch.sizes.append(watch.look())
                self.send_response(answer.status_code)
                for name, value in _without(answer.headers.items()).items():
                    if name.lower() != "content-encoding":
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = do_DELETE = _pass_on

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


def _without(headers: object) -> dict[str, str]:
    assert hasattr(headers, "__iter__")
    return {
        name: value for name, value in headers if name.lower() not in _NOT_PASSED_ON
    }
