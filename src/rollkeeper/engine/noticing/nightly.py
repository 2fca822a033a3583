"""Nights whose run has ended well."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection as database

STILL_NEWS: Final = timedelta(days=3)

_FIND = """
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at, closed_at)
    SELECT night.association_id, 'night_report', 'night:' || night.id,
           night.connection_id,
           jsonb_build_object('night', night.night, 'run', run.id,
               'provider', connection.provider, 'counts', run.counts,
               'requests', run.requests,
               'seconds', extract(epoch FROM night.finished_at - night.started_at)::int,
               'remark', btrim(night.held_up || ' ' || night.note)),
           night.finished_at, %(now)s, %(now)s
      FROM connections_connection AS connection
     CROSS JOIN LATERAL (
           SELECT * FROM ledger_night
            WHERE connection_id = connection.id
            ORDER BY night DESC LIMIT 4) AS night
      JOIN ledger_run AS run ON run.id = night.run_id
     WHERE night.finished_at > %(news_since)s
       AND NOT EXISTS (
           SELECT FROM notices_incident AS known
            WHERE known.association_id = night.association_id
              AND known.event = 'night_report' AND known.about = 'night:' || night.id)
        ON CONFLICT DO NOTHING
"""


def find(*, now: datetime) -> int:
    """Find the nights that came to their end, and were not found before."""
    with database.cursor() as cursor:
        cursor.execute(_FIND, {"now": now, "news_since": now - STILL_NEWS})
        return int(cursor.rowcount)
