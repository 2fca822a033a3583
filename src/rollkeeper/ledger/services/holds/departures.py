"""Holds of a source: who would leave the directory because a file lacks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen
from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet

from rollkeeper.core.guards import Deed, Guard, Item
from rollkeeper.core.values import ContactId, ListId, Mailbox
from rollkeeper.ledger.models import HeldItem, Hold
from rollkeeper.ledger.services.holds.items import PLANNED, Row, put_down, sum_up
from rollkeeper.ledger.services.holds.matching import OF_SOURCE, lock, match
from rollkeeper.ledger.states import HoldState


@frozen(kw_only=True)
class Departure:
    """A contact who would leave the directory, or one of its lists."""

    contact_id: ContactId
    list_id: ListId | None
    """None when the contact leaves the directory as a whole."""
    mailbox: Mailbox | None
    """The primary one, if there is any."""
    why: str


@frozen(kw_only=True)
class Shortfall:
    """What a source lacks, and is not believed to lack."""

    guard: Guard
    departures: Iterable[Departure]
    of: int
    """How many rows there were, in the files that lack some."""
    limit: int
    """How many of them may be missing without anybody being asked."""
    cause: str
    """What the files said, in one sentence."""


_PRESENT = f"""
    WITH gone AS (
        DELETE FROM ledger_helditem AS item USING ledger_hold AS hold, {PLANNED} AS here
         WHERE {OF_SOURCE} AND hold.state = 'open' AND item.hold_id = hold.id
           AND item.contact_id = here.contact_id
           AND coalesce(item.list_id, 0) = coalesce(here.list_id, 0)
        RETURNING item.hold_id)
    SELECT DISTINCT hold_id FROM gone
"""


_WHERE_NOW = """
    UPDATE ledger_helditem AS item SET mailbox = address.mailbox
      FROM directory_emailaddress AS address
     WHERE item.hold_id = %s AND address.contact_id = item.contact_id
       AND address.primary AND address.mailbox IS DISTINCT FROM item.mailbox
"""


@transaction.atomic
def freeze_departures(
    *, association_id: int, shortfall: Shortfall | None
) -> Hold | None:
    """Freeze who would leave, in place of what an earlier import held.

    Without a shortfall nothing is held any more, and None is returned. The same people
    again leave the hold as it is.
    """
    values = {"association": association_id}
    hold: Hold | None = None
    with database.cursor() as cursor:
        lock(cursor, OF_SOURCE, values)
        put_down(cursor, _rows(shortfall) if shortfall else ())
        if shortfall:
            hold = _hold_of(association_id, shortfall)
        changed = match(cursor, OF_SOURCE, values)
    for one in Hold.objects.filter(pk__in=changed):
        _follow_items(one)
    if hold:
        hold.refresh_from_db()
    return hold


@transaction.atomic
def let_stay(*, association_id: int, present: Iterable[Departure]) -> None:
    """Take those whom a later file names out of what waits to leave."""
    values = {"association": association_id}
    with database.cursor() as cursor:
        lock(cursor, OF_SOURCE, values)
        put_down(cursor, (Row(item=_item(one)) for one in present))
        cursor.execute(_PRESENT, values)
        changed = [hold_id for (hold_id,) in cursor.fetchall()]
    for one in Hold.objects.filter(pk__in=changed):
        _follow_items(one)


def waits(association_id: int) -> bool:
    """Is anybody held who would leave the directory?"""
    return _source_holds(association_id).exists()


def _source_holds(association_id: int) -> QuerySet[Hold]:
    return Hold.objects.filter(
        association_id=association_id, connection=None, state=HoldState.OPEN
    )


def _hold_of(association_id: int, shortfall: Shortfall) -> Hold:
    hold, _ = Hold.objects.update_or_create(
        association_id=association_id,
        connection=None,
        audience=None,
        guard=shortfall.guard.value,
        state=HoldState.OPEN,
        defaults={
            "of": shortfall.of,
            "limit": shortfall.limit,
            "cause": shortfall.cause,
        },
        create_defaults={
            "of": shortfall.of,
            "limit": shortfall.limit,
            "cause": shortfall.cause,
            "already": 0,
            "count": 0,
        },
    )
    return hold


def _rows(shortfall: Shortfall) -> Iterator[Row]:
    for one in shortfall.departures:
        yield Row(
            item=_item(one), mailbox=one.mailbox, why=one.why, guard=shortfall.guard
        )


def _item(one: Departure) -> Item:
    return Item(deed=Deed.DEPART, contact=one.contact_id, list_id=one.list_id)


def _follow_items(hold: Hold) -> None:
    sum_up(hold)
    if not hold.count:
        hold.state = HoldState.OVER
    hold.save()


def departures_of(hold: Hold) -> list[Departure]:
    """Return who is held, with the mailboxes that they have by now.

    These are written down, since providers know those who left by nothing else.
    """
    with database.cursor() as cursor:
        cursor.execute(_WHERE_NOW, [hold.pk])
    rows = HeldItem.objects.filter(hold=hold, deed=Deed.DEPART)
    return [
        Departure(
            contact_id=ContactId(row.contact_id or 0),
            list_id=None if row.list_id is None else ListId(row.list_id),
            mailbox=Mailbox(row.mailbox) if row.mailbox else None,
            why=row.why,
        )
        for row in rows.order_by("id")
    ]
