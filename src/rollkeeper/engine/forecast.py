"""How long the requests of a plan take, beside others of the same API key."""

from __future__ import annotations

from attrs import frozen
from django_scopes import scopes_disabled

from rollkeeper.connections.models import Connection
from rollkeeper.connections.quota import today
from rollkeeper.core.budget import Budget, Others, Purpose, days_needed
from rollkeeper.engine.waiting import others_waiting


@frozen(kw_only=True)
class Forecast:
    """What a day holds for a connection, and how many days so many requests take."""

    left_today: int
    each_day: int
    """As long as so many others wait beside it."""
    days: int
    """One means today."""
    others: int
    """How many other connections of the API key have work waiting."""

    def in_words(self) -> str:
        """Say it in one sentence."""
        left = f"{self.left_today:,} requests are left for this account today"
        if self.days == 1:
            return f"{left}."
        beside = f" beside {self.others:,} others that wait" if self.others else ""
        return (
            f"{left}, and about {self.each_day:,} on each day after{beside}: it takes"
            f" {self.days:,} days at this rate."
        )


def forecast(*, connection_id: int, requests: int) -> Forecast:
    """Return when so many *requests* will have been made."""
    with scopes_disabled():  # its own row says whose it is
        key = Connection.objects.values_list("application_id", flat=True).get(
            pk=connection_id
        )
    day, others = today(key), others_waiting(key, connection_id)
    left = Budget(
        per_day=day.per_day,
        used=day.used,
        own=day.used_by(connection_id),
        others=others,
    ).left(Purpose.ADD)
    each_day = Budget(
        per_day=day.per_day,
        used=0,
        own=0,
        others=Others(used=(0,) * len(others.used), waited_longer=others.waited_longer),
    ).left(Purpose.ADD)
    left_today = 0 if day.closed_until else left
    return Forecast(
        left_today=left_today,
        each_day=each_day,
        days=days_needed(requests=requests, left=left_today, per_day=each_day),
        others=len(others.used),
    )
