"""Bulk calls as requests, with the last checks before one leaves."""

from __future__ import annotations

from typing import assert_never

from rollkeeper.core.calls import BulkCall, Delete, Import, Join, Leave
from rollkeeper.core.values import Mailbox
from rollkeeper.providers.checks import none_suppressed, within_limits
from rollkeeper.providers.constant_contact import wire
from rollkeeper.providers.constant_contact.limits import CAPABILITIES
from rollkeeper.providers.errors import ProtocolBroken
from rollkeeper.providers.http import Request
from rollkeeper.providers.port import Purpose, Screen


def request_for(call: BulkCall, *, screen: Screen) -> Request:
    """Return the request that hands over *call*.

    Raises `ProtocolBroken` for one over the vendor's limits and `ForbiddenCall` for
    one that makes somebody mailable who must not be.
    """
    within_limits(call, CAPABILITIES)
    match call:
        case Import():
            body = _checked_import(call, screen)
            return _queue("contacts_json_import", body, Purpose.ADD)
        case Join():
            none_suppressed((target.mailbox for target in call.targets), screen)
            body = wire.membership_body(call)
            return _queue("add_list_memberships", body, Purpose.ADD)
        case Leave():
            body = wire.membership_body(call)
            return _queue("remove_list_memberships", body, Purpose.REMOVE)
        case Delete():
            body = wire.delete_body(call)
            return _queue("contact_delete", body, Purpose.SUPPRESS)
        case _:
            assert_never(call)


def _checked_import(call: Import, screen: Screen) -> bytes:
    body = wire.import_body(call)
    if len(body) > CAPABILITIES.import_bytes:
        raise ProtocolBroken(
            f"An import was about to leave with {len(body)} bytes; at most "
            f"{CAPABILITIES.import_bytes} are allowed."
        )
    addresses = wire.imported_addresses(body)
    none_suppressed((Mailbox(address) for address in addresses), screen)
    return body


def _queue(activity: str, body: bytes, purpose: Purpose) -> Request:
    return Request(
        method="POST", target=f"/activities/{activity}", purpose=purpose, body=body
    )
