"""What became of asking an account whether it still lets us in."""

from __future__ import annotations

from django.db.models.functions import Now
from django_scopes import scopes_disabled

from rollkeeper.connections.models import Connection, ConnectionState
from rollkeeper.connections.services import Account


def note_attempt(connection_id: int) -> None:
    """A probe sets out, whatever will come of it."""
    with scopes_disabled():
        Connection.objects.filter(pk=connection_id).update(probed_at=Now())


def note_answer(connection_id: int, account: Account) -> None:
    """The account let us in, and this is what it is called now.

    An account that was put in its place meanwhile keeps its own name.
    """
    with scopes_disabled():
        Connection.objects.filter(
            pk=connection_id,
            state=ConnectionState.CONNECTED,
            account_id=account.account_id,
        ).update(
            answered_at=Now(), account_name=account.name, account_email=account.email
        )
