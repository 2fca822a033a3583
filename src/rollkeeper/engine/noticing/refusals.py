"""People who unsubscribed, left a list or complained: one incident for each run.

Who had done so before the account was connected is no news. A run's refusals are told
of once it has ended, all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection as database

SURELY_WRITTEN: Final = timedelta(hours=1)
"""What was recorded longer ago was committed, or never will be."""

SURELY_ENDED: Final = timedelta(days=2)
"""A run that began longer ago and has not ended never will."""

_FIND = """
      WITH new AS MATERIALIZED (
           SELECT fact.association_id, fact.run_id, fact.mailbox, fact.contact_id,
                  fact.kind, fact.list_id, run.connection_id, run.finished_at,
                  connection.provider
             FROM consent_suppression AS fact
             JOIN ledger_run AS run ON run.id = fact.run_id
             JOIN connections_connection AS connection
               ON connection.id = run.connection_id
            CROSS JOIN LATERAL (
                  SELECT started_at FROM ledger_run
                   WHERE connection_id = connection.id
                   ORDER BY id LIMIT 1) AS first
            WHERE fact.id > %(after)s AND run.finished_at IS NOT NULL
              AND fact.kind IN ('unsubscribed', 'left_list', 'complaint')
              AND fact.happened_here_at
                  >= least(connection.connected_at, first.started_at)),
           made AS (
           INSERT INTO notices_incident (association_id, event, about, connection_id,
                                         facts, happened_at, found_at, closed_at)
           SELECT association_id, 'unsubscribed', 'run:' || run_id, connection_id,
                  jsonb_build_object('run', run_id, 'provider', provider,
                                     'people', count(DISTINCT mailbox)),
                  finished_at, %(now)s, %(now)s
             FROM new
            GROUP BY association_id, run_id, connection_id, finished_at, provider
               ON CONFLICT DO NOTHING
        RETURNING id, (facts->>'run')::bigint AS run_id),
           mentioned AS (
           INSERT INTO notices_mention (incident_id, contact_id, mailbox, kind, list_id)
           SELECT made.id, new.contact_id, new.mailbox, new.kind, new.list_id
             FROM made JOIN new ON new.run_id = made.run_id
               ON CONFLICT DO NOTHING)
    SELECT count(*) FROM made
"""

_UP_TO = """
    SELECT coalesce(min(fact.id) FILTER (
               WHERE fact.recorded_at > %(written)s
                  OR run.finished_at IS NULL AND run.started_at > %(ended)s) - 1,
           max(fact.id), %(after)s)
      FROM consent_suppression AS fact
      LEFT JOIN ledger_run AS run ON run.id = fact.run_id
     WHERE fact.id > %(after)s
"""


def find(*, now: datetime, after: int) -> tuple[int, int]:
    """Find the refusals behind the fact *after* whose runs have ended.

    Returns how many incidents were new, and behind which fact to look next.
    """
    values: Mapping[str, datetime | int] = {
        "now": now,
        "after": after,
        "written": now - SURELY_WRITTEN,
        "ended": now - SURELY_ENDED,
    }
    with database.cursor() as cursor:
        cursor.execute(_FIND, values)
        (found,) = cursor.fetchone()
        cursor.execute(_UP_TO, values)
        (up_to,) = cursor.fetchone()
    return found, up_to
