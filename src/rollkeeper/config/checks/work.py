"""The work: whether the accounts let us in, and whether anybody does it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django_scopes import scopes_disabled

from rollkeeper.config.checks.check import Check
from rollkeeper.connections import seals
from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, Connection, ConnectionState
from rollkeeper.connections.quota import today
from rollkeeper.core import grants
from rollkeeper.engine.waiting import waiting

ALIVE_WITHIN = timedelta(minutes=1)
WAITS_AT_MOST = timedelta(minutes=1)

_WORK = """
    SELECT
        (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %(alive)s),
        (SELECT count(*) FROM procrastinate_jobs AS job
          WHERE job.status = 'todo'
            AND coalesce(job.scheduled_at, '-infinity') < %(overdue)s
            AND (SELECT max(at) FROM procrastinate_events
                  WHERE job_id = job.id) < %(overdue)s)
"""


def sealed_tokens() -> Check:
    lost = seals.connections_without_key()
    if lost:
        return Check.bad(
            name="sealed tokens",
            message=f"no key in {settings.DATA_KEY_FILE} opens the tokens of "
            f"{len(lost)} connections",
            remedy="Bring the key file back from your backup, or connect these "
            "accounts again.",
        )
    return Check.good(name="sealed tokens", message="can be opened")


def api_keys() -> Check:
    missing = [
        name for name, access in settings.PROVIDERS.items() if not access.client_id
    ]
    if missing:
        return Check(
            name="API keys",
            ok=True,
            message=f"none for {', '.join(missing)}: nobody can connect it yet",
            remedy=f"Set ROLLKEEPER_{missing[0].upper()}_CLIENT_ID (docs/settings.md).",
        )
    return Check.good(name="API keys", message="set")


def quota() -> Check:
    used = [
        today(number).in_words()
        for number in Application.objects.order_by("pk").values_list("pk", flat=True)
    ]
    closed = Application.objects.filter(closed_until__gt=database_time()).first()
    if closed is not None and closed.closed_until is not None:
        return Check.bad(
            name="requests",
            message=f"{closed.provider} says that the day is spent; work goes on at "
            f"{closed.closed_until:%Y-%m-%d %H:%M} UTC",
            remedy="Nothing is lost. If it happens often, see whether another program "
            "uses the same API key.",
        )
    return Check.good(name="requests", message="; ".join(used) or "none used yet")


def connections() -> Check:
    with scopes_disabled():
        rows = list(
            Connection.objects.select_related("association").order_by(
                "association__slug"
            )
        )
    cut = [row for row in rows if row.state == ConnectionState.RECONNECT_NEEDED]
    if cut:
        first = cut[0]
        return Check.bad(
            name="connections",
            message=f"{len(cut)} must be connected again, the first is "
            f"{first.association.slug}: {first.state_reason}",
            remedy=f"rollkeeper connect {first.provider} --association "
            f"{first.association.slug}, or on its page under Settings.",
        )
    working = sum(row.state == ConnectionState.CONNECTED for row in rows)
    return Check.good(name="connections", message=f"{working} connected")


def sign_ins() -> Check:
    """A running worker uses them in time: one that ends soon means there was none."""
    now = database_time()
    with scopes_disabled():
        rows = Connection.objects.filter(
            state=ConnectionState.CONNECTED, refreshed_at__isnull=False
        )
        used = rows.aggregate(first=Min("refreshed_at"))["first"]
    if used is not None and grants.ends_soon(used, now=now):
        return Check.bad(
            name="sign-ins",
            message=f"one was last used on {used:%Y-%m-%d} and ends on"
            f" {grants.sign_in_ends(used):%Y-%m-%d}",
            remedy="A running 'rollkeeper worker' uses it. If one runs, see why the"
            " provider's sign-in service does not answer it.",
        )
    return Check.good(name="sign-ins", message="used lately")


def workers() -> Check:
    now = database_time()
    with connection.cursor() as cursor:
        cursor.execute(
            _WORK, {"alive": now - ALIVE_WITHIN, "overdue": now - WAITS_AT_MOST}
        )
        alive, overdue = cursor.fetchone()
    changed = sum(one.may_start for one in waiting())
    message = (
        f"{alive} at work, {overdue} jobs overdue, {changed} connections with changes "
        "to carry over"
    )
    if not alive and (overdue or changed):
        return Check.bad(
            name="workers",
            message=message,
            remedy="Start one with 'rollkeeper worker', or everything with "
            "'rollkeeper run'.",
        )
    return Check.good(name="workers", message=message)
