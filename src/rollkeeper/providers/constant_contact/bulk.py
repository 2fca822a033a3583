"""Bulk calls as requests, with the last checks before one leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from rollkeeper.core.calls import BulkCall, Delete, Import, Join, Leave, Target
from rollkeeper.core.values import Mailbox
from rollkeeper.providers.constant_contact import wire
from rollkeeper.providers.constant_contact.limits import CAPABILITIES
from rollkeeper.providers.constant_contact.screening import screened
from rollkeeper.providers.errors import ProtocolBroken
from rollkeeper.providers.http import Request
from rollkeeper.providers.port import Purpose, Screen


def request_for(call: BulkCall, *, screen: Screen) -> Request:
    """Return the request that hands over *call*.

    Raises `ProtocolBroken` for one over the vendor's limits, which would drop what is
    too much without a word, and `ForbiddenCall` for one that makes somebody mailable
    who must not be.
    """
    match call:
        case Import():
            return _import(call, screen)
        case Join():
            _check_targets(call.targets)
            _within("lists", len(call.lists), 1, CAPABILITIES.lists_per_call)
            screened((target.mailbox for target in call.targets), screen)
            body = wire.membership_body(call)
            return _queue("add_list_memberships", body, Purpose.ADD)
        case Leave():
            _check_targets(call.targets)
            _within("lists", len(call.lists), 1, CAPABILITIES.lists_per_call)
            body = wire.membership_body(call)
            return _queue("remove_list_memberships", body, Purpose.REMOVE)
        case Delete():
            _check_targets(call.targets)
            body = wire.delete_body(call)
            return _queue("contact_delete", body, Purpose.SUPPRESS)
        case _:
            assert_never(call)


def _import(call: Import, screen: Screen) -> Request:
    body = wire.import_body(call)
    _within("bytes", len(body), 1, CAPABILITIES.import_bytes)
    _within("lists", len(call.lists), 1, CAPABILITIES.lists_per_call)
    addresses = wire.imported_addresses(body)
    _within("rows", len(addresses), 1, CAPABILITIES.import_rows)
    longest = max(len(address) for address in addresses)
    _within("characters", longest, 1, CAPABILITIES.import_address_length)
    if len(set(addresses)) != len(addresses):
        raise ProtocolBroken("An import would carry the same address twice.")
    screened((Mailbox(address) for address in addresses), screen)
    return _queue("contacts_json_import", body, Purpose.ADD)


def _check_targets(targets: Sequence[Target]) -> None:
    _within("contacts", len(targets), 1, CAPABILITIES.targets_per_call)


def _within(what: str, count: int, least: int, most: int) -> None:
    if not least <= count <= most:
        raise ProtocolBroken(
            f"A bulk call was about to leave with {count} {what}; from {least} to "
            f"{most} are allowed."
        )


def _queue(activity: str, body: bytes, purpose: Purpose) -> Request:
    return Request(
        method="POST", target=f"/activities/{activity}", purpose=purpose, body=body
    )
