"""Plain pages for people: one template folder, one strict policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mailtwin.clock import stamp

_ENVIRONMENT = Environment(
    loader=PackageLoader("mailtwin"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["stamp"] = stamp
_STATIC = {"mailtwin.css": "text/css", "mailtwin.svg": "image/svg+xml"}


def page(
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    form_targets: Sequence[str] = (),
) -> Response:
    """Return a page. Forms may only lead to this host and to *form_targets*."""
    targets = " ".join(("'self'", *form_targets))
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action {targets}"
    )
    return HTMLResponse(
        _ENVIRONMENT.get_template(template).render(values),
        status,
        {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        },
    )


def static_routes() -> list[Route]:
    """Return what pages fetch from this host besides themselves."""
    return [_static_route(name, media_type) for name, media_type in _STATIC.items()]


def _static_route(name: str, media_type: str) -> Route:
    content = files("mailtwin").joinpath("static", name).read_bytes()

    async def serve(_request: Request) -> Response:
        return Response(content, media_type=media_type)

    return Route(f"/static/{name}", serve)
