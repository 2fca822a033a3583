"""Pages for people: what the account holds, and acting as the person or as staff."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from urllib.parse import urlencode

from attrs import frozen
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailtwin.constant_contact import jobs, people
from mailtwin.constant_contact.contact_documents import CORE_TEXTS, documents
from mailtwin.constant_contact.service import Service
from mailtwin.pages import page

SHOWN = 100


def routes(service: Service) -> list[Route]:
    def get(path: str, show: Callable[[Desk], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            jobs.settle(service, at=service.world.clock.now())
            try:
                return show(Desk.open(service, request))
            except people.NobodyThere as error:
                return page("nothing_there.html", status=404, reason=str(error))

        return Route(path, endpoint, methods=["GET"])

    async def act(request: Request) -> Response:
        jobs.settle(service, at=service.world.clock.now())
        return _act(service, request, await request.form())

    return [
        get("/", _lists),
        get("/contacts", _contacts),
        get("/contacts/{contact_id}", _contact),
        Route("/act", act, methods=["POST"]),
    ]


@frozen
class Desk:
    """One person looking at one account."""

    service: Service
    request: Request
    account: sqlite3.Row

    @classmethod
    def open(cls, service: Service, request: Request) -> Desk:
        named = request.query_params.get("account")
        return cls(service, request, people.find_account(service.world, named))

    @property
    def database(self) -> sqlite3.Connection:
        return self.service.world.database

    def show(self, template: str, **values: object) -> Response:
        accounts = self.database.execute("SELECT * FROM account ORDER BY account")
        return page(
            template,
            account=self.account,
            accounts=accounts.fetchall(),
            now=self.service.world.clock.now(),
            **values,
        )

    def lists(self) -> list[sqlite3.Row]:
        return self.database.execute(
            "SELECT l.*, (SELECT count(*) FROM membership m WHERE m.list = l.list)"
            " AS members FROM list l WHERE account = ? AND deleted_at IS NULL"
            " ORDER BY name",
            (self.account["account"],),
        ).fetchall()


def _lists(desk: Desk) -> Response:
    counts = desk.database.execute(
        "SELECT CASE WHEN deleted_at IS NOT NULL THEN 'deleted'"
        " ELSE coalesce(permission, 'no address') END AS state, count(*) AS contacts"
        " FROM contact WHERE account = ? GROUP BY state ORDER BY state",
        (desk.account["account"],),
    ).fetchall()
    return desk.show("lists.html", lists=desk.lists(), counts=counts)


def _contacts(desk: Desk) -> Response:
    words = desk.request.query_params.get("q", "").strip()
    chosen = desk.request.query_params.get("list", "")
    where, values = "account = ?", [desk.account["account"]]
    if words:
        where += (
            " AND instr(lower(coalesce(address, '') || ' ' || coalesce(first_name, '')"
            " || ' ' || coalesce(last_name, '') || ' ' || coalesce(company_name, '')),"
            " ?) > 0"
        )
        values.append(words.lower())
    if chosen:
        where += (
            " AND contact IN (SELECT contact FROM membership JOIN list USING (list)"
            " WHERE list_id = ?)"
        )
        values.append(chosen)
    (found,) = desk.database.execute(
        f"SELECT count(*) FROM contact WHERE {where}", values
    ).fetchone()
    rows = desk.database.execute(
        f"SELECT * FROM contact WHERE {where} ORDER BY address_key LIMIT {SHOWN}",
        values,
    ).fetchall()
    shown = documents(desk.database, rows, ["list_memberships"])
    return desk.show(
        "contacts.html",
        contacts=shown,
        found=found,
        words=words,
        chosen=chosen,
        lists=desk.lists(),
        names={row["list_id"]: row["name"] for row in desk.lists()},
    )


def _contact(desk: Desk) -> Response:
    row = desk.database.execute(
        "SELECT * FROM contact WHERE account = ? AND contact_id = ?",
        (desk.account["account"], desk.request.path_params["contact_id"]),
    ).fetchone()
    if row is None:
        raise people.NobodyThere("there is no such contact")
    include = ["list_memberships", "custom_fields", "phone_numbers"]
    (shown,) = documents(desk.database, [row], include)
    return desk.show(
        "contact.html",
        contact=shown,
        lists=desk.lists(),
        core=CORE_TEXTS,
        problem=desk.request.query_params.get("problem"),
    )


def _act(service: Service, request: Request, form: FormData) -> Response:
    account = people.find_account(service.world, str(form.get("account") or ""))
    address = str(form.get("address") or "").strip()
    query = {"account": account["account_id"]}
    try:
        with service.world.database:
            row = _ACTS[str(form.get("act"))](
                service, account["account"], address, form
            )
        where = f"/contacts/{row['contact_id']}"
    except KeyError:
        return page("nothing_there.html", status=400, reason="there is no such act")
    except (people.NobodyThere, people.NotPossible) as error:
        query["problem"] = str(error)
        where = f"/contacts/{form['contact_id']}" if "contact_id" in form else "/"
    return RedirectResponse(f"{where}?{urlencode(query)}", 303)


Act = Callable[[Service, int, str, FormData], sqlite3.Row]


def _unsubscribe(
    service: Service, account: int, address: str, form: FormData
) -> sqlite3.Row:
    reason = str(form.get("reason") or "") or None
    return people.unsubscribe(service, account, address, reason=reason)


def _leave(service: Service, account: int, address: str, form: FormData) -> sqlite3.Row:
    return people.leave_list(service, account, address, str(form.get("list") or ""))


def _come_back(
    service: Service, account: int, address: str, form: FormData
) -> sqlite3.Row:
    lists = [str(each) for each in form.getlist("lists")]
    return people.come_back(service, account, address, lists)


def _add(service: Service, account: int, address: str, form: FormData) -> sqlite3.Row:
    core = {name: str(form.get(name) or "") for name in CORE_TEXTS if name in form}
    lists = [str(each) for each in form.getlist("lists")]
    return people.add(service, account, address, core=core, lists=lists)


def _edit(service: Service, account: int, address: str, form: FormData) -> sqlite3.Row:
    return people.edit(
        service,
        account,
        address,
        core={name: str(form.get(name) or "") for name in CORE_TEXTS},
        new_address=str(form.get("new_address") or "").strip(),
        lists=[str(each) for each in form.getlist("lists")],
    )


def _delete(
    service: Service, account: int, address: str, _form: FormData
) -> sqlite3.Row:
    return people.delete(service, account, address)


_ACTS: dict[str, Act] = {
    "unsubscribe": _unsubscribe,
    "leave_list": _leave,
    "come_back": _come_back,
    "add": _add,
    "edit": _edit,
    "delete": _delete,
}
