"""What the proxy does to requests, with a server behind it that counts them."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread

import httpx2
import pytest
from attrs import define
from tests.prove.live.faults import Fault, Weather
from tests.prove.live.proxy import Proxy, running


@define
class Always(Weather):
    """Weather with one fault for every request."""

    fault: Fault | None = None

    def strike(self, path: str) -> Fault | None:
        return self.fault

    def pause(self) -> float:
        return 0.01


@pytest.fixture
def arrived() -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server, and the bodies that arrived there."""
    bodies: list[bytes] = []

    class Counting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(201)
            self.end_headers()
            self.wfile.write(b'{"done": true}')

        def log_message(self, *_: object) -> None:
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, bodies
    server.shutdown()
    thread.join()
    server.server_close()


def sent(proxy: Proxy) -> str:
    """Post something and say what came back."""
    try:
        answer = httpx2.post(
            f"{proxy.url}/v3/contacts", content=b'{"a": "b@c.example"}'
        )
        answer.json()
    except httpx2.RequestError:
        return "nothing"
    except ValueError:
        return f"{answer.status_code} without sense"
    return str(answer.status_code)


@pytest.mark.parametrize(
    ("fault", "told", "effects"),
    [
        (None, "201", 1),
        (Fault.DELAYED, "201", 1),
        (Fault.RESET_BEFORE, "nothing", 0),
        (Fault.RESET_AFTER, "nothing", 1),
        (Fault.CUT, "nothing", 1),
        (Fault.DOUBLED, "201", 2),
        (Fault.UNAVAILABLE, "503", 0),
        (Fault.THROTTLED, "429", 0),
        (Fault.GATEWAY, "502 without sense", 0),
        (Fault.GARBLED, "200 without sense", 1),
    ],
)
def test_a_fault_does_what_it_says(
    arrived: tuple[int, list[bytes]], fault: Fault | None, told: str, effects: int
) -> None:
    port, bodies = arrived
    weather = Always(Random(0), share=1, fault=fault)
    with running(Proxy(port=port, weather=weather)) as proxy:
        assert sent(proxy) == told
    assert len(bodies) == effects


def test_a_body_that_brings_back_who_refused_is_noticed(
    arrived: tuple[int, list[bytes]],
) -> None:
    weather = Always(Random(0), share=0)
    with running(Proxy(port=arrived[0], weather=weather)) as proxy:
        sent(proxy)
        assert proxy.brought_back == []
        proxy.refused.add(b"b@c.example")
        sent(proxy)
    assert len(proxy.brought_back) == 1


def test_fair_weather_strikes_nothing() -> None:
    weather = Weather(Random(1), share=1.0)
    assert {weather.strike("/v3/contacts") for _ in range(200)} == set(Fault)
    weather.fair = True
    assert {weather.strike("/v3/contacts") for _ in range(200)} == {None}
