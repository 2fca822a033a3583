"""What a hold freezes: single deeds, each with the identity that an approval names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from enum import StrEnum

from attrs import frozen

from rollkeeper.core.changes import Add, Change, Disable, Hold, Left, Remove, Update
from rollkeeper.core.values import AudienceId, ContactId, ListId, Mailbox


class Deed(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    END = "end"  # disabled at the provider, not merely off a list
    UPDATE = "update"
    LEAVE = "leave"  # taken for having left over there
    DEPART = "depart"  # out of the directory, or off one of its lists


@frozen(kw_only=True)
class Item:
    """One deed. A `DEPART` names the contact, everything else the mailbox."""

    deed: Deed
    mailbox: Mailbox | None = None
    audience: AudienceId | None = None
    """None for what concerns the mailbox as a whole: `END`, `UPDATE`, `DEPART`."""
    contact: ContactId | None = None
    list_id: ListId | None = None
    """For a `DEPART` that ends one membership and no more."""


def items_of(change: Change) -> Iterator[Item]:
    """Yield what *change* would do, deed by deed, as far as a guard cares."""
    match change:
        case Add() | Hold():
            deed = Deed.ADD
        case Remove() | Disable():
            deed = Deed.REMOVE
        case Left():
            deed = Deed.LEAVE
        case Update():
            yield Item(deed=Deed.UPDATE, mailbox=change.mailbox)
            return
        case _:
            return
    for audience in sorted(change.audiences):
        yield Item(deed=deed, mailbox=change.mailbox, audience=audience)
    if isinstance(change, Disable):
        yield Item(deed=Deed.END, mailbox=change.mailbox)


def fingerprint_of(items: Iterable[Item]) -> str:
    """Return the SHA-256, in hexadecimal, of a set of items, whatever their order."""
    digest = hashlib.sha256()
    for line in sorted({_line(item) for item in items}):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _line(item: Item) -> str:
    named = (item.deed, item.mailbox, item.audience, item.contact, item.list_id)
    return "\t".join("" if one is None else str(one) for one in named)
