"""What decisions stand for now: which items may pass, and which are declined."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection as database
from django.db import transaction

from rollkeeper.core.guards import Item
from rollkeeper.core.values import Mailbox
from rollkeeper.ledger.models import HeldItem, Hold
from rollkeeper.ledger.services.holds.items import item_of

_APPROVED = """
    SELECT item.deed, item.mailbox, item.audience_id, item.contact_id, item.list_id
      FROM ledger_hold AS hold
      JOIN ledger_helditem AS item ON item.hold_id = hold.id
     WHERE hold.connection_id = %(connection)s AND hold.state = 'approved'
       AND hold.expires_at > clock_timestamp()
"""

_DEPARTED = """
      FROM connections_connection AS connection
      JOIN ledger_hold AS hold
        ON hold.association_id = connection.association_id
       AND hold.connection_id IS NULL
       AND hold.state IN ('approved', 'applied')
       AND hold.expires_at > clock_timestamp()
      JOIN ledger_helditem AS item
        ON item.hold_id = hold.id AND item.mailbox IS NOT NULL
"""

_COVERED = f"""
    SELECT 'remove', item.mailbox, NULL, NULL, NULL {_DEPARTED}
     WHERE connection.id = %(connection)s AND item.list_id IS NULL
     UNION
    SELECT 'remove', item.mailbox, audience.id, NULL, NULL {_DEPARTED}
      JOIN ledger_audience AS audience
        ON audience.connection_id = connection.id AND audience.list_id = item.list_id
     WHERE connection.id = %(connection)s
     UNION
    SELECT 'end', item.mailbox, NULL, NULL, NULL {_DEPARTED}
     WHERE connection.id = %(connection)s
"""

_PUT_BACK = """
    SELECT 'add', item.mailbox, item.audience_id, NULL, NULL
      FROM ledger_hold AS hold
      JOIN ledger_helditem AS item ON item.hold_id = hold.id
     WHERE hold.connection_id = %(connection)s AND hold.state = 'discarded'
       AND hold.guard = 'left_at_once'
       AND hold.decided_at > clock_timestamp() - interval '24 hours'
"""
"""Who did not leave by themselves may be added again, however many there are."""

_DISCARDED = """
    SELECT item.deed, item.mailbox, item.audience_id, item.contact_id, item.list_id
      FROM ledger_hold AS hold
      JOIN ledger_helditem AS item ON item.hold_id = hold.id AND NOT item.moot
     WHERE hold.connection_id = %(connection)s AND hold.state = 'discarded'
"""

_EXPIRE = """
    UPDATE ledger_hold SET state = 'expired'
     WHERE connection_id = %(connection)s AND state = 'approved'
       AND expires_at <= clock_timestamp()
"""

_APPLY = """
    UPDATE ledger_hold AS hold SET state = 'applied'
     WHERE hold.connection_id = %(connection)s AND hold.state = 'approved'
       AND NOT EXISTS (
           SELECT FROM ledger_helditem AS item
            WHERE item.hold_id = hold.id AND NOT item.moot)
       AND NOT EXISTS (
           SELECT FROM ledger_operation AS operation
            WHERE operation.connection_id = hold.connection_id
              AND operation.state IN ('planned', 'sending', 'accepted', 'unknown'))
       AND NOT EXISTS (
           SELECT FROM ledger_helditem AS item
             JOIN directory_follower AS follower
               ON follower.association_id = hold.association_id
              AND follower.name = 'connection:' || hold.connection_id
             JOIN directory_mark AS mark
               ON mark.follower_id = follower.id AND mark.mailbox = item.mailbox
            WHERE item.hold_id = hold.id)
"""


def approved_items(connection_id: int) -> frozenset[Item]:
    """Return what may pass without being asked about or counted, for now.

    Contacts who left the directory with an approved hold are covered as mailboxes: an
    item `REMOVE` with a mailbox and *no audience* allows to take it off any list, and
    `END` to end it, until the approval expires. Those who left one list alone are
    covered for that list. Who was judged not to have left a list may be put back.
    """
    return (
        _items(_APPROVED, connection_id)
        | _items(_COVERED, connection_id)
        | _items(_PUT_BACK, connection_id)
    )


def discarded_items(connection_id: int) -> frozenset[Item]:
    """Return what somebody decided not to do, and is planned ever since."""
    return _items(_DISCARDED, connection_id)


def _items(statement: str, connection_id: int) -> frozenset[Item]:
    with database.cursor() as cursor:
        cursor.execute(statement, {"connection": connection_id})
        return frozenset(item_of(row) for row in cursor.fetchall())


def mailboxes_of(hold: Hold) -> list[Mailbox]:
    """Return the mailboxes that a hold is about."""
    rows = HeldItem.objects.filter(hold=hold, mailbox__isnull=False)
    found = rows.order_by("mailbox").values_list("mailbox", flat=True).distinct()
    return [Mailbox(one) for one in found if one]


@transaction.atomic
def settle(connection_id: int) -> None:
    """Close the approved holds that are done, and end approvals that are a day old.

    One is done when nothing of it is left to do: no item, no open call, no mark.
    """
    about: Mapping[str, int] = {"connection": connection_id}
    with database.cursor() as cursor:
        cursor.execute(_APPLY, about)
        cursor.execute(_EXPIRE, about)
