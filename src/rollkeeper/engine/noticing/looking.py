"""Looking for what staff are to be told: what is stored says it, nobody reports it.

Often: broken connections, held plans, people who unsubscribed. Seldom: nights, silence,
quota, sign-ins, names of lists. Each is a statement or two over all associations, in
one transaction that moves the mark of how far looking has come; what happened while
nobody looked is found by the next look.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from rollkeeper.engine.noticing import (
    failures,
    held_plans,
    nightly,
    quota,
    refusals,
    renames,
    sign_ins,
    silence,
    undecided,
)
from rollkeeper.notices.models import Look

OVERLAP: Final = timedelta(hours=1)
"""How far a look reaches back before the last one: for clocks, and for transactions
that were open meanwhile."""

log = structlog.get_logger()


@transaction.atomic
def look_often(*, now: datetime) -> int:
    """Find what cannot wait; return how many incidents were new."""
    last = _last(now)
    found = failures.find(now=now, since=last.at - OVERLAP) + held_plans.find(now=now)
    told, last.facts_up_to = refusals.find(now=now, after=last.facts_up_to)
    found += told + failures.close(now=now)
    held_plans.close(now=now)
    last.at = now
    last.save()
    _say(found)
    return found


@transaction.atomic
def look_seldom(*, now: datetime) -> int:
    """Find what can wait some minutes; return how many incidents were new."""
    found = (
        nightly.find(now=now)
        + silence.find(now=now)
        + quota.find(now=now)
        + renames.find(now=now)
        + undecided.find(now=now)
        + sign_ins.find(now=now)
    )
    _say(found)
    return found


def _last(now: datetime) -> Look:
    """Return the last look, for one looker at a time."""
    Look.objects.get_or_create(pk=1, defaults={"at": now})
    return Look.objects.select_for_update().get(pk=1)


def _say(found: int) -> None:
    if found:
        log.info("incidents_found", count=found)
