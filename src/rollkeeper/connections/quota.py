"""Counts every request in the database before it leaves.

All processes of an installation share an application's quota through its row, which
each request locks for a moment. A request that was counted is never counted off again,
whatever became of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog
from attrs import define, field, frozen
from django.db import connection as database
from django.db import transaction
from django.db.backends.utils import CursorWrapper

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, RequestDebit
from rollkeeper.core import budget
from rollkeeper.core.budget import Answer, Budget, Others, Purpose

# Requests wait their turn for seconds. A later one was counted by a clock that was
# wrong, and must not stop everybody.
_LONGEST_QUEUE = timedelta(minutes=1)

SHARE_PAUSE: Final = timedelta(minutes=5)
"""How soon the others may have left something over."""

_LOCK = """
    SELECT requests_per_day, requests_per_second, closed_until
      FROM connections_application WHERE id = %s FOR NO KEY UPDATE
"""

_LATEST = """
    SELECT now.at, ARRAY(
        SELECT sent_at FROM connections_requestdebit
         WHERE application_id = %s
           AND sent_at > now.at - make_interval(secs => %s)
           AND sent_at < now.at + make_interval(secs => %s)
         ORDER BY sent_at DESC LIMIT %s)
      FROM (SELECT clock_timestamp() AS at) AS now
"""

_USED = """
    SELECT count(*), count(*) FILTER (WHERE connection_id = %s), max(id)
      FROM connections_requestdebit
     WHERE application_id = %s AND sent_at >= %s AND sent_at < %s AND id > %s
"""

_WRITE = """
    INSERT INTO connections_requestdebit
           (application_id, connection_id, run_id, purpose, sent_at)
    VALUES (%s, %s, %s, %s, %s)
"""

log = structlog.get_logger()


class Spent(Exception):
    """This request may not leave before *wait* is over."""

    def __init__(self, message: str, *, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class DaySpent(Spent):
    """No more requests of this kind before *until*."""

    def __init__(self, until: datetime, *, wait: timedelta) -> None:
        super().__init__(
            "The requests of this day are used up, or kept for unsubscribes. Work goes "
            f"on at {until:%H:%M} UTC.",
            wait=wait,
        )
        self.until = until


class ShareSpent(Spent):
    """The other connections of the application need what is left of the day."""

    def __init__(self) -> None:
        super().__init__(
            "This account has had its share of the day's requests, and others wait for "
            "theirs. Work goes on when they leave some, else at midnight UTC.",
            wait=SHARE_PAUSE,
        )


class _OthersMatter(Exception):
    """Whether this request may leave hangs on who else waits."""


@frozen(kw_only=True)
class _Key:
    per_day: int
    per_second: int
    closed_until: datetime | None


@define
class _Tally:
    """What a day has had up to one debit. Who holds the application's lock writes the
    next, so that one with a higher number only ever comes later."""

    used: int = 0
    own: int = 0
    last: int = 0


def nobody() -> Others:
    """Say that no other connection wants requests."""
    return Others()


@define(kw_only=True)
class DatabaseGate:
    """Lets the requests of one application out, one by one."""

    application_id: int
    connection_id: int | None
    run_id: int | None
    others: Callable[[], Others] = nobody
    """Asked when the connection has had its least turn; no lock is held meanwhile."""
    sleep: Callable[[float], None] = time.sleep
    _had_its_turn: bool = field(default=False, init=False)
    _tallies: dict[budget.Window, _Tally] = field(factory=dict, init=False)

    def debit(self, purpose: Purpose) -> None:
        """Count one request, for good, and return when it may leave.

        Raises `DaySpent` when the day has none left, or none but what is kept for
        more urgent ones, and `ShareSpent` when what is left is for others.
        """
        try:
            wait = self._count(purpose, self.others() if self._had_its_turn else None)
        except _OthersMatter:
            self._had_its_turn = True
            wait = self._count(purpose, self.others())
        if wait > timedelta(0):
            self.sleep(wait.total_seconds())

    def close_until_tomorrow(self) -> None:
        """Let nothing out before the next UTC day, whatever we counted."""
        # Near midnight it is the day before that they mean, or they say it again.
        until = self._reopening(budget.days(database_time())[0])
        Application.objects.filter(pk=self.application_id).update(closed_until=until)
        log.warning(
            "application_closed",
            application=self.application_id,
            until=until.isoformat(),
        )

    def _count(self, purpose: Purpose, others: Others | None) -> timedelta:
        with transaction.atomic(durable=True), database.cursor() as cursor:
            key = self._locked(cursor)
            now, latest = self._latest(cursor, key)
            if key.closed_until is not None and key.closed_until > now:
                raise DaySpent(key.closed_until, wait=key.closed_until - now)
            at = budget.slot(now=now, latest=latest, per_second=key.per_second)
            for day in budget.days(at):
                had = self._had(cursor, day)
                shares = purpose is not Purpose.SUPPRESS and others is None
                if shares and had.own >= budget.LEAST_TURN:
                    raise _OthersMatter
                left = Budget(
                    per_day=key.per_day,
                    used=had.used,
                    own=had.own,
                    others=others or Others(),
                )
                self._check(left.answer(purpose), day, at)
            self._write(cursor, purpose, at)
        return at - now

    def _locked(self, cursor: CursorWrapper) -> _Key:
        cursor.execute(_LOCK, [self.application_id])
        per_day, per_second, closed_until = cursor.fetchone()
        return _Key(per_day=per_day, per_second=per_second, closed_until=closed_until)

    def _latest(
        self, cursor: CursorWrapper, key: _Key
    ) -> tuple[datetime, list[datetime]]:
        """Return the time now, and the times of the latest requests."""
        second, queue = budget.SECOND.total_seconds(), _LONGEST_QUEUE.total_seconds()
        cursor.execute(_LATEST, [self.application_id, second, queue, key.per_second])
        now, latest = cursor.fetchone()
        return now, latest

    def _had(self, cursor: CursorWrapper, day: budget.Window) -> _Tally:
        """Return what the day has had, counted on from where it was counted last."""
        tally = self._tallies.setdefault(day, _Tally())
        cursor.execute(
            _USED,
            [self.connection_id, self.application_id, day.start, day.end, tally.last],
        )
        used, own, last = cursor.fetchone()
        if last is not None:
            tally.used, tally.own, tally.last = tally.used + used, tally.own + own, last
        return tally

    def _check(self, answer: Answer, day: budget.Window, at: datetime) -> None:
        match answer:
            case Answer.DAY_SPENT:
                until = self._reopening(day)
                raise DaySpent(until, wait=until - at)
            case Answer.SHARE_SPENT:
                raise ShareSpent
            case Answer.YES:
                pass

    def _write(self, cursor: CursorWrapper, purpose: Purpose, at: datetime) -> None:
        cursor.execute(
            _WRITE, [self.application_id, self.connection_id, self.run_id, purpose, at]
        )

    def _reopening(self, day: budget.Window) -> datetime:
        return budget.reopening(day, jitter=budget.jitter_of(self.application_id))


def requests_today(application_id: int) -> int:
    """Return how many requests count for this UTC day, by the database's clock."""
    today = budget.days(database_time())[-1]
    return RequestDebit.objects.filter(
        application_id=application_id, sent_at__gte=today.start, sent_at__lt=today.end
    ).count()


@frozen(kw_only=True)
class Today:
    """An application's day so far."""

    at: datetime
    per_day: int
    closed_until: datetime | None
    """None when the provider lets us in."""
    used: int
    """By everybody, those who are not connected any more among them."""
    by_connection: Mapping[int, int]
    ends: datetime

    def used_by(self, connection_id: int) -> int:
        return self.by_connection.get(connection_id, 0)

    def in_words(self) -> str:
        """Say what is used, and what is left beside the kept part of the day."""
        left = max(0, budget.ceiling(Purpose.ADD, self.per_day) - self.used)
        return (
            f"{self.used:,} of {self.per_day:,} requests used today,"
            f" {left:,} left for changes"
        )


def today(application_id: int) -> Today:
    """Return the day so far, by the database's clock; of two near midnight, the fuller.

    Who goes by it asks for nothing that the gate will refuse.
    """
    key, now = Application.objects.get(pk=application_id), database_time()
    counted = [(_counted(application_id, day), day) for day in budget.days(now)]
    by_connection, day = max(counted, key=lambda one: sum(one[0].values()))
    closed = key.closed_until
    return Today(
        at=now,
        per_day=key.requests_per_day,
        closed_until=closed if closed and closed > now else None,
        used=sum(by_connection.values()),
        by_connection={one: used for one, used in by_connection.items() if one},
        ends=day.end,
    )


def _counted(application_id: int, day: budget.Window) -> dict[int | None, int]:
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT connection_id, count(*) FROM connections_requestdebit
             WHERE application_id = %s AND sent_at >= %s AND sent_at < %s
             GROUP BY connection_id
            """,
            [application_id, day.start, day.end],
        )
        return dict(cursor.fetchall())
