"""The items of holds, as sets: written by COPY, compared by the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import field, frozen
from django.db import connection as database
from django.db.backends.utils import CursorWrapper

from rollkeeper.core.guards import Deed, Guard, Item, fingerprint_of
from rollkeeper.core.values import AudienceId, ContactId, ListId, Mailbox
from rollkeeper.ledger.models import Hold

PLANNED = "hold_planned"
"""The temporary table of what is to be held now, or stays declined."""

_IDENTITY = {
    "deed": "''",
    "mailbox": "''",
    "audience_id": "0",
    "contact_id": "0",
    "list_id": "0",
}
"""The columns that tell items apart, and what stands for null, so that the database can
compare whole sets by hashes."""

_CREATE = f"""
    CREATE TEMPORARY TABLE IF NOT EXISTS {PLANNED} (
        guard text, about bigint, deed text NOT NULL, mailbox text,
        audience_id bigint, contact_id bigint, list_id bigint, why text NOT NULL);
    TRUNCATE {PLANNED}
"""

_READ = f"""
    SELECT {", ".join(_IDENTITY)} FROM ledger_helditem WHERE hold_id = %s
"""


@frozen(kw_only=True)
class Row:
    """An item as a table holds it."""

    item: Item
    mailbox: Mailbox | None = field(default=None)
    """For one who departs: beside the identity, to be shown and covered."""
    why: str = ""
    guard: Guard | None = None
    """Which hold it belongs to; None for an item that was declined."""
    about: AudienceId | None = None
    """Likewise, the audience of that hold."""

    def columns(self) -> tuple[object, ...]:
        item = self.item
        return (
            self.guard and self.guard.value,
            self.about,
            item.deed.value,
            item.mailbox or self.mailbox,
            item.audience,
            item.contact,
            item.list_id,
            self.why,
        )


def same(one: str, other: str) -> str:
    """Return SQL that is true when both rows are the same item."""
    return " AND ".join(
        f"coalesce({one}.{name}, {none}) = coalesce({other}.{name}, {none})"
        for name, none in _IDENTITY.items()
    )


def put_down(cursor: CursorWrapper, rows: Iterable[Row]) -> None:
    """Make *rows* the content of `PLANNED`, for this database session."""
    cursor.execute(_CREATE)
    names = ", ".join(("guard", "about", *_IDENTITY, "why"))
    with cursor.copy(f"COPY {PLANNED} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row.columns())
    cursor.execute(f"ANALYZE {PLANNED}")


def item_of(columns: Sequence[object]) -> Item:
    """Return the item in these columns. One who departs is known by contact alone."""
    deed, mailbox, audience, contact, list_id = columns
    departs = deed == Deed.DEPART
    return Item(
        deed=Deed(str(deed)),
        mailbox=Mailbox(str(mailbox)) if mailbox and not departs else None,
        audience=None if audience is None else AudienceId(int(str(audience))),
        contact=None if contact is None else ContactId(int(str(contact))),
        list_id=None if list_id is None else ListId(int(str(list_id))),
    )


def sum_up(hold: Hold) -> None:
    """Let fingerprint and count of the hold, not saved yet, follow its items."""
    with database.cursor() as cursor:
        cursor.execute(_READ, [hold.pk])
        items = [item_of(columns) for columns in cursor.fetchall()]
    hold.fingerprint = fingerprint_of(items)
    hold.count = len({(item.mailbox, item.contact, item.list_id) for item in items})
