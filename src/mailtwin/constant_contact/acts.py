"""Forms by which somebody looking at the pages acts as the person, or as staff."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from mailtwin.constant_contact import people
from mailtwin.constant_contact.contact_documents import CORE_TEXTS
from mailtwin.constant_contact.service import Service
from mailtwin.pages import page


def act(service: Service, form: FormData) -> Response:
    """Do what a form says and return to the contact, or say why it cannot be done."""
    deed = _ACTS.get(str(form.get("act")))
    if deed is None:
        return page(
            "nothing_there.html", {"reason": "there is no such act"}, status=400
        )
    account = people.find_account(service.world, str(form.get("account") or "") or None)
    address = str(form.get("address") or "").strip()
    query = {"account": account["account_id"]}
    try:
        with service.world.database:
            row = deed(service, account["account"], address, form)
        where = f"/contacts/{row['contact_id']}"
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
