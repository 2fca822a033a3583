"""Another account in the place of the one that was connected, on purpose."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from rollkeeper.connections import services
from rollkeeper.connections.models import Application, Connection
from rollkeeper.connections.pulls import forget_pulls
from rollkeeper.core.values import AssociationId
from rollkeeper.directory.services import unfollow
from rollkeeper.engine.coordinator import Busy, sole_coordinator
from rollkeeper.engine.reconcile import follower_name
from rollkeeper.ledger.services.forgetting import forget_account
from rollkeeper.providers.oauth import TokenSet
from rollkeeper.providers.port import Account


def replace_account(
    connection_id: int,
    *,
    association_id: int,
    key: Application,
    account: Account,
    tokens: TokenSet,
    by: str,
) -> Connection:
    """Connect *account* and forget everything about the one before, but suppressions.

    As after a first connection nothing is sent until a person asks for it. Raises
    `ConnectingFailed` while a run works with the account that is to go.
    """
    try:
        with (
            sole_coordinator(connection_id),
            scope(association=association_id),
            transaction.atomic(),
        ):
            connection = services.connect(
                association_id=association_id,
                key=key,
                account=account,
                tokens=tokens,
                by=by,
                in_place_of_another=True,
            )
            forget_account(connection_id)
            forget_pulls(connection_id)
            unfollow(
                association_id=AssociationId(association_id),
                name=follower_name(connection_id),
            )
    except Busy as busy:
        raise services.ConnectingFailed(
            _(
                "A run is working with the account that is connected now. Wait until"
                " it has ended, then connect the other one again."
            )
        ) from busy
    connection.refresh_from_db()
    return connection
