"""The one mail by which Constant Contact asks somebody to subscribe again."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

from rollkeeper.core.values import ProviderContactId, ProviderListId
from rollkeeper.core.views import Permission
from rollkeeper.providers.constant_contact import reading, wire
from rollkeeper.providers.constant_contact.errors import NotThere
from rollkeeper.providers.errors import ChangeRefused
from rollkeeper.providers.http import Request, Transport
from rollkeeper.providers.port import Purpose


@frozen(kw_only=True)
class OneMail:
    """Implements `providers.port.Asking`, where the promise stands."""

    transport: Transport
    """One with the permits for this, and no others."""

    def ask_to_resubscribe(
        self, provider_id: ProviderContactId, lists: Collection[ProviderListId]
    ) -> None:
        known = self._current(provider_id)
        if wire.permission_of(known) is not Permission.UNSUBSCRIBED:
            raise ChangeRefused("The contact is not unsubscribed at Constant Contact.")
        self.transport.send(
            Request(
                method="PUT",
                target=f"/contacts/resubscribe/{provider_id}",
                purpose=Purpose.ADD,
                body=wire.encoded({"list_ids": list(lists)}),
                known=known,
            )
        )

    def _current(self, provider_id: ProviderContactId) -> wire.Document:
        where = f"/contacts/{provider_id}"
        try:
            return reading.fetch(self.transport, where, Purpose.ADD)
        except NotThere as error:
            raise ChangeRefused(
                "Constant Contact has no contact of this id any more."
            ) from error
