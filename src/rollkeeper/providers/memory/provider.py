"""The port, over an account in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import assert_never

from attrs import frozen

from rollkeeper.core.calls import (
    BulkCall,
    Create,
    Delete,
    Import,
    Join,
    Leave,
    Rewrite,
    SingleCall,
    purpose_of,
)
from rollkeeper.core.values import Mailbox, ProviderContactId, ProviderListId
from rollkeeper.providers.checks import none_suppressed, within_limits
from rollkeeper.providers.errors import ChangeRefused
from rollkeeper.providers.memory.account import Held, ListDeletion, MemoryAccount
from rollkeeper.providers.memory.work import poll
from rollkeeper.providers.port import (
    Accepted,
    Account,
    Capabilities,
    Done,
    Gate,
    Job,
    Page,
    ProviderList,
    Purpose,
    Screen,
    Seen,
)

CAPABILITIES = Capabilities(
    requests_per_day=10_000,
    requests_per_second=4,
    import_rows=39_000,
    import_bytes=3_500_000,
    import_row_overhead=80,
    import_address_length=50,
    targets_per_call=500,
    lists_per_call=50,
    lists_per_contact=50,
    address_length=80,
    field_length=50,
    page_size=500,
    bulk_imports_keep_blanks=True,
)

_PURPOSES = {
    Import: ("import", Purpose.ADD),
    Join: ("join", Purpose.ADD),
    Leave: ("leave", Purpose.REMOVE),
    Delete: ("delete", Purpose.SUPPRESS),
}


@frozen(kw_only=True)
class MemoryProvider:
    """Implements `providers.port.Provider`, where the promises stand."""

    held_by: MemoryAccount
    gate: Gate
    screen: Screen
    capabilities: Capabilities = CAPABILITIES

    def account(self) -> Account:
        with self._request("account", Purpose.READ) as there:
            return Account(account_id=there.account_id, name=there.name, email="")

    def lists(self) -> Iterator[ProviderList]:
        with self._request("lists", Purpose.READ) as there:
            shown = [
                ProviderList(
                    list_id=list_id, name=name, members=len(there.members(list_id))
                )
                for list_id, name in there.names.items()
            ]
        yield from shown

    def create_list(self, name: str) -> ProviderList:
        with self._request("create_list", Purpose.ADD) as there:
            known = there.list_named(name)
            list_id = known or there.make_list(name)
            return ProviderList(
                list_id=list_id,
                name=there.names[list_id],
                members=len(there.members(list_id)),
            )

    def rename_list(self, list_id: ProviderListId, name: str) -> bool:
        with self._request("rename_list", Purpose.UPDATE) as there:
            if list_id not in there.names:
                return False
            if there.list_named(name) not in (None, list_id):
                raise ChangeRefused("Another list has this name.")
            there.names[list_id] = name
            return True

    def delete_list(self, list_id: ProviderListId) -> Accepted | None:
        with self._request("list", Purpose.REMOVE) as there:
            if list_id not in there.names:
                return None
            if there.members(list_id):
                raise ChangeRefused("Somebody is on this list.")
        with self._request("delete_list", Purpose.REMOVE) as there:
            job = there.enqueue(ListDeletion(list_id=list_id), "other")
            return Accepted(job_id=job.job_id, provider_time=there.now())

    def contacts(self, *, created_after: datetime | None = None) -> Iterator[Page]:
        found = [
            held
            for held in self.held_by.held.values()
            if created_after is None or held.created_at > created_after
        ]
        return self._pages("contacts", Purpose.READ, found)

    def opted_out(self, *, after: datetime | None = None) -> Iterator[Page]:
        found = [
            held
            for held in self.held_by.held.values()
            if held.unsubscribed and not held.deleted and _left_since(held, after)
        ]
        return self._pages("opted_out", Purpose.SUPPRESS, found)

    def look(self, provider_id: ProviderContactId) -> Seen | None:
        with self._request("look", Purpose.READ) as there:
            held = there.held.get(provider_id)
            return held.show() if held else None

    def find(self, mailbox: Mailbox) -> Seen | None:
        with self._request("find", Purpose.READ) as there:
            held = there.contact(mailbox)
            return held.show() if held else None

    def start(self, call: BulkCall) -> Accepted:
        within_limits(call, self.capabilities)
        match call:
            case Import():
                none_suppressed((row.mailbox for row in call.rows), self.screen)
            case Join():
                none_suppressed((each.mailbox for each in call.targets), self.screen)
            case Leave() | Delete():
                pass  # nobody becomes mailable
            case _:
                assert_never(call)
        kind, purpose = _PURPOSES[type(call)]
        with self._request(kind, purpose) as there:
            there.calls.append(call)
            job = there.enqueue(call, "import" if kind == "import" else "other")
            return Accepted(job_id=job.job_id, provider_time=there.now())

    def make(self, call: SingleCall) -> Done:
        match call:
            case Create():
                return self._create(call)
            case Rewrite():
                return self._rewrite(call)
            case _:
                assert_never(call)

    def jobs(
        self, *, created_after: datetime, purpose: Purpose = Purpose.READ
    ) -> Iterator[Job]:
        with self._request("jobs", purpose) as there:
            shown = [poll(there, queued) for queued in there.queue.values()]
        yield from (job for job in shown if job.created_at >= created_after)

    def _create(self, call: Create) -> Done:
        none_suppressed((call.row.mailbox,), self.screen)
        with self._request("create", Purpose.ADD) as there:
            if known := there.contact(call.row.mailbox):
                raise _taken(known)
            there.calls.append(call)
            held = there.make_contact(call.row.mailbox)
            held.person = call.row.person
            held.lists |= set(call.lists)
            return Done(seen=held.show())

    def _rewrite(self, call: Rewrite) -> Done:
        with self._request("rewrite", purpose_of(call)) as there:
            held = _changeable(there, call)
            if call.lists or held.mailbox != call.target.mailbox:
                none_suppressed((call.target.mailbox,), self.screen)
            if held.mailbox != call.target.mailbox:
                if known := there.contact(call.target.mailbox):
                    raise _taken(known)
                there.readdress(held, call.target.mailbox)
            there.calls.append(call)
            held.person, held.deleted = call.person_over(held.person), False
            held.lists |= set(call.lists)
            return Done(seen=held.show())

    def _pages(
        self, operation: str, purpose: Purpose, found: list[Held]
    ) -> Iterator[Page]:
        size = self.capabilities.page_size
        for start in range(0, max(1, len(found)), size):
            with self._request(operation, purpose) as there:
                shown = tuple(held.show() for held in found[start : start + size])
                served_at = there.now()
            yield Page(contacts=shown, served_at=served_at, total=len(found))

    @contextmanager
    def _request(self, operation: str, purpose: Purpose) -> Iterator[MemoryAccount]:
        self.gate.debit(purpose)
        self.held_by.requests.append((operation, purpose))
        self.held_by.on_request(operation)
        yield self.held_by
        self.held_by.on_answer(operation)


def _left_since(held: Held, after: datetime | None) -> bool:
    if after is None or held.opted_out_at is None:
        return after is None
    return held.opted_out_at > after


def _changeable(there: MemoryAccount, call: Rewrite) -> Held:
    held = there.held.get(call.target.provider_id)
    if held is None:
        raise ChangeRefused("The account has no contact of this id.")
    if held.unsubscribed and call.lists:
        raise ChangeRefused("This person has unsubscribed and joins no list.")
    if held.deleted and not call.lists:
        raise ChangeRefused("This contact was deleted; changing it would revive it.")
    return held


def _taken(known: Held) -> ChangeRefused:
    return ChangeRefused(
        "Another contact has this address.", conflicting_id=known.provider_id
    )
