"""What became of a connection's lists day by day, from what runs have kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from attrs import frozen
from django.db import connection as database

_SIZES = """
    SELECT DISTINCT ON (day, list_id) day, list_id, there FROM (
        SELECT (run.started_at AT TIME ZONE %(zone)s)::date AS day, run.id,
               (one ->> 'list_id')::bigint AS list_id, (one ->> 'there')::int AS there
          FROM ledger_run AS run
         CROSS JOIN LATERAL jsonb_array_elements(run.sums) AS one
         WHERE run.connection_id = %(connection)s AND run.started_at >= %(since)s
           AND jsonb_typeof(run.sums) = 'array') AS sums
     ORDER BY day, list_id, id DESC
"""

_CHANGES = """
    SELECT (started_at AT TIME ZONE %(zone)s)::date AS day,
           sum(coalesce((counts ->> 'add')::int, 0)),
           sum(coalesce((counts ->> 'remove')::int, 0)
               + coalesce((counts ->> 'disable')::int, 0)),
           sum(coalesce((counts ->> 'opt_outs')::int, 0))
      FROM ledger_run
     WHERE connection_id = %(connection)s AND started_at >= %(since)s
       AND counts <> '{}'
     GROUP BY day ORDER BY day
"""

_REST = """
    SELECT coalesce(sum(requests), 0)::float / 7
      FROM ledger_run
     WHERE connection_id = %(connection)s AND started_at >= %(now)s - interval '7 days'
       AND started_at < (%(now)s AT TIME ZONE 'UTC')::date AT TIME ZONE 'UTC'
       AND (started_at AT TIME ZONE 'UTC')::time > (%(now)s AT TIME ZONE 'UTC')::time
"""


@frozen(kw_only=True)
class Size:
    """How many mailboxes were on a list over there because of us, at the end of a day
    on which it was compared."""

    day: date
    list_id: int
    there: int


@frozen(kw_only=True)
class Changes:
    """What runs did on a day, in mailboxes."""

    day: date
    joined: int
    left: int
    """Taken off lists, or disabled."""
    unsubscribed: int


def sizes(connection_id: int, *, since: datetime, zone: str) -> Sequence[Size]:
    """Return the sizes of lists by day, in the time zone, the oldest first."""
    rows = _rows(_SIZES, connection_id, since=since, zone=zone)
    return [Size(day=day, list_id=which, there=there) for day, which, there in rows]


def changes(connection_id: int, *, since: datetime, zone: str) -> Sequence[Changes]:
    """Return the days on which anything changed, the oldest first."""
    rows = _rows(_CHANGES, connection_id, since=since, zone=zone)
    return [
        Changes(day=day, joined=joined, left=left, unsubscribed=unsubscribed)
        for day, joined, left, unsubscribed in rows
    ]


def rest_of_day(connection_id: int, *, now: datetime) -> int:
    """Return how many requests runs made on average, in the seven days before this one,
    between this time of day and midnight UTC."""
    ((requests,),) = _rows(_REST, connection_id, now=now)
    return int(requests + 0.5)


def _rows(
    statement: str, connection_id: int, **values: Any
) -> Sequence[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(statement, {"connection": connection_id, **values})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
