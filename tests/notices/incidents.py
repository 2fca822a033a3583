"""Things that happen to a chamber, and what was found and told of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection as database
from tests.builders import (
    a_connection,
    an_application,
)
from tests.web.people import a_person

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.consent.services import Fact, suppress
from rollkeeper.core.values import Mailbox
from rollkeeper.directory.models import Association, Role, Staff
from rollkeeper.engine.noticing.looking import look_often, look_seldom
from rollkeeper.engine.noticing.telling import tell
from rollkeeper.ledger.models import Hold, Run
from rollkeeper.notices.events import Event, How
from rollkeeper.notices.models import Incident, Message, Subscription
from rollkeeper.notices.services import subscribe

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))


def staff_of(association: Association, role: Role = Role.ADMINISTRATOR) -> Staff:
    return Staff.objects.get(user=a_person(association, role=role))


def wants(staff: Staff, event: Event, how: How = How.EACH) -> None:
    subscribe(
        association_id=staff.association_id,
        staff_id=staff.pk,
        event=event,
        how=how,
        by="test",
    )
    Subscription.objects.filter(staff=staff).update(since=NOW - 30 * DAY)


def broken(chamber: Association, at: datetime = NOW) -> Connection:
    return a_connection(
        chamber,
        state=ConnectionState.RECONNECT_NEEDED,
        state_since=at,
        state_reason="The sign-in was withdrawn.",
    )


def turn(connection: Connection, state: ConnectionState, at: datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(state=state, state_since=at)


def look(at: datetime) -> None:
    look_often(now=at)
    look_seldom(now=at)
    tell(now=at)


def events() -> list[str]:
    return list(Incident.objects.order_by("id").values_list("event", flat=True))


def told() -> list[tuple[str, str]]:
    rows = Message.objects.order_by("id")
    return [(one.event, one.recipient) for one in rows]


def a_hold(chamber: Association, connection: Connection, **fields: Any) -> Hold:
    made: Hold = Hold.objects.create(
        association=chamber,
        connection=connection,
        **{
            "guard": "removals_of_account",
            "fingerprint": "f",
            "count": 40,
            "of": 100,
            "limit": 5,
            "already": 0,
            "made_at": NOW,
            **fields,
        },
    )
    return made


def a_run(connection: Connection, **fields: Any) -> Run:
    made: Run = Run.objects.create(
        association=connection.association,
        connection=connection,
        **{
            "kind": "pull",
            "by": "rule:pull",
            "state": "done",
            "started_at": NOW - MINUTE,
            "finished_at": NOW,
            **fields,
        },
    )
    return made


def unsubscribed(run: Run, mailbox: str, **fields: Any) -> None:
    fact = Fact(
        **{
            "mailbox": Mailbox(mailbox),
            "provider": "constant_contact",
            "source": "opt-out pull",
            "actor": "rule:opt-out pull",
            "happened_at": NOW - 2 * MINUTE,
            "run_id": run.pk,
            **fields,
        }
    )
    suppress(association_id=run.association_id, facts=[fact])


def connected(chamber: Association, **fields: Any) -> Connection:
    """An account that was connected yesterday, and quiet since."""
    fields = {"connected_at": NOW - DAY, "state_since": NOW - DAY, **fields}
    return a_connection(chamber, **fields)


def daily(staff: Staff) -> None:
    wants(staff, Event.UNSUBSCRIBED, How.DAILY)


def at(text: str) -> datetime:
    """By the clocks of Chicago, where the chamber is."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago"))


def somebody_unsubscribes(chamber: Association, when: datetime) -> None:
    known = Connection.objects.filter(association=chamber).first()
    run = a_run(
        known or connected(chamber, connected_at=NOW - 900 * DAY, compared_at=NOW),
        finished_at=when,
    )
    unsubscribed(run, f"{run.pk}@x.example", happened_at=when)
    look_often(now=when)
    tell(now=when)


class Killed(BaseException):
    """Stands for kill -9."""


def seconds(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def a_host_of_thousands(count: int) -> None:
    """So many connected associations, each with a day of pulls and nights behind it."""
    key = an_application()
    with database.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO directory_association (name, slug, time_zone, two_steps)
            SELECT 'Chamber ' || n, 'many-' || n, 'America/Chicago', false
              FROM generate_series(1, %(count)s) AS n;
            INSERT INTO connections_connection (association_id, application_id,
                provider, state, state_since, state_reason, account_id, account_name,
                account_email, connected_at, compared_at, refreshed_at)
            SELECT id, %(key)s, 'constant_contact', 'connected',
                   %(now)s - interval '30 days', '', '', '', '',
                   %(now)s - interval '30 days', %(now)s, %(now)s
              FROM directory_association WHERE slug LIKE 'many-%%';
            INSERT INTO ledger_run (association_id, connection_id, kind, by, state,
                started_at, finished_at, counts, planned, done, requests, writes,
                message)
            SELECT association_id, id, CASE n WHEN 1 THEN 'everything' ELSE 'pull' END,
                   'rule:pull', 'done', %(now)s - n * interval '5 minutes',
                   %(now)s - n * interval '5 minutes', '{}', 0, 0, 1, 0, ''
              FROM connections_connection, generate_series(20, 1, -1) AS n;
            INSERT INTO ledger_night (association_id, connection_id, night, state,
                starts_at, requests, held_up, note)
            SELECT association_id, id, %(now)s::date - n, 'missed',
                   %(now)s - n * interval '1 day', 0, '', ''
              FROM connections_connection, generate_series(1, 30) AS n;
            ANALYZE directory_association, connections_connection, ledger_run,
                ledger_night
            """,
            {"count": count, "key": key.pk, "now": NOW},
        )
