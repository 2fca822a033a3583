"""API keys whose requests of this day are nearly spent.

Of a day, work may use what is not kept for reading who unsubscribed. When nine tenths
of it are used, every association that is connected through the key is told, once a day.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final

from django.db import connection as database

from rollkeeper.core.budget import KEPT_PERCENT, Purpose

NEARLY_PERCENT: Final = 90

_FIND = """
      WITH used AS (
           SELECT application_id, count(*) AS requests
             FROM connections_requestdebit
            WHERE sent_at >= %(midnight)s
            GROUP BY application_id),
           spent AS (
           SELECT key.id, coalesce(used.requests, 0) AS requests, day.may,
                  key.closed_until
             FROM connections_application AS key
            CROSS JOIN LATERAL (
                  SELECT key.requests_per_day - key.requests_per_day * %(kept)s / 100
                      AS may) AS day
             LEFT JOIN used ON used.application_id = key.id
            WHERE used.requests * 100 >= day.may * %(nearly)s
               OR key.closed_until > %(now)s)
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at, closed_at)
    SELECT connection.association_id, 'quota_nearly_spent',
           'application:' || spent.id || '@' || %(day)s, connection.id,
           jsonb_build_object('provider', connection.provider, 'used', spent.requests,
                              'may', spent.may, 'closed', spent.closed_until),
           %(now)s, %(now)s, %(now)s
      FROM spent
      JOIN connections_connection AS connection
        ON connection.application_id = spent.id AND connection.state = 'connected'
        ON CONFLICT DO NOTHING
"""


def find(*, now: datetime) -> int:
    """Find the keys that are nearly spent, of which nobody was told this day."""
    day = now.astimezone(UTC).date()
    with database.cursor() as cursor:
        cursor.execute(
            _FIND,
            {
                "now": now,
                "day": day.isoformat(),
                "midnight": datetime.combine(day, time(), tzinfo=UTC),
                "kept": KEPT_PERCENT[Purpose.REMOVE],
                "nearly": NEARLY_PERCENT,
            },
        )
        return int(cursor.rowcount)
