"""Lists that somebody called something else at the provider."""

from __future__ import annotations

from datetime import datetime

from django.db import connection as database

_FIND = """
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at, closed_at)
    SELECT audience.association_id, 'list_renamed',
           'audience:' || audience.id || '@'
               || (extract(epoch FROM audience.renamed_there_at) * 1000)::bigint,
           audience.connection_id,
           jsonb_build_object('list', audience.list_id, 'was', audience.named_after,
                              'now', audience.name),
           audience.renamed_there_at, %(now)s, %(now)s
      FROM ledger_audience AS audience
     WHERE audience.renamed_there_at IS NOT NULL
        ON CONFLICT DO NOTHING
"""


def find(*, now: datetime) -> int:
    """Find the names that were seen over there and not told of."""
    with database.cursor() as cursor:
        cursor.execute(_FIND, {"now": now})
        return int(cursor.rowcount)
