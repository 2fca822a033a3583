"""Where the service stands in a twin: its doors, its pages, its control calls."""

from __future__ import annotations

from collections.abc import Callable

from starlette.routing import BaseRoute, Route

from mailtwin.constant_contact import activation, authorize, control, desk
from mailtwin.constant_contact.api import Api
from mailtwin.constant_contact.devices import DeviceEndpoint
from mailtwin.constant_contact.limits import Limits
from mailtwin.constant_contact.oauth import TokenEndpoint
from mailtwin.constant_contact.operations import OPERATIONS
from mailtwin.constant_contact.revocation import RevokeEndpoint
from mailtwin.constant_contact.service import Service
from mailtwin.constant_contact.store import prepare
from mailtwin.constant_contact.tokens import Mint
from mailtwin.door import Door
from mailtwin.world import World

OAUTH = "/oauth2/default/v1"


def open_service(world: World) -> Service:
    prepare(world)
    limits = Limits(
        database=world.database,
        switches=world.switches,
        enforced=world.settings.limits,
    )
    return Service(world=world, mint=Mint(world), limits=limits)


def forget(service: Service) -> Callable[[], None]:
    """Return what a reset does here: an empty service with its first account."""

    def start_over() -> None:
        service.limits.forget()
        service.replica = None
        prepare(service.world)

    return start_over


def routes(service: Service) -> list[BaseRoute]:
    world = service.world
    api = Door(world, Api(service, OPERATIONS).answer)
    token = Door(world, TokenEndpoint(service).answer)
    device = Door(world, DeviceEndpoint(service, activation.PATH).answer)
    revoke = Door(world, RevokeEndpoint(service).answer)
    post = ["POST"]
    return [
        Route("/v3/{path:anything}", api),
        Route(f"{OAUTH}/token", token, methods=post),
        Route(f"{OAUTH}/device/authorize", device, methods=post),
        Route(f"{OAUTH}/revoke", revoke, methods=post),
        *authorize.routes(service, OAUTH),
        *activation.routes(service),
        *control.routes(service),
        *desk.routes(service),
    ]
