"""Associations that want nightly runs, and clocks that are set to where they sleep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from attrs import define, field
from django.db import connection as database
from django_scopes import scope, scopes_disabled
from tests.builders import a_connection, an_application, an_association
from tests.engine.worlds import World, a_world

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, Connection, ConnectionState
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Association, Mark
from rollkeeper.directory.services import follow
from rollkeeper.engine import reconcile
from rollkeeper.engine.nights import Watch
from rollkeeper.engine.postgres import STORE
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.ledger.models import NewsletterSettings, Night, Run, RunKind, RunState
from rollkeeper.providers.memory.provider import CAPABILITIES

PROVIDER = "constant_contact"
LOOKED_AT = (
    "connections_connection",
    "directory_association",
    "directory_follower",
    "ledger_newslettersettings",
    "ledger_night",
    "ledger_run",
)


def count_tables() -> None:
    """Gather statistics as the server does by itself, once what fills it is committed.

    Nothing of a test is: it would be planned with what other tests left behind.
    """
    with database.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(LOOKED_AT)}")


def chicago(text: str) -> datetime:
    """Return the moment at which clocks in Chicago, without summer time, show this."""
    return datetime.fromisoformat(f"{text}-06:00")


def a_nightly_world() -> World:
    """Return a world whose account has one of the providers that can be chosen."""
    world = a_world()
    world.connection.provider = PROVIDER
    with scope(association=world.association):
        world.connection.save()
    return world


def a_nightly_connection(
    application: Application | None = None, **settings: Any
) -> Connection:
    """Return a connection that is synchronized, with nothing to do."""
    connection = a_connection(
        an_association(), application=application or an_application()
    )
    with scope(association=connection.association):
        follow(
            association_id=AssociationId(connection.association_id),
            name=follower_name(connection.pk),
        )
        Mark.objects.all().delete()
    if settings:
        change(connection, **settings)
    return connection


def change(connection: Connection, **settings: Any) -> None:
    with scope(association=connection.association_id):
        NewsletterSettings.objects.update_or_create(
            association_id=connection.association_id, defaults=settings
        )


def turn(connection: Connection, state: ConnectionState, reason: str = "") -> None:
    with scope(association=connection.association_id):
        Connection.objects.filter(pk=connection.pk).update(
            state=state, state_reason=reason
        )


def is_night(association: Association) -> None:
    """Have the window be open, and everybody's minute in it have come; and have it be
    no one's first night, which would be the next one."""
    now = database_time()
    opened = now - timedelta(hours=23)
    with scope(association=association):
        Night.objects.bulk_create(
            Night(
                association=association,
                connection=one,
                night=opened.date(),
                starts_at=opened,
            )
            for one in Connection.objects.all()
            if not Night.objects.filter(connection=one).exists()
        )
        NewsletterSettings.objects.update_or_create(
            association_id=association.pk,
            defaults={
                "time_zone": "UTC",
                "window_from": opened.time(),
                "window_to": (now + timedelta(minutes=30)).time(),
            },
        )


def nights_of(connection: Connection) -> list[Night]:
    """Return its nights, the first one first."""
    with scopes_disabled():
        return list(Night.objects.filter(connection=connection).order_by("night"))


def states_of(connection: Connection) -> dict[date, str]:
    return {one.night: one.state for one in nights_of(connection)}


@define(kw_only=True)
class Nightly:
    """Looks after nights at times that a test says."""

    now: datetime = datetime(2027, 1, 4, 18, tzinfo=UTC)
    asked: list[tuple[datetime, int]] = field(factory=list)
    """When which connection's run was asked for."""
    ask: Callable[[int], None] | None = None

    def look(self, now: datetime | None = None) -> int:
        self.now = now or self.now
        watch = Watch(
            capabilities=lambda _: CAPABILITIES, ask=self._ask, now=lambda: self.now
        )
        return watch.look()

    def _ask(self, connection_id: int) -> None:
        if self.ask is not None:
            self.ask(connection_id)
        reconcile.request(STORE, connection_id=connection_id)
        self.asked.append((self.now, connection_id))

    def run_all(self) -> None:
        """Have all that was asked for done at once, as far as nights can tell."""
        with scopes_disabled():
            Mark.objects.all().delete()
            for night in Night.objects.filter(
                started_at__isnull=False, finished_at__isnull=True
            ):
                ended_run(night.connection_id, at=self.now)


def ended_run(
    connection_id: int, *, at: datetime, state: RunState = RunState.DONE
) -> Run:
    with scopes_disabled():
        connection = Connection.objects.get(pk=connection_id)
        run: Run = Run.objects.create(
            association_id=connection.association_id,
            connection=connection,
            kind=RunKind.EVERYTHING,
            by="rule:night",
            state=state,
            started_at=at,
            finished_at=at,
        )
    return run
