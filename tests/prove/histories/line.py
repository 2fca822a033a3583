"""What lies between the engine and the provider: looks at each call, spoils pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen
from tests.prove.histories.faults import Injector
from tests.prove.histories.watch import Watch, mailboxes_of

from rollkeeper.core.calls import BulkCall, Call, Delete, Leave, Rewrite, SingleCall
from rollkeeper.core.values import Mailbox, ProviderContactId, ProviderListId
from rollkeeper.providers.errors import ChangeRefused
from rollkeeper.providers.memory import MemoryAccount
from rollkeeper.providers.port import (
    Accepted,
    Account,
    Capabilities,
    Done,
    Job,
    Page,
    Provider,
    ProviderList,
    Purpose,
    Seen,
)


@frozen
class Line:
    provider: Provider
    account_there: MemoryAccount
    injector: Injector
    watch: Watch
    refused: frozenset[Mailbox]
    """Whom the provider takes under no circumstances."""

    @property
    def capabilities(self) -> Capabilities:
        return self.provider.capabilities

    def account(self) -> Account:
        return self.provider.account()

    def lists(self) -> Iterator[ProviderList]:
        return self.provider.lists()

    def create_list(self, name: str) -> ProviderList:
        return self.provider.create_list(name)

    def rename_list(self, list_id: ProviderListId, name: str) -> bool:
        return self.provider.rename_list(list_id, name)

    def delete_list(self, list_id: ProviderListId) -> Accepted | None:
        return self.provider.delete_list(list_id)

    def contacts(self, *, created_after: datetime | None = None) -> Iterator[Page]:
        return self._pages(self.provider.contacts(created_after=created_after))

    def opted_out(self, *, after: datetime | None = None) -> Iterator[Page]:
        return self._pages(self.provider.opted_out(after=after))

    def _pages(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            yield page
            if self.injector.repeat_page:
                self.injector.repeat_page = False
                yield page

    def look(self, provider_id: ProviderContactId) -> Seen | None:
        return self.provider.look(provider_id)

    def find(self, mailbox: Mailbox) -> Seen | None:
        return self.provider.find(mailbox)

    def start(self, call: BulkCall) -> Accepted:
        counted = list(self.watch.removals)
        self._look_at(call)
        try:
            return self.provider.start(call)
        finally:
            if not self._conclude(call):
                self.watch.removals = counted

    def make(self, call: SingleCall) -> Done:
        self._look_at(call)
        old = self._address_of(call)
        try:
            return self.provider.make(call)
        finally:
            self._conclude(call)
            new = self._address_of(call)
            if old and new and old != new:
                self.watch.follow(old, new)

    def _address_of(self, call: SingleCall) -> Mailbox | None:
        if not isinstance(call, Rewrite):
            return None
        held = self.account_there.held.get(call.target.provider_id)
        return held.mailbox if held else None

    def _conclude(self, call: Call) -> bool:
        """Note whether it arrived, be its answer lost."""
        self.injector.state_of = lambda: "-"
        arrived = any(one is call for one in self.account_there.calls)
        if arrived:
            self.watch.note_arrived(call)
        return arrived

    def _look_at(self, call: Call) -> None:
        self.watch.look_at(call)
        brings = not isinstance(call, Leave | Delete)
        if brings and not self.refused.isdisjoint(mailboxes_of(call)):
            raise ChangeRefused("This address cannot be used.")
        state = self._state(next(mailboxes_of(call)))
        self.injector.state_of = lambda: state

    def _state(self, mailbox: Mailbox) -> str:
        held = self.account_there.contact(mailbox)
        if held is None:
            return "unknown there"
        if held.unsubscribed:
            return "unsubscribed there"
        return "deleted there" if held.deleted else "active there"

    def jobs(
        self, *, created_after: datetime, purpose: Purpose = Purpose.READ
    ) -> Iterator[Job]:
        return self.provider.jobs(created_after=created_after, purpose=purpose)
