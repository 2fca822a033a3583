"""Connections that wait for their turn, and days that are partly spent."""

from __future__ import annotations

from datetime import timedelta

from django_scopes import scope
from tests.builders import a_connection, a_contact, an_association

from rollkeeper.connections.clock import database_time
from rollkeeper.connections.models import Application, Connection, RequestDebit
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.models import Mark
from rollkeeper.directory.services import follow
from rollkeeper.engine.reconcile import follower_name

HOUR = timedelta(hours=1)


def a_waiting_connection(key: Application, *, since: timedelta = HOUR) -> Connection:
    """Return a connection with one change that waits."""
    connection = a_connection(an_association(), application=key)
    with scope(association=connection.association):
        follow(
            association_id=AssociationId(connection.association_id),
            name=follower_name(connection.pk),
        )
        Mark.objects.all().delete()
    a_contact(connection.association)
    with scope(association=connection.association):
        Mark.objects.update(made_at=database_time() - since)
    return connection


def spent(
    key: Application, count: int, *, by: Connection | None = None, ago: timedelta = HOUR
) -> None:
    at = database_time() - ago
    RequestDebit.objects.bulk_create(
        RequestDebit(application=key, connection=by, purpose=3, sent_at=at)
        for _ in range(count)
    )
