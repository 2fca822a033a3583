"""Asks accounts that nothing was heard of for a day whether they still let us in.

Most never need it: opt-outs are fetched from them every five minutes. But a day without
requests left, or a worker that was off, must not hide that a sign-in has ended; and one
that nobody uses would die unseen, so it is used in time.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Final

import httpx2
import structlog
from django.db import connection as database

from rollkeeper.connections import probes
from rollkeeper.connections.services import ConnectingFailed, need_reconnect
from rollkeeper.core.grants import USED_EVERY
from rollkeeper.core.values import ConnectionId
from rollkeeper.engine.connecting import open_provider, use_sign_in
from rollkeeper.providers.errors import ProviderError, ReconnectNeeded

SILENT_FOR: Final = timedelta(hours=24)

AGAIN_AFTER: Final = timedelta(hours=1)
"""So long a probe that had no answer is not repeated."""

LOOKED_EVERY: Final = timedelta(minutes=5)
"""How often the clock asks `to_probe`."""

_A_DAYS_SHARE: Final = timedelta(days=1) / LOOKED_EVERY

_SILENT = """
    SELECT id FROM connections_connection
     WHERE state = 'connected'
       AND (greatest(answered_at, pulled_at, compared_at) IS NULL
            OR greatest(answered_at, pulled_at, compared_at)
               < clock_timestamp() - make_interval(secs => %(silent)s)
            OR refreshed_at < clock_timestamp() - make_interval(secs => %(unused)s))
       AND (probed_at IS NULL
            OR probed_at < clock_timestamp() - make_interval(secs => %(again)s))
     ORDER BY probed_at NULLS FIRST, id
     LIMIT %(share)s
"""

log = structlog.get_logger()


def to_probe() -> list[ConnectionId]:
    """Return whose turn it is, those not probed for longest first.

    Asked every five minutes it spreads all connections over a day, however many fell
    silent at once.
    """
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM connections_connection WHERE state = 'connected'"
        )
        (connected,) = cursor.fetchone()
        cursor.execute(
            _SILENT,
            {
                "silent": SILENT_FOR.total_seconds(),
                "unused": USED_EVERY.total_seconds(),
                "again": AGAIN_AFTER.total_seconds(),
                "share": ceil(connected / _A_DAYS_SHARE),
            },
        )
        return [ConnectionId(connection_id) for (connection_id,) in cursor.fetchall()]


def probe(*, connection_id: int, transport: httpx2.BaseTransport | None = None) -> None:
    """Find out with one cheap request whether the account lets us in, and note it.

    It counts against the quota; the sign-in is used first, which does not. Where there
    is no answer, nothing is concluded.
    """
    probes.note_attempt(connection_id)
    try:
        use_sign_in(connection_id, unused_for=USED_EVERY, transport=transport)
        account = open_provider(connection_id, None, transport=transport).account()
    except ReconnectNeeded as error:
        need_reconnect(connection_id=connection_id, reason=str(error), by="rule:probe")
    except (ProviderError, ConnectingFailed) as error:
        log.info(
            "probe_unanswered", connection=connection_id, error=type(error).__name__
        )
    else:
        probes.note_answer(connection_id, account)
        log.info("probe_answered", connection=connection_id)
