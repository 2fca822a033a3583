"""The page where a person enters the code a device shows, and allows it."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailtwin.constant_contact import applications, devices, people
from mailtwin.constant_contact.scopes import SCOPES
from mailtwin.constant_contact.service import Service
from mailtwin.pages import page

PATH = "/activate"


def routes(service: Service) -> list[Route]:
    async def show(request: Request) -> Response:
        return _show(service, request.query_params.get("user_code", ""))

    async def decide(request: Request) -> Response:
        return _decide(service, await request.form())

    return [
        Route(PATH, show, methods=["GET"]),
        Route(PATH, decide, methods=["POST"]),
    ]


def _show(service: Service, user_code: str, problem: str | None = None) -> Response:
    accounts = service.world.database.execute(
        "SELECT * FROM account ORDER BY account"
    ).fetchall()
    return page(
        "activate.html",
        {"user_code": user_code, "accounts": accounts, "problem": problem},
        status=400 if problem else 200,
    )


def _decide(service: Service, form: FormData) -> Response:
    user_code = str(form.get("user_code") or "")
    row = devices.find_pending(service, user_code)
    if row is None:
        return _show(service, user_code, "No device waits with this code.")
    try:
        account = people.find_account(service.world, str(form.get("account") or ""))
    except people.NobodyThere as error:
        return _show(service, user_code, str(error))
    decision = form.get("decision")
    if decision not in ("allow", "deny"):
        application = applications.find(service.world, row["client_id"])
        values = {
            "user_code": user_code,
            "account": account,
            "application": application["name"] if application else row["client_id"],
            "scopes": [SCOPES[scope] for scope in row["scope"].split()],
        }
        return page("activate_allow.html", values)
    with service.world.database:
        devices.decide(
            service, row, account=account["account"], allow=decision == "allow"
        )
    return page("activate_done.html", {"allowed": decision == "allow"})
