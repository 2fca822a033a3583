"""Counts every request in the database before it leaves.

All processes of an installation share an application's quota through its row, which
each request locks for a moment. A request that was counted is never counted off again,
whatever became of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from attrs import frozen
from django.db import connection as database
from django.db import transaction

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, RequestDebit
from rollkeeper.core import budget
from rollkeeper.core.budget import Answer, Budget, Others, Purpose

# Requests wait their turn for seconds. A later one was counted by a clock that was
# wrong, and must not stop everybody.
_LONGEST_QUEUE = timedelta(minutes=1)

SHARE_PAUSE: Final = timedelta(minutes=5)
"""How soon the others may have left something over."""

_USED = """
    SELECT count(*), count(*) FILTER (WHERE connection_id = %s)
      FROM connections_requestdebit
     WHERE application_id = %s AND sent_at >= %s AND sent_at < %s
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


def nobody() -> Others:
    """Say that no other connection wants requests."""
    return Others()


@frozen(kw_only=True)
class DatabaseGate:
    """Lets the requests of one application out, one by one."""

    application_id: int
    connection_id: int | None
    run_id: int | None
    others: Callable[[], Others] = nobody
    """Asked when the connection has had its least turn; no lock is held meanwhile."""
    sleep: Callable[[float], None] = time.sleep

    def debit(self, purpose: Purpose) -> None:
        """Count one request, for good, and return when it may leave.

        Raises `DaySpent` when the day has none left, or none but what is kept for
        more urgent ones, and `ShareSpent` when what is left is for others.
        """
        others = self.others() if self._has_had_its_turn(purpose) else Others()
        with transaction.atomic(durable=True):
            key = self._locked()
            now = database_time()
            if key.closed_until is not None and key.closed_until > now:
                raise DaySpent(key.closed_until, wait=key.closed_until - now)
            at = budget.slot(
                now=now,
                latest=self._latest(now, key.requests_per_second),
                per_second=key.requests_per_second,
            )
            self._check_days(at, key, purpose, others)
            self._write(at, purpose)
        if at > now:
            self.sleep((at - now).total_seconds())

    def close_until_tomorrow(self) -> None:
        """Let nothing out before the next UTC day, whatever we counted."""
        with transaction.atomic(durable=True):
            key = self._locked()
            # Near midnight it is the day before that they mean, or they say it again.
            key.closed_until = self._reopening(budget.days(database_time())[0])
            key.save(update_fields=["closed_until"])
        log.warning(
            "application_closed",
            application=key.pk,
            until=key.closed_until.isoformat(),
        )

    def _locked(self) -> Application:
        rows = Application.objects.select_for_update(no_key=True)
        return rows.get(pk=self.application_id)

    def _latest(self, now: datetime, count: int) -> list[datetime]:
        rows = RequestDebit.objects.filter(
            application_id=self.application_id,
            sent_at__gt=now - budget.SECOND,
            sent_at__lt=now + _LONGEST_QUEUE,
        )
        return list(rows.order_by("-sent_at").values_list("sent_at", flat=True)[:count])

    def _has_had_its_turn(self, purpose: Purpose) -> bool:
        if self.connection_id is None or purpose is Purpose.SUPPRESS:
            return False
        today = budget.days(database_time())[-1]
        mine = RequestDebit.objects.filter(
            connection_id=self.connection_id,
            sent_at__gte=today.start,
            sent_at__lt=today.end,
        )
        return mine.count() >= budget.LEAST_TURN

    def _check_days(
        self, at: datetime, key: Application, purpose: Purpose, others: Others
    ) -> None:
        for day in budget.days(at):
            used, own = self._used(day)
            left = Budget(
                per_day=key.requests_per_day, used=used, own=own, others=others
            )
            match left.answer(purpose):
                case Answer.DAY_SPENT:
                    until = self._reopening(day)
                    raise DaySpent(until, wait=until - at)
                case Answer.SHARE_SPENT:
                    raise ShareSpent
                case Answer.YES:
                    pass

    def _used(self, day: budget.Window) -> tuple[int, int]:
        """Return how many requests of a day are used, and how many of them are ours."""
        with database.cursor() as cursor:
            cursor.execute(
                _USED, [self.connection_id, self.application_id, day.start, day.end]
            )
            used, own = cursor.fetchone()
        return used, own

    def _reopening(self, day: budget.Window) -> datetime:
        return budget.reopening(day, jitter=budget.jitter_of(self.application_id))

    def _write(self, at: datetime, purpose: Purpose) -> None:
        RequestDebit.objects.create(
            application_id=self.application_id,
            connection_id=self.connection_id,
            run_id=self.run_id,
            purpose=purpose,
            sent_at=at,
        )


def requests_today(application_id: int) -> int:
    """Return how many requests count for this UTC day, by the database's clock."""
    today = budget.days(database_time())[-1]
    return RequestDebit.objects.filter(
        application_id=application_id, sent_at__gte=today.start, sent_at__lt=today.end
    ).count()
