"""What connection tests start from."""

from __future__ import annotations

from datetime import timedelta

from attrs import field, frozen
from django.db.models.functions import Now
from django_scopes import scopes_disabled
from tests.builders import a_connection, an_association

from rollkeeper.connections import seals
from rollkeeper.connections.models import Connection


@frozen(kw_only=True)
class Tokens:
    """What a token endpoint gave out."""

    access: str = field(default="access-1")
    refresh: str | None = "refresh-1"
    expires_in: int = 86_400


@frozen(kw_only=True)
class Account:
    account_id: str = "a-1"
    name: str = "Lakeside Chamber"
    email: str = "office@lakeside.example"


def a_connection_with_tokens(
    tokens: Tokens | None = None, *, left: timedelta = timedelta(hours=24)
) -> Connection:
    """Return a connected connection whose access token works for *left* more."""
    connection = a_connection(an_association())
    seals.put_tokens(connection, tokens or Tokens())
    connection.access_expires_at = Now() + left
    connection.save()
    return again(connection)


def again(connection: Connection) -> Connection:
    """Return the row as it is now."""
    with scopes_disabled():
        return Connection.objects.get(pk=connection.pk)
