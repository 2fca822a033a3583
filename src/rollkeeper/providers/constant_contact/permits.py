"""The only requests that leave for Constant Contact (I16).

Not here, so never sent: the sign-up form (it makes permission explicit and brings
people back who left), and every bulk call that names lists or conditions instead of
contacts. A list is deleted by itself, and only when a read just showed that nobody is
on it.

Resubscribing is not among what a sync may send. It has permits of its own, for a
transport that a person's wish opens and that can do nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from rollkeeper.providers.http import Objection, Permit, Request

_ID = r"[0-9A-Za-z-]{1,64}"
_UNSUBSCRIBED = "unsubscribed"


def _body(request: Request) -> Any:
    return json.loads(request.body or b"null")


def _names_contacts_only(request: Request) -> str | None:
    body = _body(request)
    if set(body) != {"source", "list_ids"} or set(body.get("source", ())) != {
        "contact_ids"
    }:
        return "it must name contacts, each by its id"
    return None


def _deletes_contacts_only(request: Request) -> str | None:
    return None if set(_body(request)) == {"contact_ids"} else "it must name contacts"


def _creates_implicit(request: Request) -> str | None:
    body = _body(request)
    if _permission(body) != "implicit" or body.get("create_source") != "Account":
        return "it would claim a consent that nobody gave"
    return None


def _keeps_permission(request: Request) -> str | None:
    """Object to a replacement that is no change of what was just read, or that makes
    somebody mailable who refused."""
    known, body = request.known, _body(request)
    if known is None or not request.path.endswith(f"/{known.get('contact_id')}"):
        return "the contact was not read first"
    before = _permission(known)
    if _permission(body) != before or body.get("update_source") != "Account":
        return "it would change the permission to send mail"
    joined = set(body.get("list_memberships", ())) - set(
        known.get("list_memberships", ())
    )
    if joined and before == _UNSUBSCRIBED:
        return "it would put somebody on a list who has unsubscribed"
    return None


def _asks_who_unsubscribed(request: Request) -> str | None:
    known, body = request.known, _body(request)
    if known is None or not request.path.endswith(f"/{known.get('contact_id')}"):
        return "the contact was not read first"
    if _permission(known) != _UNSUBSCRIBED:
        return "the contact has not unsubscribed"
    if set(body) != {"list_ids"} or not body["list_ids"]:
        return "it must name lists, and nothing else"
    return None


KEPT_OF_A_LIST = ("description", "favorite")
"""What a list has beside its name. A PUT replaces it all (FACTS section 10)."""


def _changes_only_a_name(request: Request) -> str | None:
    known = request.known
    if known is None or request.target != f"/contact_lists/{known.get('list_id')}":
        return "the list was not read first"
    kept = {field: known[field] for field in KEPT_OF_A_LIST if field in known}
    body = _body(request)
    if {**body, "name": None} != {**kept, "name": None}:
        return "it would change more than the name"
    return None


def _ends_one_empty_list(request: Request) -> str | None:
    known = request.known
    if known is None or request.target != f"/contact_lists/{known.get('list_id')}":
        return "the list was not read first"
    if known.get("membership_count") != 0:
        return "somebody is on the list"
    return None


def _permission(document: Mapping[str, Any]) -> object:
    return document.get("email_address", {}).get("permission_to_send")


def _permit(
    method: str, path: str, objection: Objection = lambda request: None
) -> Permit:
    return Permit(method=method, path=re.compile(path), objection=objection)


PERMITS = (
    _permit("GET", "/account/summary"),
    _permit("GET", "/contact_lists"),
    _permit("POST", "/contact_lists"),
    _permit("GET", f"/contact_lists/{_ID}"),
    _permit("PUT", f"/contact_lists/{_ID}", _changes_only_a_name),
    _permit("DELETE", f"/contact_lists/{_ID}", _ends_one_empty_list),
    _permit("GET", "/contacts"),
    _permit("GET", f"/contacts/{_ID}"),
    _permit("POST", "/contacts", _creates_implicit),
    _permit("PUT", f"/contacts/{_ID}", _keeps_permission),
    _permit("GET", "/activities"),
    _permit("POST", "/activities/contacts_json_import"),
    _permit("POST", "/activities/add_list_memberships", _names_contacts_only),
    _permit("POST", "/activities/remove_list_memberships", _names_contacts_only),
    _permit("POST", "/activities/contact_delete", _deletes_contacts_only),
)

ASKING_PERMITS = (
    _permit("GET", f"/contacts/{_ID}"),
    _permit("PUT", f"/contacts/resubscribe/{_ID}", _asks_who_unsubscribed),
)
