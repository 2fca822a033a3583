"""Lists that wait because the provider has one of their name, with people on it.

To staff it is a held plan like others: nothing of the list is sent until they choose.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection as database

_UNDECIDED = """
    audience.state = 'active' AND audience.provider_list_id IS NULL
    AND audience.namesake_id IS NOT NULL AND audience.namesake_choice = ''
    AND audience.namesake = 'ask'
"""

_FIND = f"""
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at)
    SELECT audience.association_id, 'plan_held',
           'namesake:' || audience.id || ':' || audience.namesake_id,
           audience.connection_id,
           jsonb_build_object('list', audience.list_id, 'namesake', audience.id,
               'name', audience.name, 'people', audience.namesake_members,
               'provider', connection.provider),
           %(now)s, %(now)s
      FROM ledger_audience AS audience
      JOIN connections_connection AS connection
        ON connection.id = audience.connection_id
     WHERE {_UNDECIDED}
        ON CONFLICT DO NOTHING
"""

_CLOSE = f"""
    UPDATE notices_incident AS incident SET closed_at = %(now)s
     WHERE incident.event = 'plan_held' AND incident.about LIKE 'namesake:%%'
       AND incident.closed_at IS NULL
       AND NOT EXISTS (
           SELECT FROM ledger_audience AS audience
            WHERE audience.id = (incident.facts->>'namesake')::bigint
              AND {_UNDECIDED})
"""


def find(*, now: datetime) -> int:
    """Find the lists that wait for staff to choose, and close what was chosen."""
    with database.cursor() as cursor:
        cursor.execute(_CLOSE, {"now": now})
        cursor.execute(_FIND, {"now": now})
        return int(cursor.rowcount)
