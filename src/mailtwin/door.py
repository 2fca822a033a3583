"""The door of a service: reads a call whole, lets faults strike, answers, records."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from email.utils import formatdate
from types import MappingProxyType

from attrs import frozen
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mailtwin.connection import abort
from mailtwin.exchange import Answer, Call, Remarks
from mailtwin.faults import Rule
from mailtwin.world import World

HTML_502 = "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>"
SLOW_SECONDS = 5.0
TIMEOUT_SECONDS = 120.0
_STRUCK_ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "500": Answer(status=500, body=[{"error_key": "internal_error"}]),
        "503": Answer(status=503, body={"message": "Service Unavailable"}),
        "html_502": Answer(status=502, body=HTML_502.encode(), media_type="text/html"),
    }
)


class _Anything(Convertor[str]):
    """The rest of a path, line breaks included."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())


@frozen
class Door:
    """An ASGI application around one function that answers calls."""

    world: World
    answer: Callable[[Call, Remarks, Rule | None], Answer]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        call = await self._read(request)
        fault = self.world.faults.strike(call)
        remarks = Remarks()
        answer = self._answer(call, remarks, fault)
        lost = fault is not None and fault.kind in ("timeout", "lost_answer")
        self.world.recorder.record(
            call,
            None if lost else answer,
            remarks,
            fault.kind if fault else None,
        )
        if fault is not None:
            await _delay(fault, receive)
        if lost:
            await abort(scope, receive)
        else:
            await self._response(answer)(scope, receive, send)

    async def _read(self, request: Request) -> Call:
        body = await request.body()
        return Call(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers=dict(request.headers),
            body=body,
            at=self.world.clock.now(),
        )

    def _answer(self, call: Call, remarks: Remarks, fault: Rule | None) -> Answer:
        if fault is not None:
            if fault.kind == "status":
                return Answer(status=fault.status, body=fault.body)
            if fault.kind == "timeout":
                return Answer(status=504)
            if fault.kind in _STRUCK_ANSWERS:
                return _STRUCK_ANSWERS[fault.kind]
        return self.answer(call, remarks, fault)

    def _response(self, answer: Answer) -> Response:
        body, media_type = answer.body, answer.media_type
        if body is None:
            body, media_type = b"", ""
        elif not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        response = Response(body, answer.status, dict(answer.headers))
        if media_type:
            response.headers["Content-Type"] = media_type
        response.headers["Date"] = formatdate(self.world.clock.now(), usegmt=True)
        return response


async def _delay(fault: Rule, receive: Receive) -> None:
    if fault.kind == "slow":
        await asyncio.sleep(SLOW_SECONDS if fault.seconds is None else fault.seconds)
    elif fault.kind == "timeout":
        patience = TIMEOUT_SECONDS if fault.seconds is None else fault.seconds
        try:
            async with asyncio.timeout(patience):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return
