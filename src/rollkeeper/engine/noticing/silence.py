"""Connections where nothing has synced for hours, though something should have.

Either changes wait for so long, or lists are switched on and were never compared; and
no run ended well meanwhile. A connection that is quiet because nothing changes is fine,
and of a broken one staff are told otherwise.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection as database

from rollkeeper.engine.waiting import waiting
from rollkeeper.notices.models.subscriptions import SILENT_HOURS

_SILENT = """
    SELECT suspect.id, suspect.association_id, suspect.provider, suspect.hours,
           coalesce(good.finished_at, suspect.connected_at)
      FROM (SELECT connection.*, patience.hours
              FROM connections_connection AS connection
              LEFT JOIN notices_noticesettings AS chosen
                ON chosen.association_id = connection.association_id
             CROSS JOIN LATERAL (
                   SELECT coalesce(chosen.silent_hours, %(hours)s) AS hours)
                AS patience
              LEFT JOIN unnest(%(waiting)s::bigint[], %(since)s::timestamptz[])
                AS work (connection_id, since) ON work.connection_id = connection.id
             CROSS JOIN LATERAL (
                   SELECT %(now)s - patience.hours * interval '1 hour' AS ago) AS long
             WHERE connection.state = 'connected' AND connection.state_since < long.ago
               AND (work.since < long.ago
                    OR connection.compared_at IS NULL
                       AND connection.connected_at < long.ago
                       AND EXISTS (
                           SELECT FROM directory_contactlist AS list
                            WHERE list.association_id = connection.association_id
                              AND list.sync AND list.kind NOT IN
                                  ('representatives', 'membership_type')))) AS suspect
      LEFT JOIN LATERAL (
           SELECT finished_at FROM ledger_run
            WHERE connection_id = suspect.id AND kind NOT IN ('pull', 'look')
              AND state IN ('done', 'done_with_exceptions')
            ORDER BY id DESC LIMIT 1) AS good ON true
     WHERE coalesce(good.finished_at, '-infinity')
           < %(now)s - suspect.hours * interval '1 hour'
"""

_NOTE = """
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at)
    SELECT association_id, 'nothing_synced',
           'connection:' || id || '@' || (extract(epoch FROM since) * 1000)::bigint,
           id, jsonb_build_object('provider', provider, 'hours', hours,
                                  'since', since), since, %(now)s
      FROM unnest(%(ids)s::bigint[], %(associations)s::bigint[], %(providers)s::text[],
                  %(hours)s::int[], %(sinces)s::timestamptz[])
        AS silent (id, association_id, provider, hours, since)
        ON CONFLICT DO NOTHING
"""

_CLOSE = """
    UPDATE notices_incident SET closed_at = %(now)s
     WHERE event = 'nothing_synced' AND closed_at IS NULL
       AND NOT coalesce(connection_id = ANY(%(ids)s::bigint[]), false)
"""


def find(*, now: datetime) -> int:
    """Find the connections that are silent, and close what was about others."""
    work = waiting()
    with database.cursor() as cursor:
        cursor.execute(
            _SILENT,
            {
                "now": now,
                "hours": SILENT_HOURS,
                "waiting": [one.connection_id for one in work],
                "since": [one.since for one in work],
            },
        )
        names = ("ids", "associations", "providers", "hours", "sinces")
        rows = cursor.fetchall()
        columns = {name: [row[n] for row in rows] for n, name in enumerate(names)}
        cursor.execute(_CLOSE, {"now": now, **columns})
        cursor.execute(_NOTE, {"now": now, **columns})
        return int(cursor.rowcount)
