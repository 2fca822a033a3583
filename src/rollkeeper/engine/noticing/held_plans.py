"""Parts of plans that wait for a decision.

A hold that is over by itself and comes again within a quarter of an hour is the same
one to staff: it is recorded, and not told again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection as database

COMES_BACK_WITHIN: Final = timedelta(minutes=15)

_HELD = """
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at, told_at)
    SELECT hold.association_id, 'plan_held', 'hold:' || hold.id, hold.connection_id,
           jsonb_build_object('hold', hold.id, 'kind', kind.of),
           hold.made_at, %(now)s,
           CASE WHEN EXISTS (
                SELECT FROM notices_incident AS same
                  JOIN ledger_hold AS before
                    ON same.about = 'hold:' || before.id AND before.state = 'over'
                 WHERE same.association_id = hold.association_id
                   AND same.event = 'plan_held' AND same.facts->'kind' = kind.of
                   AND same.closed_at
                       > hold.made_at - %(seconds)s * interval '1 s') THEN %(now)s END
      FROM ledger_hold AS hold
     CROSS JOIN LATERAL (
           SELECT jsonb_build_array(hold.connection_id, hold.guard, hold.audience_id)
               AS of) AS kind
     WHERE hold.state = 'open' AND hold.count > 0
       AND 'hold:' || hold.id NOT IN (
           SELECT about FROM notices_incident
            WHERE event = 'plan_held' AND closed_at IS NULL)
        ON CONFLICT DO NOTHING
"""

_CLOSE = """
    UPDATE notices_incident AS incident
       SET closed_at = least(%(now)s, coalesce(hold.decided_at, %(now)s))
      FROM notices_incident AS open
      LEFT JOIN ledger_hold AS hold ON hold.id = (open.facts->>'hold')::bigint
     WHERE incident.id = open.id AND open.event = 'plan_held'
       AND open.about LIKE 'hold:%%' AND open.closed_at IS NULL
       AND hold.state IS DISTINCT FROM 'open'
"""


def find(*, now: datetime) -> int:
    """Find the holds that are open and were not found before."""
    with database.cursor() as cursor:
        cursor.execute(
            _HELD, {"now": now, "seconds": COMES_BACK_WITHIN.total_seconds()}
        )
        return int(cursor.rowcount)


def close(*, now: datetime) -> None:
    """Close the incidents of holds that were decided or are no longer needed."""
    with database.cursor() as cursor:
        cursor.execute(_CLOSE, {"now": now})
