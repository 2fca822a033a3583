"""Sign-ins that end soon because nothing used them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection as database

from rollkeeper.core.grants import UNUSED_LIFE, WARNED_BEFORE

_FIND = """
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at)
    SELECT association_id, 'sign_in_ends',
           'connection:' || id || '@'
               || (extract(epoch FROM refreshed_at) * 1000)::bigint,
           id, jsonb_build_object('provider', provider, 'account', account_name,
                                  'ends', refreshed_at + %(days)s * interval '1 day'),
           %(now)s, %(now)s
      FROM connections_connection
     WHERE state = 'connected' AND refreshed_at <= %(quiet_since)s
        ON CONFLICT DO NOTHING
"""

_CLOSE = """
    UPDATE notices_incident AS incident SET closed_at = %(now)s
      FROM notices_incident AS open
      LEFT JOIN connections_connection AS now ON now.id = open.connection_id
     WHERE incident.id = open.id AND open.event = 'sign_in_ends'
       AND open.closed_at IS NULL
       AND (now.state = 'connected' AND now.refreshed_at <= %(quiet_since)s)
           IS NOT TRUE
"""


def find(*, now: datetime) -> int:
    """Find the sign-ins that end soon, and close what was used again."""
    values: Mapping[str, datetime | int] = {
        "now": now,
        "days": UNUSED_LIFE.days,
        "quiet_since": now - (UNUSED_LIFE - WARNED_BEFORE),
    }
    with database.cursor() as cursor:
        cursor.execute(_CLOSE, values)
        cursor.execute(_FIND, values)
        return int(cursor.rowcount)
