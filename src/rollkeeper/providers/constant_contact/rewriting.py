"""Replacing a contact without losing what is not ours (I17)."""

from __future__ import annotations

from typing import Any

from rollkeeper.core.calls import Rewrite
from rollkeeper.core.views import Permission
from rollkeeper.providers.constant_contact import wire
from rollkeeper.providers.errors import ChangeRefused

_KEPT = ("job_title", "birthday_month", "birthday_day", "anniversary")
"""What the vendor empties when it is left out, beside what we own.

The parts of a contact (telephone numbers, custom fields, notes ...) stay when left out.
Sent back unchanged they would be dated anew and pass for ours.
"""


def is_so_already(current: wire.Document, call: Rewrite) -> bool:
    """Does the contact already have the address, person and lists of *call*?"""
    seen = wire.seen(current)
    return (
        seen.permission is not Permission.DELETED
        and seen.mailbox == call.target.mailbox
        and seen.person == call.person_over(seen.person)
        and seen.lists.issuperset(call.lists)
    )


def rewritten(current: wire.Document, call: Rewrite) -> dict[str, Any]:
    """Return what to replace *current* with, read with its lists just now.

    A blank is sent as such: it clears what was there. Raises `ChangeRefused` for a
    contact that may not be changed so.
    """
    permission = wire.permission_of(current)
    if permission is Permission.UNSUBSCRIBED and call.lists:
        raise ChangeRefused("This person has unsubscribed and joins no list.")
    if permission is Permission.DELETED and not call.lists:
        raise ChangeRefused("This contact was deleted; changing it would revive it.")
    return {
        "email_address": _email(current, call),
        **wire.person_fields(call.person_over(wire.seen(current).person)),
        **{name: current[name] for name in _KEPT if current.get(name) is not None},
        **({"list_memberships": _lists(current, call)} if call.lists else {}),
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


def _lists(current: wire.Document, call: Rewrite) -> list[str]:
    return list(dict.fromkeys([*(current.get("list_memberships") or ()), *call.lists]))
