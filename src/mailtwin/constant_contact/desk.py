"""Pages for people: what the account holds, and acting as the person or as staff."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailtwin.chart import bars
from mailtwin.constant_contact import acts, jobs, people
from mailtwin.constant_contact.contact_documents import CORE_TEXTS, documents
from mailtwin.constant_contact.limits import PER_DAY
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
                return page("nothing_there.html", {"reason": str(error)}, status=404)

        return Route(path, endpoint, methods=["GET"])

    async def act(request: Request) -> Response:
        jobs.settle(service, at=service.world.clock.now())
        try:
            return acts.act(service, await request.form())
        except people.NobodyThere as error:
            return page("nothing_there.html", {"reason": str(error)}, status=404)

    return [
        get("/", _lists),
        get("/contacts", _contacts),
        get("/contacts/{contact_id}", _contact),
        get("/jobs", _jobs),
        get("/calls", _calls),
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

    def show(self, template: str, values: Mapping[str, object]) -> Response:
        accounts = self.database.execute("SELECT * FROM account ORDER BY account")
        return page(
            template,
            {
                "account": self.account,
                "accounts": accounts.fetchall(),
                "now": self.service.world.clock.now(),
                **values,
            },
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
    values = {
        "lists": desk.lists(),
        "counts": counts,
        "problem": desk.request.query_params.get("problem"),
    }
    return desk.show("lists.html", values)


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
    lists = desk.lists()
    return desk.show(
        "contacts.html",
        {
            "contacts": documents(desk.database, rows, ["list_memberships"]),
            "found": found,
            "words": words,
            "chosen": chosen,
            "lists": lists,
            "names": {row["list_id"]: row["name"] for row in lists},
        },
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
    values = {
        "contact": shown,
        "lists": desk.lists(),
        "core": CORE_TEXTS,
        "problem": desk.request.query_params.get("problem"),
    }
    return desk.show("contact.html", values)


def _jobs(desk: Desk) -> Response:
    world = desk.service.world
    now = world.clock.now()
    rows = desk.database.execute(
        "SELECT * FROM activity WHERE account = ? ORDER BY activity DESC LIMIT ?",
        (desk.account["account"], SHOWN),
    ).fetchall()
    shown = [{"kind": row["kind"], **jobs.document(world, row, at=now)} for row in rows]
    return desk.show("jobs.html", {"jobs": shown})


def _calls(desk: Desk) -> Response:
    recorder = desk.service.world.recorder
    per_day = recorder.per_day()
    values = {
        "per_day": per_day,
        "bars": bars(per_day, most=PER_DAY),
        "most": PER_DAY,
        "violations": recorder.violations()[-SHOWN:],
    }
    return desk.show("calls.html", values)
