"""The last checks before a call leaves, the same for every vendor.

They stand apart from those of the planner and the engine on purpose (I2): whatever goes
wrong before, this still holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import assert_never

from rollkeeper.core.calls import BulkCall, Delete, Import, Join, Leave
from rollkeeper.core.values import Mailbox
from rollkeeper.providers.errors import ForbiddenCall, ProtocolBroken
from rollkeeper.providers.port import Capabilities, Screen


def within_limits(call: BulkCall, limits: Capabilities) -> None:
    """Raise `ProtocolBroken` for a call larger than *limits* allow, or empty.

    Vendors drop what is too much without a word. Bytes are not counted here.
    """
    match call:
        case Import():
            _between("rows", call.rows, limits.import_rows)
            _between("lists", call.lists, limits.lists_per_call)
            mailboxes = [row.mailbox for row in call.rows]
            _between(
                "characters", max(mailboxes, key=len), limits.import_address_length
            )
            if len(set(mailboxes)) != len(mailboxes):
                raise ProtocolBroken("An import would carry the same address twice.")
        case Join() | Leave():
            _between("contacts", call.targets, limits.targets_per_call)
            _between("lists", call.lists, limits.lists_per_call)
        case Delete():
            _between("contacts", call.targets, limits.targets_per_call)
        case _:
            assert_never(call)


def none_suppressed(mailboxes: Iterable[Mailbox], screen: Screen) -> None:
    """Raise `ForbiddenCall` if any of *mailboxes* must not be made mailable."""
    if found := screen.suppressed(frozenset(mailboxes)):
        raise ForbiddenCall(
            f"A request was about to make {len(found)} suppressed mailboxes mailable."
        )


def _between(what: str, things: Collection[object], most: int) -> None:
    if not 1 <= len(things) <= most:
        raise ProtocolBroken(
            f"A bulk call was about to leave with {len(things)} {what}; "
            f"from 1 to {most} are allowed."
        )
