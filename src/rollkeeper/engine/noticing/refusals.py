"""People who unsubscribed, left a list or complained: one incident for each run.

Who had done so before this account was connected is no news. A run's refusals are told
of once it has ended, all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection as database

SURELY_WRITTEN: Final = timedelta(minutes=15)
"""What was recorded longer ago was committed, or never will be."""

SURELY_ENDED: Final = timedelta(days=2)
"""A run that began longer ago and has not ended never will."""

_FIND = """
      WITH told AS MATERIALIZED (
           SELECT * FROM consent_suppression
            WHERE id > %(after)s AND run_id IS NOT NULL
              AND kind IN ('unsubscribed', 'left_list', 'complaint')),
           ended AS MATERIALIZED (
           SELECT run.id, run.connection_id, run.finished_at, connection.provider,
                  coalesce(replaced.at, least(connection.connected_at,
                                              first.started_at)) AS since
             FROM ledger_run AS run
             JOIN connections_connection AS connection
               ON connection.id = run.connection_id
            CROSS JOIN LATERAL (
                  SELECT started_at FROM ledger_run
                   WHERE connection_id = connection.id
                   ORDER BY id LIMIT 1) AS first
             LEFT JOIN LATERAL (
                  SELECT max(at) AS at FROM audit_entry
                   WHERE association_id = connection.association_id
                     AND subject = 'connection:' || connection.id
                     AND action = 'account_replaced') AS replaced ON true
            WHERE run.id IN (SELECT DISTINCT run_id FROM told)
              AND run.finished_at IS NOT NULL
              AND NOT EXISTS (
                  SELECT FROM notices_incident AS known
                   WHERE known.association_id = run.association_id
                     AND known.event = 'unsubscribed'
                     AND known.about = 'run:' || run.id)),
           new AS MATERIALIZED (
           SELECT told.association_id, told.run_id, told.mailbox, told.contact_id,
                  told.kind, told.list_id, ended.connection_id, ended.finished_at,
                  ended.provider
             FROM told JOIN ended ON ended.id = told.run_id
            WHERE told.happened_here_at >= ended.since),
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
