"""I16: calls that a sync must never make do not leave, whoever words them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from tests.providers.fakes import Counter, Keyring
from tests.providers.vendor import SETTINGS, Vendor, says, vendor

from rollkeeper.providers.constant_contact.errors import judge
from rollkeeper.providers.constant_contact.permits import ASKING_PERMITS, PERMITS
from rollkeeper.providers.errors import ForbiddenCall
from rollkeeper.providers.http import Permit, Request, Transport
from rollkeeper.providers.port import Purpose

ID = "11111111-2222-4333-8444-555555555555"
MAILABLE = {"address": "ann@members.example", "permission_to_send": "implicit"}
UNSUBSCRIBED = {**MAILABLE, "permission_to_send": "unsubscribed"}
READ = {"contact_id": ID, "email_address": MAILABLE, "list_memberships": ["one"]}
READ_UNSUBSCRIBED = {"contact_id": ID, "email_address": UNSUBSCRIBED}
JOB = "/activities/"

FORBIDDEN = {
    "the sign-up form": ("POST", "/contacts/sign_up_form", {}),
    "resubscribing": ("PUT", f"/contacts/resubscribe/{ID}", {"list_ids": ["one"]}),
    "emptying a list by a list": (
        "POST",
        f"{JOB}remove_list_memberships",
        {"source": {"list_ids": ["one"]}, "list_ids": ["one"]},
    ),
    "emptying a list altogether": (
        "POST",
        f"{JOB}remove_list_memberships",
        {"source": {"all_active_contacts": True}, "list_ids": ["one"]},
    ),
    "emptying a list by two sources": (
        "POST",
        f"{JOB}remove_list_memberships",
        {"source": {"contact_ids": [ID], "tag_ids": ["t"]}, "list_ids": ["one"]},
    ),
    "removing without a source": (
        "POST",
        f"{JOB}remove_list_memberships",
        {"list_ids": ["one"]},
    ),
    "adding everybody": (
        "POST",
        f"{JOB}add_list_memberships",
        {"source": {"all_active_contacts": True}, "list_ids": ["one"]},
    ),
    "adding a list to a list": (
        "POST",
        f"{JOB}add_list_memberships",
        {"source": {"list_ids": ["one"]}, "list_ids": ["two"]},
    ),
    "deleting by list": ("POST", f"{JOB}contact_delete", {"list_ids": ["one"]}),
    "deleting by both": (
        "POST",
        f"{JOB}contact_delete",
        {"contact_ids": [ID], "list_ids": ["one"]},
    ),
    "deleting a list's contacts with it": (
        "POST",
        f"{JOB}list_delete",
        {"list_ids": ["one"]},
    ),
    "deleting a list unseen": ("DELETE", f"/contact_lists/{ID}", None),
    "deleting one contact at once": ("DELETE", f"/contacts/{ID}", None),
    "creating with a consent nobody gave": (
        "POST",
        "/contacts",
        {
            "email_address": {**MAILABLE, "permission_to_send": "explicit"},
            "create_source": "Account",
        },
    ),
    "creating in the person's name": (
        "POST",
        "/contacts",
        {"email_address": MAILABLE, "create_source": "Contact"},
    ),
    "a path that climbs": ("GET", "/contacts/../account/summary", None),
    "renaming a list unseen": ("PUT", f"/contact_lists/{ID}", {"name": "Another"}),
    "another part of the service": ("GET", "/emails", None),
}


def door(there: Vendor, permits: tuple[Permit, ...]) -> Transport:
    return Transport(
        base=SETTINGS.api_url,
        tokens=Keyring(),
        gate=Counter(),
        permits=permits,
        judge=judge,
        over=httpx2.MockTransport(there.answer),
    )


def send(
    method: str,
    target: str,
    body: Any,
    *,
    known: Mapping[str, Any] | None = None,
    permits: tuple[Permit, ...] = PERMITS,
) -> list[httpx2.Request]:
    """Try to send a request, and return what left."""
    there = vendor(says(200, {}))
    request = Request(
        method=method,
        target=target,
        purpose=Purpose.UPDATE,
        body=None if body is None else json.dumps(body).encode(),
        known=known,
    )
    try:
        door(there, permits).send(request)
    except ForbiddenCall:
        assert there.requests == []
    return there.requests


@pytest.mark.parametrize("call", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_forbidden_call_does_not_leave(call: tuple[str, str, Any]) -> None:
    assert send(*call) == []


def replacing(known: Mapping[str, Any] | None, **changed: Any) -> list[httpx2.Request]:
    body = {"email_address": MAILABLE, "update_source": "Account", **changed}
    return send("PUT", f"/contacts/{ID}", body, known=known)


def test_a_contact_that_was_just_read_can_be_replaced() -> None:
    assert len(replacing(READ)) == 1


def test_a_contact_that_was_not_read_cannot_be_replaced() -> None:
    assert replacing(None) == []
    assert replacing({**READ, "contact_id": "another"}) == []


def test_replacing_makes_nobody_mailable_who_unsubscribed() -> None:
    assert replacing(READ_UNSUBSCRIBED) == []
    assert replacing(READ_UNSUBSCRIBED, email_address=UNSUBSCRIBED) != []


def test_replacing_unsubscribes_nobody() -> None:
    assert replacing(READ, email_address=UNSUBSCRIBED) == []


def test_replacing_claims_no_act_of_the_person() -> None:
    assert replacing(READ, update_source="Contact") == []


def test_replacing_puts_nobody_on_a_list_who_unsubscribed() -> None:
    joining = {"email_address": UNSUBSCRIBED, "list_memberships": ["one"]}
    assert replacing(READ_UNSUBSCRIBED, **joining) == []


def renaming(body: Mapping[str, Any]) -> list[httpx2.Request]:
    known = {"list_id": ID, "name": "News", "favorite": True, "membership_count": 3}
    return send("PUT", f"/contact_lists/{ID}", body, known=known)


def test_a_list_can_be_renamed() -> None:
    assert len(renaming({"name": "Bulletin", "favorite": True})) == 1


@pytest.mark.parametrize("body", [{"name": "B"}, {"name": "B", "favorite": False}])
def test_nothing_but_its_name_is_changed(body: Mapping[str, Any]) -> None:
    assert renaming(body) == []


def deleting(known: Mapping[str, Any], *, query: str = "") -> list[httpx2.Request]:
    return send("DELETE", f"/contact_lists/{ID}{query}", None, known=known)


def test_a_list_that_nobody_is_on_can_be_deleted() -> None:
    assert len(deleting({"list_id": ID, "membership_count": 0})) == 1


@pytest.mark.parametrize(
    "known",
    [
        {"list_id": ID, "membership_count": 1},
        {"list_id": ID},
        {"list_id": "another", "membership_count": 0},
    ],
    ids=["somebody is on it", "nobody counted", "another list was read"],
)
def test_a_list_not_known_to_be_empty_cannot_be_deleted(known: dict[str, Any]) -> None:
    assert deleting(known) == []


def test_a_list_is_deleted_by_itself() -> None:
    known = {"list_id": ID, "membership_count": 0}
    assert deleting(known, query="?list_ids=another") == []


RESUBSCRIBE = f"/contacts/resubscribe/{ID}"


def asking(known: Mapping[str, Any] | None, body: Any) -> list[httpx2.Request]:
    return send("PUT", RESUBSCRIBE, body, known=known, permits=ASKING_PERMITS)


def test_who_was_just_read_as_unsubscribed_can_be_asked_to_come_back() -> None:
    assert len(asking(READ_UNSUBSCRIBED, {"list_ids": ["one"]})) == 1


def test_nobody_else_is_asked_to_come_back() -> None:
    assert asking(None, {"list_ids": ["one"]}) == []
    assert asking(READ, {"list_ids": ["one"]}) == []
    another = {**READ_UNSUBSCRIBED, "contact_id": "another"}
    assert asking(another, {"list_ids": ["one"]}) == []


def test_asking_names_lists_and_nothing_else() -> None:
    assert asking(READ_UNSUBSCRIBED, {"list_ids": []}) == []
    more = {"list_ids": ["one"], "email_address": MAILABLE}
    assert asking(READ_UNSUBSCRIBED, more) == []


OF_A_SYNC = (
    ("POST", f"{JOB}contacts_json_import", {"import_data": [], "list_ids": ["one"]}),
    ("POST", f"{JOB}contact_delete", {"contact_ids": [ID]}),
    ("PUT", f"/contacts/{ID}", {"email_address": MAILABLE, "update_source": "Account"}),
    ("GET", "/contacts", None),
)


@pytest.mark.parametrize("call", OF_A_SYNC, ids=lambda call: call[1])
def test_what_asks_can_do_nothing_that_a_sync_does(call: tuple[str, str, Any]) -> None:
    assert send(*call, known=READ) != []
    assert send(*call, known=READ, permits=ASKING_PERMITS) == []


def test_a_sync_can_never_ask_somebody_to_come_back() -> None:
    """Not even about somebody who was just read as unsubscribed."""
    body = {"list_ids": ["one"]}
    assert send("PUT", RESUBSCRIBE, body, known=READ_UNSUBSCRIBED) == []
    assert not any(one.path.fullmatch(RESUBSCRIBE) for one in PERMITS)
