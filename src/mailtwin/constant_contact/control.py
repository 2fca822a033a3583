"""Control calls of this service: tokens, its state, and acting as people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from starlette.routing import Route

from mailtwin.constant_contact import applications, jobs, people, snapshot
from mailtwin.constant_contact.account import PRIVILEGES
from mailtwin.constant_contact.contact_documents import CORE_TEXTS, PERMISSIONS
from mailtwin.constant_contact.service import Service
from mailtwin.constant_contact.store import add_account
from mailtwin.constant_contact.token_calls import first_tokens
from mailtwin.control import BadCommand, Command, NothingThere, route, text
from mailtwin.exchange import Json

DEFAULT_CLIENT = "twin-client"
DEFAULT_SCOPE = "contact_data account_read offline_access"
Arguments = Mapping[str, Json]


def routes(service: Service) -> list[Route]:
    """Return the control calls; each is one transaction and first settles jobs."""

    def post(name: str, command: Callable[[Service, Arguments], Json]) -> Route:
        return route(name, "POST", _in_transaction(service, command))

    return [
        post("token", _token),
        route("state", "GET", _in_transaction(service, _state)),
        post("jobs", _jobs),
        post("unsubscribe", _unsubscribe),
        post("leave_list", _leave_list),
        post("resubscribe", _resubscribe),
        post("hand_add", _hand_add),
        post("hand_edit", _hand_edit),
        post("delete_contact", _delete_contact),
        post("revoke", _revoke),
        post("quota", _quota),
        post("applications", _applications),
        post("accounts", _accounts),
        post("account", _account_settings),
    ]


def _in_transaction(
    service: Service, command: Callable[[Service, Arguments], Json]
) -> Command:
    @wraps(command)
    def run(arguments: Arguments) -> Json:
        jobs.settle(service, at=service.world.clock.now())
        try:
            with service.world.database:
                return command(service, arguments)
        except people.NobodyThere as error:
            raise NothingThere(str(error)) from error
        except people.NotPossible as error:
            raise BadCommand(str(error)) from error

    return run


def _account(service: Service, arguments: Arguments) -> int:
    named = arguments.get("account")
    return int(people.find_account(service.world, named)["account"])


def _token(service: Service, arguments: Arguments) -> Json:
    account = _account(service, arguments)
    client_id = str(arguments.get("client_id") or DEFAULT_CLIENT)
    secret = arguments.get("client_secret")
    scope = str(arguments.get("scope") or DEFAULT_SCOPE)
    world = service.world
    if applications.find(world, client_id) is None:
        applications.register(world, client_id, secret=secret, registered=False)
    at = world.clock.now()
    grant = service.mint.grant(
        account=account, client_id=client_id, scope=scope, public=secret is None
    )
    answer = first_tokens(service, grant, scope, at=at)
    return {**answer, "client_id": client_id}


def _state(service: Service, arguments: Arguments) -> Json:
    account = people.find_account(service.world, arguments.get("account"))
    return snapshot.document(service.world, account)


def _jobs(service: Service, arguments: Arguments) -> Json:
    if arguments.get("finish") is not True:
        raise BadCommand('send {"finish": true}')
    return {"finished": jobs.finish_all(service, at=service.world.clock.now())}


def _unsubscribe(service: Service, arguments: Arguments) -> Json:
    row = people.unsubscribe(
        service,
        _account(service, arguments),
        text(arguments, "address"),
        reason=arguments.get("reason"),
    )
    return {"contact_id": row["contact_id"]}


def _leave_list(service: Service, arguments: Arguments) -> Json:
    row = people.leave_list(
        service,
        _account(service, arguments),
        text(arguments, "address"),
        text(arguments, "list"),
    )
    return {"contact_id": row["contact_id"]}


def _resubscribe(service: Service, arguments: Arguments) -> Json:
    row = people.come_back(
        service,
        _account(service, arguments),
        text(arguments, "address"),
        _names(arguments, "lists") or [],
    )
    return {"contact_id": row["contact_id"]}


def _hand_add(service: Service, arguments: Arguments) -> Json:
    permission = arguments.get("permission") or "implicit"
    if permission not in PERMISSIONS:
        raise BadCommand(f"permission is one of {', '.join(PERMISSIONS)}")
    row = people.add(
        service,
        _account(service, arguments),
        text(arguments, "address"),
        core=_core(arguments),
        lists=_names(arguments, "lists") or [],
        permission=permission,
    )
    return {"contact_id": row["contact_id"]}


def _hand_edit(service: Service, arguments: Arguments) -> Json:
    row = people.edit(
        service,
        _account(service, arguments),
        text(arguments, "address"),
        core=_core(arguments),
        new_address=arguments.get("new_address"),
        lists=_names(arguments, "lists"),
    )
    return {"contact_id": row["contact_id"]}


def _delete_contact(service: Service, arguments: Arguments) -> Json:
    account = _account(service, arguments)
    row = people.delete(service, account, text(arguments, "address"))
    return {"contact_id": row["contact_id"]}


def _revoke(service: Service, arguments: Arguments) -> Json:
    ended = service.world.database.execute(
        'UPDATE "grant" SET ended_at = ?1 WHERE ended_at IS NULL'
        " AND (?2 IS NULL OR client_id = ?2)",
        (service.world.clock.now(), arguments.get("client_id")),
    ).rowcount
    return {"revoked": ended}


def _quota(service: Service, arguments: Arguments) -> Json:
    used = arguments.get("used")
    if not isinstance(used, int) or used < 0:
        raise BadCommand('send {"client_id": "...", "used": 9999}')
    client_id = str(arguments.get("client_id") or DEFAULT_CLIENT)
    service.limits.pretend_used(client_id, used, at=service.world.clock.now())
    return {"client_id": client_id, "used": used}


def _applications(service: Service, arguments: Arguments) -> Json:
    client_id = text(arguments, "client_id")
    refresh = arguments.get("refresh") or "rotating"
    if refresh not in ("rotating", "long_lived"):
        raise BadCommand("refresh is rotating or long_lived")
    applications.register(
        service.world,
        client_id,
        secret=arguments.get("client_secret"),
        name=arguments.get("name"),
        redirect_uris=_names(arguments, "redirect_uris"),
        refresh=refresh,
    )
    return {"client_id": client_id}


def _accounts(service: Service, arguments: Arguments) -> Json:
    number = add_account(service.world, text(arguments, "organization_name"))
    row = service.world.database.execute(
        "SELECT account_id FROM account WHERE account = ?", (number,)
    ).fetchone()
    return {"account_id": row["account_id"]}


def _account_settings(service: Service, arguments: Arguments) -> Json:
    """Change who allowed the applications, and whether sign-ups are confirmed."""
    account = people.find_account(service.world, arguments.get("account"))
    role = arguments.get("role", account["role"])
    confirmed = arguments.get("confirmed_opt_in", bool(account["confirmed_opt_in"]))
    if role not in PRIVILEGES:
        raise BadCommand(f"role is one of {', '.join(PRIVILEGES)}")
    service.world.database.execute(
        "UPDATE account SET role = ?, confirmed_opt_in = ? WHERE account = ?",
        (role, bool(confirmed), account["account"]),
    )
    return {"role": role, "confirmed_opt_in": bool(confirmed)}


def _core(arguments: Arguments) -> dict[str, Json]:
    return {name: arguments[name] for name in CORE_TEXTS if name in arguments}


def _names(arguments: Arguments, name: str) -> list[str] | None:
    value = arguments.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadCommand(f"{name} is a list of texts")
    return value
