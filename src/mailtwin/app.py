"""Puts a twin together as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mailtwin import control, pages
from mailtwin.constant_contact import mounting
from mailtwin.constant_contact.questions import QUESTIONS
from mailtwin.settings import Settings
from mailtwin.switches import Switches
from mailtwin.world import open_world


def create_app(settings: Settings | None = None) -> Starlette:
    """Return a twin with its state open; it is closed when the server stops."""
    world = open_world(settings or Settings(), Switches(QUESTIONS))
    service = mounting.open_service(world)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        world.close()

    return Starlette(
        routes=[
            *mounting.routes(service),
            *control.routes(world, [mounting.forget(service)]),
            *pages.static_routes(),
            Route(
                "/{path:anything}", _elsewhere, methods=["GET", "POST", "PUT", "DELETE"]
            ),
        ],
        lifespan=lifespan,
    )


async def _elsewhere(request: Request) -> Response:
    """Answer as the gateway does for a path that is not its own."""
    if request.url.path.startswith("/.well-known/"):
        return Response(status_code=404)
    return JSONResponse({"message": "Forbidden"}, 403)
