"""Replacing a whole contact without losing what is not ours (I17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rollkeeper.core.calls import Rewrite
from rollkeeper.core.views import Permission
from rollkeeper.providers.constant_contact import wire
from rollkeeper.providers.errors import ChangeRefused

PARTS = (
    "custom_fields",
    "list_memberships",
    "taggings",
    "notes",
    "phone_numbers",
    "street_addresses",
)
"""Everything to ask for before a contact is replaced."""

_KEPT = ("job_title", "birthday_month", "birthday_day", "anniversary")
"""What the vendor empties when it is left out, beside what we own."""

_ITEMS: Mapping[str, tuple[str, ...]] = {
    "custom_fields": ("custom_field_id", "value", "choice_ids"),
    "notes": ("note_id", "created_at", "content"),
    "phone_numbers": ("phone_number", "kind"),
    "street_addresses": ("kind", "street", "city", "state", "postal_code", "country"),
}
"""What can be written of the things a contact has several of."""


def is_so_already(current: wire.Document, call: Rewrite) -> bool:
    """Does the contact already have the address, person and lists of *call*?"""
    seen = wire.seen(current)
    return (
        seen.permission is not Permission.DELETED
        and seen.mailbox == call.target.mailbox
        and seen.person == call.person
        and seen.lists.issuperset(call.lists)
    )


def rewritten(current: wire.Document, call: Rewrite) -> dict[str, Any]:
    """Return *current*, read with all its `PARTS`, as it is to be after *call*.

    A blank of the person is sent as such: it clears what was there. Raises
    `ChangeRefused` for a contact that may not be changed so.
    """
    permission = wire.permission_of(current)
    if permission is Permission.UNSUBSCRIBED and call.lists:
        raise ChangeRefused("This person has unsubscribed and joins no list.")
    if permission is Permission.DELETED and not call.lists:
        raise ChangeRefused("This contact was deleted; changing it would revive it.")
    return {
        "email_address": _email(current, call),
        **wire.person_fields(call.person),
        **{name: current[name] for name in _KEPT if current.get(name) is not None},
        **{name: _items(current, name) for name in _ITEMS if name in current},
        **{name: current[name] for name in ("taggings",) if name in current},
        "list_memberships": _lists(current, call),
        "update_source": "Account",
    }


def _email(current: wire.Document, call: Rewrite) -> dict[str, Any]:
    email: wire.Document = current.get("email_address") or {}
    kept = {
        name: email[name]
        for name in ("permission_to_send", "opt_out_reason")
        if name in email
    }
    return {"address": call.target.mailbox, **kept}


def _items(current: wire.Document, name: str) -> list[dict[str, Any]]:
    items: Sequence[wire.Document] = current[name] or ()
    return [{key: item[key] for key in _ITEMS[name] if key in item} for item in items]


def _lists(current: wire.Document, call: Rewrite) -> list[str]:
    return list(dict.fromkeys([*(current.get("list_memberships") or ()), *call.lists]))
