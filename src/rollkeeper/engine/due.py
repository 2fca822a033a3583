"""Which connections have something to do: asked by the tick, every two seconds.

The longest waiting comes first, and nobody comes who could not send anything: whose
application is closed, whose day is spent, or whose share of it is. They come again by
themselves when the day turns, or when others leave something over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import connection as database

from rollkeeper.connections.quota import Today, today
from rollkeeper.core.budget import (
    PULL_EVERY,
    Purpose,
    allowance,
    ceiling,
    pulls_at_once,
)
from rollkeeper.core.values import ConnectionId
from rollkeeper.engine.waiting import Waiting, waiting

AT_ONCE: Final = 50
"""So many of an application's connections are named at a time. More could not send
faster, and who becomes urgent meanwhile would stand behind them."""

_LONGEST_AGO_FIRST = """
    SELECT id, application_id FROM connections_connection
     WHERE state = 'connected'
       AND (pulled_at IS NULL OR pulled_at < clock_timestamp() - %s * interval '1 s')
     ORDER BY pulled_at NULLS FIRST, id
"""


def to_synchronize() -> list[ConnectionId]:
    """Return the connections with marks or unfinished operations, whose time it is.

    Those that are being worked on are left out: a run takes up what comes meanwhile.
    So marks that are claimed here were claimed by a process that died.
    """
    queues: dict[int, list[Waiting]] = defaultdict(list)
    for one in waiting():
        queues[one.application_id].append(one)
    chosen = [
        one
        for application_id, queue in queues.items()
        for one in islice(_who_can_send(today(application_id), queue), AT_ONCE)
    ]
    return [one.connection_id for one in sorted(chosen, key=_urgent_then_oldest)]


def _urgent_then_oldest(one: Waiting) -> tuple[bool, datetime, int]:
    return not one.urgent, one.since, one.connection_id


def _who_can_send(day: Today, queue: Sequence[Waiting]) -> Iterator[Waiting]:
    """Yield them in turn. A queue has the longest waiting first."""
    if day.closed_until is not None:
        return
    used = [day.used_by(one.connection_id) for one in queue]
    share = {
        longest: allowance(
            Purpose.REMOVE,
            per_day=day.per_day,
            used_by_those_done=day.used - sum(used),
            waiting=used,
            waits_longest=longest,
        )
        for longest in (True, False)
    }
    first = next((one for one in queue if one.in_line), None)
    for one in sorted(queue, key=_urgent_then_oldest):
        if not one.may_start:
            continue
        if one.urgent:
            can_send = day.used < ceiling(Purpose.SUPPRESS, day.per_day)
        else:
            can_send = (
                day.used < ceiling(Purpose.REMOVE, day.per_day)
                and day.used_by(one.connection_id) < share[one is first]
            )
        if can_send:
            yield one


def to_pull() -> list[ConnectionId]:
    """Return whom to ask for opt-outs now, those asked the longest ago first.

    All of an application's connections that were not asked just now, or so many as the
    rest of its day lasts for.
    """
    asked: dict[int, list[ConnectionId]] = defaultdict(list)
    with database.cursor() as cursor:
        cursor.execute(_LONGEST_AGO_FIRST, [PULL_EVERY.total_seconds() / 2])
        for connection_id, application_id in cursor.fetchall():
            asked[application_id].append(ConnectionId(connection_id))
    return [
        connection_id
        for application_id, connections in asked.items()
        for connection_id in connections[: _pulls_at_once(today(application_id))]
    ]


def _pulls_at_once(day: Today) -> int:
    if day.closed_until is not None:
        return 0
    left = ceiling(Purpose.SUPPRESS, day.per_day) - day.used
    return pulls_at_once(left=left, rest_of_day=day.ends - day.at)


def forget_debits(*, older_than: timedelta) -> None:
    """Delete request debits that are older."""
    with database.cursor() as cursor:
        cursor.execute(
            "DELETE FROM connections_requestdebit"
            " WHERE sent_at < clock_timestamp() - make_interval(secs => %s)",
            [older_than.total_seconds()],
        )
