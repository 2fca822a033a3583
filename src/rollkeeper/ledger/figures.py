"""What guards go by: what is there, and what was done within the last 24 hours."""

from __future__ import annotations

from attrs import fields_dict
from django.db import connection as database

from rollkeeper.core.guards import Figures, Limits, ListFigures, Share
from rollkeeper.core.values import AudienceId
from rollkeeper.ledger.models import GuardLimit

_LISTS = """
    WITH today AS (
        SELECT removed, added, planned_at FROM ledger_operation
         WHERE connection_id = %(connection)s
           AND planned_at > clock_timestamp() - interval '24 hours'
           AND state NOT IN ('superseded', 'failed', 'refused')),
    removed AS (
        SELECT one.key::bigint AS audience_id, sum(one.value::int) AS people
          FROM today, jsonb_each_text(today.removed) AS one GROUP BY one.key),
    added AS (
        SELECT audience.id AS audience_id, sum(one.value::int) AS people
          FROM today CROSS JOIN jsonb_each_text(today.added) AS one
          JOIN ledger_audience AS audience ON audience.id = one.key::bigint
         WHERE today.planned_at > audience.filled_at
         GROUP BY audience.id),
    members AS (
        SELECT membership.audience_id, count(*) AS people
          FROM ledger_remotemembership AS membership
          JOIN ledger_audience AS audience ON audience.id = membership.audience_id
         WHERE audience.connection_id = %(connection)s AND membership.ours
         GROUP BY membership.audience_id)
    SELECT audience.id, coalesce(members.people, 0), coalesce(removed.people, 0),
           coalesce(added.people, 0), audience.filled_at IS NOT NULL,
           audience.rule_changed_at IS NOT NULL, audience.state = 'list_deleted'
      FROM ledger_audience AS audience
      LEFT JOIN members ON members.audience_id = audience.id
      LEFT JOIN removed ON removed.audience_id = audience.id
      LEFT JOIN added ON added.audience_id = audience.id
     WHERE audience.connection_id = %(connection)s
"""

_ACCOUNT = """
    SELECT (SELECT count(DISTINCT membership.contact_id)
              FROM ledger_remotemembership AS membership
              JOIN ledger_audience AS audience ON audience.id = membership.audience_id
             WHERE audience.connection_id = %(connection)s AND membership.ours),
           coalesce(sum(people_removed), 0), coalesce(sum(ended), 0)
      FROM ledger_operation
     WHERE connection_id = %(connection)s
       AND planned_at > clock_timestamp() - interval '24 hours'
       AND state NOT IN ('superseded', 'failed', 'refused')
"""

_REFUSING = """
    WITH since AS (
        SELECT greatest(clock_timestamp() - interval '15 minutes',
                        max(decided_at)) AS at
          FROM ledger_hold
         WHERE connection_id = %(connection)s AND guard = 'refusals'
           AND state IN ('approved', 'applied')),
    asked AS (
        SELECT coalesce(sum(operation.rows), 0) AS people
          FROM ledger_operation AS operation, since
         WHERE operation.connection_id = %(connection)s
           AND operation.state IN ('confirmed', 'refused')
           AND operation.settled_at > since.at),
    refused AS (
        SELECT count(*) AS people FROM ledger_outcome AS outcome, since
         WHERE outcome.connection_id = %(connection)s AND outcome.kind = 'refused'
           AND outcome.asked <> '' AND outcome.at > since.at)
    SELECT asked.people >= 20 AND refused.people * 20 > asked.people
      FROM asked, refused
"""
"""More than a twentieth of at least twenty people, since somebody last let it pass."""


def figures(connection_id: int) -> Figures:
    """Return what a connection has, and what it did within the last 24 hours.

    Calls that failed or were refused do not count, those that may still work do.
    """
    about = {"connection": connection_id}
    with database.cursor() as cursor:
        cursor.execute(_LISTS, about)
        lists = {
            AudienceId(audience): ListFigures(
                members=members,
                removed=int(removed),
                added=int(added),
                filled=filled,
                rule_changed=rule_changed,
                list_deleted=list_deleted,
            )
            for (
                audience,
                members,
                removed,
                added,
                filled,
                rule_changed,
                list_deleted,
            ) in cursor.fetchall()
        }
        cursor.execute(_ACCOUNT, about)
        people, removed, ended = cursor.fetchone()
        cursor.execute(_REFUSING, about)
        (refusing,) = cursor.fetchone()
    return Figures(
        lists=lists,
        people=int(people),
        removed=int(removed),
        ended=int(ended),
        refusing=refusing,
    )


def limits(association_id: int) -> Limits:
    """Return what may be done without asking: as staff set it, else the defaults."""
    rows = GuardLimit.objects.filter(association_id=association_id)
    known = fields_dict(Limits)
    return Limits(
        **{
            row.name: Share(percent=row.percent, least=row.least, most=row.most)
            for row in rows
            if row.name in known
        }
    )
