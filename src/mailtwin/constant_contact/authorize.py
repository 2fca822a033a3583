"""The pages where a person logs in and allows an application to use the account."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mailtwin.constant_contact import applications, people
from mailtwin.constant_contact.not_granted import NotGranted
from mailtwin.constant_contact.oauth import CODE_SECONDS
from mailtwin.constant_contact.scopes import SCOPES, check_scope
from mailtwin.constant_contact.service import Service
from mailtwin.pages import page

CARRIED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)


def routes(service: Service, prefix: str) -> list[Route]:
    async def show(request: Request) -> Response:
        return _show(service, _carried(request.query_params))

    async def decide(request: Request) -> Response:
        return _decide(service, await request.form())

    async def keys(_request: Request) -> Response:
        return JSONResponse(service.mint.public_keys())

    return [
        Route(f"{prefix}/authorize", show, methods=["GET"]),
        Route(f"{prefix}/authorize", decide, methods=["POST"]),
        Route(f"{prefix}/keys", keys, methods=["GET"]),
    ]


def _carried(fields: Mapping[str, object]) -> dict[str, str]:
    return {name: str(fields[name]) for name in CARRIED if name in fields}


def _show(service: Service, asked: Mapping[str, str]) -> Response:
    """Show the log-in page, or refuse as OAuth wants it."""
    try:
        _welcome(service, asked)
        _check(asked)
    except applications.UnknownApplication as error:
        return page("authorize_refused.html", {"reason": str(error)}, status=400)
    except NotGranted as refused:
        return _return(asked, refused.answer.body)
    accounts = service.world.database.execute(
        "SELECT * FROM account ORDER BY account"
    ).fetchall()
    return page("authorize_login.html", {"asked": asked, "accounts": accounts})


def _welcome(service: Service, asked: Mapping[str, str]) -> str:
    client_id, redirect_uri = asked.get("client_id"), asked.get("redirect_uri")
    if not client_id or not redirect_uri:
        raise applications.UnknownApplication(
            "The request names no client_id or no redirect_uri."
        )
    with service.world.database:
        row = applications.welcome(service.world, client_id, redirect_uri)
    return str(row["name"])


def _check(asked: Mapping[str, str]) -> None:
    if asked.get("response_type") != "code":
        raise NotGranted(
            "unsupported_response_type", "Only the code flow is supported."
        )
    if not asked.get("state"):
        raise NotGranted("invalid_request", "The state parameter is missing.")
    check_scope(asked.get("scope", ""))
    if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
        raise NotGranted("invalid_request", "code_challenge_method must be S256.")


def _decide(service: Service, form: FormData) -> Response:
    """Go on from log-in to consent, and from consent back to the application."""
    asked = _carried(form)
    try:
        name = _welcome(service, asked)
        _check(asked)
        account = people.find_account(service.world, str(form.get("account") or ""))
    except (applications.UnknownApplication, people.NobodyThere, NotGranted) as error:
        return page("authorize_refused.html", {"reason": str(error)}, status=400)
    if form.get("decision") == "allow":
        return _allow(service, asked, account["account"])
    if form.get("decision") == "deny":
        return _return(
            asked,
            {
                "error": "access_denied",
                "error_description": "The resource owner denied the request.",
            },
        )
    return page(
        "authorize_allow.html",
        {
            "asked": asked,
            "application": name,
            "account": account,
            "scopes": [SCOPES[scope] for scope in asked["scope"].split()],
        },
        form_targets=[_origin(asked["redirect_uri"])],
    )


def _allow(service: Service, asked: Mapping[str, str], account: int) -> Response:
    world = service.world
    code = world.new_secret(43)
    challenge = asked.get("code_challenge")
    with world.database:
        grant = service.mint.grant(
            account=account,
            client_id=asked["client_id"],
            scope=asked["scope"],
            public=challenge is not None,
        )
        world.database.execute(
            'INSERT INTO code (code, "grant", redirect_uri, challenge, expires_at)'
            " VALUES (?, ?, ?, ?, ?)",
            (
                code,
                grant,
                asked["redirect_uri"],
                challenge,
                world.clock.now() + CODE_SECONDS,
            ),
        )
    return _return(asked, {"code": code})


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _return(asked: Mapping[str, str], answer: Mapping[str, str]) -> Response:
    fields = dict(answer)
    if "state" in asked:
        fields["state"] = asked["state"]
    uri = asked["redirect_uri"]
    joint = "&" if "?" in uri else "?"
    return RedirectResponse(f"{uri}{joint}{urlencode(fields)}", 302)
