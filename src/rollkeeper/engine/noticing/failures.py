"""Connections that the provider no longer lets in, and those that work again.

A connection that fails again within a quarter of an hour of being connected has had one
failure: its incident is open until it has worked for so long.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection as database

WORKS_AGAIN_AFTER: Final = timedelta(minutes=15)

_FACTS = """
    jsonb_build_object('provider', connection.provider,
                       'account', connection.account_name, 'reason', {})
"""

_BROKEN = f"""
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at)
    SELECT connection.association_id, 'connection_failed',
           'connection:' || connection.id || '@'
               || (extract(epoch FROM connection.state_since) * 1000)::bigint,
           connection.id, {_FACTS.format("connection.state_reason")},
           connection.state_since, %(now)s
      FROM connections_connection AS connection
     WHERE connection.state = 'reconnect_needed'
       AND connection.id NOT IN (
           SELECT connection_id FROM notices_incident
            WHERE event = 'connection_failed' AND closed_at IS NULL
              AND connection_id IS NOT NULL)
        ON CONFLICT DO NOTHING
"""

_WAS_BROKEN = f"""
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at)
    SELECT connection.association_id, 'connection_failed',
           'connection:' || connection.id || '@'
               || (extract(epoch FROM entry.at) * 1000)::bigint,
           connection.id, {_FACTS.format("coalesce(entry.details->>'reason', '')")},
           entry.at, %(now)s
      FROM connections_connection AS connection
     CROSS JOIN LATERAL (
           SELECT at, details FROM audit_entry
            WHERE association_id = connection.association_id
              AND subject = 'connection:' || connection.id
              AND action = 'reconnect_needed' AND at > %(since)s
            ORDER BY id LIMIT 1) AS entry
     WHERE connection.state <> 'reconnect_needed' AND connection.state_since > %(since)s
       AND NOT EXISTS (
           SELECT FROM notices_incident AS known
            WHERE known.connection_id = connection.id
              AND known.event = 'connection_failed'
              AND known.happened_at <= entry.at + interval '1 minute'
              AND coalesce(known.closed_at, 'infinity') >= entry.at)
        ON CONFLICT DO NOTHING
"""
"""It failed and was mended while nobody looked: the record of acts still says so."""

_CLOSE = """
      WITH ended AS (
    UPDATE notices_incident AS incident
       SET closed_at = coalesce(now.state_since, %(now)s)
      FROM notices_incident AS open
      LEFT JOIN connections_connection AS now ON now.id = open.connection_id
     WHERE incident.id = open.id AND open.event = 'connection_failed'
       AND open.closed_at IS NULL
       AND (now.id IS NULL OR now.state = 'disconnected'
            OR now.state = 'connected' AND now.state_since <= %(steady_since)s)
 RETURNING incident.*, now.state AS now_is)
    INSERT INTO notices_incident (association_id, event, about, connection_id,
                                  facts, happened_at, found_at, closed_at)
    SELECT ended.association_id, 'connection_restored', 'incident:' || ended.id,
           ended.connection_id,
           ended.facts || jsonb_build_object('failure', ended.id,
                                            'failed_at', ended.happened_at),
           ended.closed_at, %(now)s, %(now)s
      FROM ended WHERE ended.now_is = 'connected'
        ON CONFLICT DO NOTHING
"""


def find(*, now: datetime, since: datetime) -> int:
    """Find what is broken, and what was broken and mended since the last look."""
    values = {"now": now, "since": since}
    with database.cursor() as cursor:
        cursor.execute(_BROKEN, values)
        found = cursor.rowcount
        cursor.execute(_WAS_BROKEN, values)
        return int(found + cursor.rowcount)


def close(*, now: datetime) -> int:
    """Close the failures that are over; of those mended, that is an incident too.

    One that staff ended by disconnecting is over without a word: they know.
    """
    with database.cursor() as cursor:
        cursor.execute(_CLOSE, {"now": now, "steady_since": now - WORKS_AGAIN_AFTER})
        return int(cursor.rowcount)
