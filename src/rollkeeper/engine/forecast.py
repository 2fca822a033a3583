"""How long the requests of a plan take, beside others of the same API key."""

from __future__ import annotations

from attrs import frozen
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from rollkeeper.connections.models import Connection
from rollkeeper.connections.quota import today
from rollkeeper.core.budget import Budget, Others, Purpose, days_needed
from rollkeeper.engine.spoken import figure
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
        said = {
            "left": figure(self.left_today),
            "each_day": figure(self.each_day),
            "others": figure(self.others),
            "days": figure(self.days),
        }
        if self.days == 1:
            return _("%(left)s requests are left for this account today.") % said
        if not self.others:
            return (
                _(
                    "%(left)s requests are left for this account today, and about"
                    " %(each_day)s on each day after: it takes %(days)s days at this"
                    " rate."
                )
                % said
            )
        return (
            _(
                "%(left)s requests are left for this account today, and about"
                " %(each_day)s"
                " on each day after beside %(others)s others that wait: it takes"
                " %(days)s"
                " days at this rate."
            )
            % said
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
