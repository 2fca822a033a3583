"""What pages and commands read of holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import frozen
from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet

from rollkeeper.ledger.models import Hold
from rollkeeper.ledger.states import HoldState

EXAMPLES: Final = 20
ROWS_AT_A_TIME: Final = 2_000

COLUMNS: Final = ("change", "mailbox", "first_name", "last_name", "list", "because")
"""Of the full list of a hold."""


@frozen(kw_only=True)
class HeldRow:
    """One deed of a hold, with what is known of the person."""

    deed: str
    mailbox: str
    first_name: str
    last_name: str
    list_name: str
    why: str
    """The code of the cause."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


_ROWS = """
    SELECT item.deed, coalesce(item.mailbox, ''),
           coalesce(contact.first_name, holder.first_name,
                    remote.person ->> 'first_name', ''),
           coalesce(contact.last_name, holder.last_name,
                    remote.person ->> 'last_name', ''),
           coalesce(audience.name, list.name, ''), item.why
      FROM ledger_helditem AS item
      JOIN ledger_hold AS hold ON hold.id = item.hold_id
      LEFT JOIN directory_contact AS contact ON contact.id = item.contact_id
      LEFT JOIN LATERAL (
           SELECT person.first_name, person.last_name
             FROM directory_emailaddress AS address
             JOIN directory_contact AS person ON person.id = address.contact_id
            WHERE address.association_id = hold.association_id AND address.primary
              AND address.mailbox = item.mailbox
            ORDER BY person.id LIMIT 1) AS holder ON item.contact_id IS NULL
      LEFT JOIN ledger_remotecontact AS remote
        ON remote.connection_id = hold.connection_id AND remote.mailbox = item.mailbox
      LEFT JOIN ledger_audience AS audience ON audience.id = item.audience_id
      LEFT JOIN directory_contactlist AS list ON list.id = item.list_id
     WHERE item.hold_id = %s
     ORDER BY item.mailbox NULLS LAST, item.id
"""


def holds(association_id: int) -> QuerySet[Hold]:
    """Return all holds of an association, newest first."""
    found = Hold.objects.filter(association_id=association_id)
    return found.select_related("audience").order_by("-id")


def waiting(association_id: int) -> QuerySet[Hold]:
    """Return the holds that wait for a decision, newest first."""
    return holds(association_id).filter(state=HoldState.OPEN)


def is_held(connection_id: int) -> bool:
    """Does anything of a connection wait for a decision?"""
    return Hold.objects.filter(
        connection_id=connection_id, state=HoldState.OPEN
    ).exists()


def reasons(hold: Hold) -> Sequence[tuple[str, str, int]]:
    """Return what would be done, why, and to how many people, the most first."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT deed, why, count(*) FROM ledger_helditem WHERE hold_id = %s"
            " GROUP BY deed, why ORDER BY count(*) DESC, deed, why",
            [hold.pk],
        )
        return [(deed, why, int(count)) for deed, why, count in cursor.fetchall()]


def examples(hold: Hold) -> Sequence[HeldRow]:
    """Return the first twenty items."""
    with database.cursor() as cursor:
        cursor.execute(f"{_ROWS} LIMIT {EXAMPLES}", [hold.pk])
        return [_row(columns) for columns in cursor.fetchall()]


def rows(hold: Hold) -> Iterator[HeldRow]:
    """Yield all items, a portion at a time, in the order of their mailboxes."""
    with transaction.atomic(), database.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [hold.pk])
        while some := cursor.fetchmany(ROWS_AT_A_TIME):
            yield from map(_row, some)


def _row(columns: Sequence[Any]) -> HeldRow:
    deed, mailbox, first_name, last_name, list_name, why = columns
    return HeldRow(
        deed=deed,
        mailbox=mailbox,
        first_name=first_name,
        last_name=last_name,
        list_name=list_name,
        why=why,
    )
