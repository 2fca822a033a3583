"""Open holds come to have exactly the items that are to be held now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.backends.utils import CursorWrapper

from rollkeeper.ledger.services.holds.items import PLANNED, same

OF_CONNECTION: Final = "hold.connection_id = %(connection)s"

OF_SOURCE: Final = (
    "hold.association_id = %(association)s AND hold.connection_id IS NULL"
)

LOOKED_AT: Final = """
    (%(mailboxes)s::text[] IS NULL OR item.mailbox = ANY(%(mailboxes)s::text[]))
    AND (%(after)s::text IS NULL OR item.mailbox COLLATE "C" > %(after)s)
    AND (%(until)s::text IS NULL OR item.mailbox COLLATE "C" <= %(until)s)
"""

_LOCK = """
    SELECT hold.id FROM ledger_hold AS hold
     WHERE {whose} AND hold.state = 'open' ORDER BY hold.id FOR UPDATE
"""

_LET_GO = f"""
    WITH gone AS (
        DELETE FROM ledger_helditem AS item USING ledger_hold AS hold
         WHERE {{whose}} AND hold.state = 'open'
           AND item.hold_id = hold.id AND {{those}}
           AND NOT EXISTS (
               SELECT FROM {PLANNED} AS planned
                WHERE planned.guard = hold.guard
                  AND coalesce(planned.about, 0) = coalesce(hold.audience_id, 0)
                  AND {same("planned", "item")})
        RETURNING item.hold_id)
    SELECT DISTINCT hold_id FROM gone
"""

_TAKE_IN = f"""
    WITH new AS (
        INSERT INTO ledger_helditem (hold_id, deed, mailbox, audience_id, contact_id,
                                     list_id, why, moot)
        SELECT hold.id, planned.deed, planned.mailbox, planned.audience_id,
               planned.contact_id, planned.list_id, planned.why, false
          FROM {PLANNED} AS planned
          JOIN ledger_hold AS hold
            ON hold.guard = planned.guard
           AND coalesce(hold.audience_id, 0) = coalesce(planned.about, 0)
         WHERE {{whose}} AND hold.state = 'open'
           AND NOT EXISTS (
               SELECT FROM ledger_hold AS decided
                 JOIN ledger_helditem AS before
                   ON before.hold_id = decided.id AND NOT before.moot
                WHERE decided.connection_id = hold.connection_id
                  AND (decided.state = 'discarded' OR decided.state = 'approved'
                       AND decided.expires_at > clock_timestamp())
                  AND {same("before", "planned")})
            ON CONFLICT DO NOTHING
        RETURNING hold_id)
    SELECT DISTINCT hold_id FROM new
"""


def lock(cursor: CursorWrapper, whose: str, values: Mapping[str, Any]) -> None:
    """Let nobody decide about the open holds until the transaction ends."""
    cursor.execute(_LOCK.format(whose=whose), values)


def match(
    cursor: CursorWrapper,
    whose: str,
    values: Mapping[str, Any],
    *,
    those: str = "true",
) -> set[int]:
    """Let open holds have the items in `PLANNED`, and return those that changed.

    Only items for which the SQL of *those* is true are let go. What was decided since
    the plan was made is not asked again.
    """
    cursor.execute(_LET_GO.format(whose=whose, those=those), values)
    changed = {hold_id for (hold_id,) in cursor.fetchall()}
    cursor.execute(_TAKE_IN.format(whose=whose), values)
    return changed | {hold_id for (hold_id,) in cursor.fetchall()}
