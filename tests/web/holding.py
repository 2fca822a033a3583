"""Holds for pages to show."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define
from django_scopes import scope
from tests.ledger.places import Place

from rollkeeper.connections.models import Connection
from rollkeeper.core.changes import Cause
from rollkeeper.core.guards import Deed, Guard, Holding, Item
from rollkeeper.core.values import AudienceId, Mailbox
from rollkeeper.directory.models import ContactList
from rollkeeper.ledger.models import Audience, Hold, Run, RunKind


@define
class Desk:
    """A connection of which parts of plans wait, as runs would have left them."""

    connection: Connection

    def audience(self, of: ContactList) -> Audience:
        place = self.place()
        with scope(association=self.connection.association):
            made = place.audience(of.pk, provider_list_id=f"there-{of.pk}")
            Audience.objects.filter(pk=made).update(name=of.name)
            row: Audience = Audience.objects.get(pk=made)
        return row

    def hold(
        self,
        audience: Audience,
        mailboxes: Sequence[str],
        *,
        guard: Guard = Guard.REMOVALS_OF_LIST,
        deed: Deed = Deed.REMOVE,
        of: int = 100,
        limit: int = 5,
        already: int = 2,
    ) -> Hold:
        """Have a run hold that these come off the list, or whatever is to be done."""
        items = tuple(
            Item(deed=deed, mailbox=Mailbox(one), audience=AudienceId(audience.pk))
            for one in mailboxes
        )
        held = Holding(
            guard=guard,
            audience=AudienceId(audience.pk),
            items=items,
            causes=(Cause.NOT_WANTED,) * len(items),
            of=of,
            limit=limit,
            already=already,
        )
        place = self.place()
        with scope(association=self.connection.association):
            place.freeze(held, among=mailboxes)
            row: Hold = Hold.objects.get(guard=guard, audience=audience, state="open")
        return row

    def place(self) -> Place:
        association = self.connection.association
        with scope(association=association):
            run, _ = Run.objects.get_or_create(
                association=association,
                connection=self.connection,
                kind=RunKind.EVERYTHING,
                by="rule:change",
                state="done_with_exceptions",
            )
        return Place(association=association, connection=self.connection, run=run)
