"""What a change of many contacts would do at the provider, before anybody saves it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db import transaction

from rollkeeper.core.values import ContactId
from rollkeeper.engine.previewing import Preview, as_seen_last
from rollkeeper.engine.reconcile import Surroundings, connected


def preview_of(
    change: Callable[[], object],
    *,
    contacts: Collection[ContactId],
    connection_id: int,
    surroundings: Surroundings,
) -> Preview:
    """Return what a sync would do to the contacts' mailboxes after *change*.

    The change is made and taken back. Nothing is asked of the provider: it goes by what
    was seen there last. Raises `NotConnected`.
    """
    connection = connected(surroundings.store, connection_id)
    with transaction.atomic():
        change()
        found = as_seen_last(
            connection=connection, surroundings=surroundings, contacts=contacts
        )
        transaction.set_rollback(True)
    return found
