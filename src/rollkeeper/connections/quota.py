"""Counts every request in the database before it leaves.

All processes of an installation share an application's quota through its row, which
each request locks for a moment. A request that was counted is never counted off again,
whatever became of it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from attrs import frozen
from django.db import transaction

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, RequestDebit
from rollkeeper.core import budget

# Requests wait their turn for seconds. A later one was counted by a clock that was
# wrong, and must not stop everybody.
_LONGEST_QUEUE = timedelta(minutes=1)

log = structlog.get_logger()


class DaySpent(Exception):
    """No more requests of this kind before *until*."""

    def __init__(self, until: datetime, *, wait: timedelta) -> None:
        super().__init__(
            "The requests of this day are used up, or kept for unsubscribes. Work goes "
            f"on at {until:%H:%M} UTC."
        )
        self.until = until
        self.wait = wait


@frozen(kw_only=True)
class DatabaseGate:
    """Lets the requests of one application out, one by one."""

    application_id: int
    connection_id: int | None
    run_id: int | None
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def debit(self, *, purpose: int, urgent: bool) -> None:
        """Count one request, for good, and return when it may leave.

        Raises `DaySpent` when the day has none left, or none but what is kept for
        urgent ones.
        """
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
            self._check_days(at, key.requests_per_day, urgent=urgent)
            self._write(at, purpose)
        if at > now:
            self.sleep((at - now).total_seconds())

    def close_until_tomorrow(self) -> None:
        """Let nothing out before the next UTC day, whatever we counted."""
        with transaction.atomic(durable=True):
            key = self._locked()
            key.closed_until = budget.next_day(database_time(), jitter=self.jitter())
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

    def _check_days(self, at: datetime, per_day: int, *, urgent: bool) -> None:
        for day in budget.days(at):
            used = requests_in(self.application_id, day)
            if not budget.may_leave(used=used, per_day=per_day, urgent=urgent):
                until = budget.next_day(at, jitter=self.jitter())
                raise DaySpent(until, wait=until - at)

    def _write(self, at: datetime, purpose: int) -> None:
        RequestDebit.objects.create(
            application_id=self.application_id,
            connection_id=self.connection_id,
            run_id=self.run_id,
            purpose=purpose,
            sent_at=at,
        )


def requests_in(application_id: int, window: budget.Window) -> int:
    return RequestDebit.objects.filter(
        application_id=application_id,
        sent_at__gte=window.start,
        sent_at__lt=window.end,
    ).count()


def requests_today(application_id: int) -> int:
    """Return how many requests count for this UTC day, by the database's clock."""
    return requests_in(application_id, budget.days(database_time())[-1])
