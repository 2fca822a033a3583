"""All the lists of an account as they are now, ours and others."""

from __future__ import annotations

import httpx2
from django.utils.translation import gettext as _

from rollkeeper.connections.services import ConnectingFailed, need_reconnect
from rollkeeper.core.sorting import sorting_key
from rollkeeper.engine.connecting import open_provider
from rollkeeper.providers.errors import ProviderError, ReconnectNeeded
from rollkeeper.providers.port import ProviderList


class CannotRead(Exception):
    """The lists could not be read; the message says what to do."""


def lists_there(
    connection_id: int, *, transport: httpx2.BaseTransport | None = None
) -> list[ProviderList]:
    """Read the account's lists, by name; some requests of the day. Raises `CannotRead`.

    An account that no longer lets us in is noted as such.
    """
    try:
        found = list(open_provider(connection_id, None, transport=transport).lists())
    except ReconnectNeeded as error:
        need_reconnect(connection_id=connection_id, reason=str(error), by="rule:lists")
        raise CannotRead(
            _("Constant Contact no longer lets us in. Reconnect, then look again.")
        ) from error
    except (ProviderError, ConnectingFailed) as error:
        raise CannotRead(
            _("Constant Contact did not answer as it should. Look again in a while.")
        ) from error
    return sorted(found, key=lambda one: (sorting_key(one.name), one.list_id))
