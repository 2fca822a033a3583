"""Control calls that no vendor has a say in: time, faults, record, reset."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mailtwin.clock import moment, stamp
from mailtwin.exchange import Json
from mailtwin.faults import BadRule, read_rule
from mailtwin.switches import UnknownSwitch
from mailtwin.world import World, empty

PREFIX = "/__control__"
Command = Callable[[Mapping[str, Json]], Json]


class BadCommand(ValueError):
    """The command cannot be carried out; its message says why."""


class NothingThere(BadCommand):
    """The command names something the twin does not hold."""


def route(name: str, method: str, command: Command) -> Route:
    """Return a control call that gives *command* its JSON object or its query."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(command(await _arguments(request)))
        except NothingThere as error:
            return JSONResponse({"error": str(error)}, 404)
        except (BadCommand, BadRule, UnknownSwitch) as error:
            return JSONResponse({"error": str(error)}, 400)

    return Route(f"{PREFIX}/{name}", endpoint, methods=[method])


async def _arguments(request: Request) -> Mapping[str, Json]:
    body = await request.body()
    if not body:
        return dict(request.query_params)
    try:
        document = json.loads(body)
    except ValueError as error:
        raise BadCommand(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise BadCommand("the body must be a JSON object")
    return document


def text(arguments: Mapping[str, Json], name: str) -> str:
    """Return a text argument. Raises BadCommand when it is missing."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise BadCommand(f'{name} is missing: send {{"{name}": "..."}}')
    return value


def routes(world: World, forget: Iterable[Callable[[], None]]) -> list[Route]:
    """Return the neutral control calls; *forget* is what a reset does besides."""

    def reset(_arguments: Mapping[str, Json]) -> Json:
        empty(world.database)
        world.faults.clear()
        world.clock.offset, world.clock.stopped_at = 0.0, None
        world.restore_switches()
        for each in forget:
            each()
        return {"now": stamp(world.clock.now())}

    return [
        route("reset", "POST", reset),
        *_record_routes(world),
        *_fault_routes(world),
        *_clock_routes(world),
    ]


def _record_routes(world: World) -> list[Route]:
    def calls(arguments: Mapping[str, Json]) -> Json:
        after = str(arguments.get("after", "0"))
        if not after.isdecimal():
            raise BadCommand("after is the number of a call")
        shown = world.recorder.calls(after=int(after))
        return {
            "total": shown[-1]["n"] if shown else int(after),
            "calls": shown,
            "per_day": world.recorder.per_day(),
        }

    def forget_calls(_arguments: Mapping[str, Json]) -> Json:
        world.recorder.forget_calls()
        return {}

    def violations(_arguments: Mapping[str, Json]) -> Json:
        return {"violations": world.recorder.violations()}

    def forget_violations(_arguments: Mapping[str, Json]) -> Json:
        world.recorder.forget_violations()
        return {}

    return [
        route("calls", "GET", calls),
        route("calls", "DELETE", forget_calls),
        route("violations", "GET", violations),
        route("violations", "DELETE", forget_violations),
    ]


def _fault_routes(world: World) -> list[Route]:
    def arm(arguments: Mapping[str, Json]) -> Json:
        return {"id": world.faults.arm(read_rule(dict(arguments)))}

    def clear(_arguments: Mapping[str, Json]) -> Json:
        world.faults.clear()
        return {}

    def switches(_arguments: Mapping[str, Json]) -> Json:
        return {"switches": world.switches.document()}

    def answer(arguments: Mapping[str, Json]) -> Json:
        world.switches.answer({k: str(v) for k, v in arguments.items()})
        return switches({})

    return [
        route("faults", "POST", arm),
        route("faults", "GET", lambda _: {"faults": world.faults.document()}),
        route("faults", "DELETE", clear),
        route("switches", "GET", switches),
        route("switches", "POST", answer),
    ]


def _clock_routes(world: World) -> list[Route]:
    def look(_arguments: Mapping[str, Json]) -> Json:
        frozen = world.clock.stopped_at is not None
        return {"now": stamp(world.clock.now()), "frozen": frozen}

    def turn(arguments: Mapping[str, Json]) -> Json:
        match dict(arguments):
            case {"advance": int(seconds) | float(seconds)}:
                world.clock.advance(seconds)
            case {"set": str(when)}:
                world.clock.set(_moment(when))
            case {"freeze": True}:
                world.clock.freeze()
            case {"freeze": False}:
                world.clock.thaw()
            case _:
                raise BadCommand("send advance (seconds), set (a time) or freeze")
        world.keep_clock()
        return look({})

    return [route("clock", "GET", look), route("clock", "POST", turn)]


def _moment(when: str) -> float:
    try:
        return moment(when)
    except ValueError as error:
        raise BadCommand(
            f"{when} is not a time such as 2025-01-31T12:00:00Z"
        ) from error
