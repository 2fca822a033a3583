"""One Constant Contact account, behind the port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from attrs import frozen

from rollkeeper.core.calls import BulkCall, SingleCall
from rollkeeper.core.values import JobId, Mailbox, ProviderContactId, ProviderListId
from rollkeeper.providers.constant_contact import bulk, reading, wire
from rollkeeper.providers.constant_contact.errors import NotThere
from rollkeeper.providers.constant_contact.limits import CAPABILITIES
from rollkeeper.providers.constant_contact.permits import KEPT_OF_A_LIST
from rollkeeper.providers.constant_contact.single import OneByOne
from rollkeeper.providers.errors import AnswerLost, ChangeRefused
from rollkeeper.providers.http import Reply, Request, Transport
from rollkeeper.providers.port import (
    Accepted,
    Account,
    Capabilities,
    Done,
    Job,
    Page,
    ProviderList,
    Purpose,
    Screen,
    Seen,
)

_FULL_PAGE = {"limit": str(CAPABILITIES.page_size)}
_WITH_LISTS = {"include": "list_memberships"}


@frozen(kw_only=True)
class ConstantContact:
    """Implements `providers.port.Provider`, where the promises stand."""

    transport: Transport
    screen: Screen

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def account(self) -> Account:
        summary = reading.fetch(self.transport, "/account/summary", Purpose.READ)
        return wire.account(summary)

    def lists(self) -> Iterator[ProviderList]:
        query = {"include_membership_count": "all", **_FULL_PAGE}
        for document in self._items("/contact_lists", query, "lists"):
            if not document.get("deleted_at"):
                yield wire.provider_list(document)

    def create_list(self, name: str) -> ProviderList:
        body = wire.encoded({"name": name})
        request = Request(
            method="POST", target="/contact_lists", purpose=Purpose.ADD, body=body
        )
        try:
            document = self.transport.send(request).document
        except ChangeRefused:
            for known in self.lists():
                if known.name.casefold() == name.casefold():
                    return known
            raise
        return wire.provider_list(document)

    def rename_list(self, list_id: ProviderListId, name: str) -> bool:
        where = f"/contact_lists/{list_id}"
        known = self._list(where, Purpose.UPDATE)
        if known is None:
            return False
        kept = {field: known[field] for field in KEPT_OF_A_LIST if field in known}
        self.transport.send(
            Request(
                method="PUT",
                target=where,
                purpose=Purpose.UPDATE,
                body=wire.encoded({**kept, "name": name}),
                known=known,
            )
        )
        return True

    def delete_list(self, list_id: ProviderListId) -> Accepted | None:
        where = f"/contact_lists/{list_id}"
        known = self._list(where, Purpose.REMOVE)
        if known is None:
            return None
        if known.get("membership_count") != 0:
            raise ChangeRefused("Somebody is on the list at Constant Contact.")
        return _accepted(
            self.transport.send(
                Request(
                    method="DELETE", target=where, purpose=Purpose.REMOVE, known=known
                )
            )
        )

    def _list(self, where: str, purpose: Purpose) -> wire.Document | None:
        counted = reading.target(where, {"include_membership_count": "all"})
        try:
            found = reading.fetch(self.transport, counted, purpose)
        except NotThere:
            return None
        return None if found.get("deleted_at") else found

    def contacts(self, *, created_after: datetime | None = None) -> Iterator[Page]:
        query = {"status": "all"}
        if created_after is not None:
            query["created_after"] = _stamp(created_after)
        return self._contact_pages(query, Purpose.READ)

    def opted_out(self, *, after: datetime | None = None) -> Iterator[Page]:
        query = {"status": "unsubscribed"}
        if after is not None:
            query["optout_after"] = _stamp(after)
        return self._contact_pages(query, Purpose.SUPPRESS)

    def look(self, provider_id: ProviderContactId) -> Seen | None:
        where = reading.target(f"/contacts/{provider_id}", _WITH_LISTS)
        try:
            return wire.seen(reading.fetch(self.transport, where, Purpose.READ))
        except NotThere:
            return None

    def find(self, mailbox: Mailbox) -> Seen | None:
        query = {"email": mailbox, "status": "all", **_WITH_LISTS}
        for document in self._items("/contacts", query, "contacts"):
            found = wire.seen(document)
            if found.mailbox == mailbox:
                return found
        return None

    def start(self, call: BulkCall) -> Accepted:
        return _accepted(
            self.transport.send(bulk.request_for(call, screen=self.screen))
        )

    def make(self, call: SingleCall) -> Done:
        return OneByOne(transport=self.transport, screen=self.screen).make(call)

    def jobs(
        self, *, created_after: datetime, purpose: Purpose = Purpose.READ
    ) -> Iterator[Job]:
        first = reading.target("/activities", _FULL_PAGE)
        for page in reading.pages(self.transport, first, purpose):
            told = [wire.job(each) for each in reading.items(page, "activities")]
            recent = [job for job in told if job.created_at >= created_after]
            yield from recent
            if told and not recent:
                return

    def _items(
        self, path: str, query: Mapping[str, str], name: str
    ) -> Iterator[wire.Document]:
        first = reading.target(path, query)
        for page in reading.pages(self.transport, first, Purpose.READ):
            yield from reading.items(page, name)

    def _contact_pages(
        self, query: Mapping[str, str], purpose: Purpose
    ) -> Iterator[Page]:
        everything = {**query, **_WITH_LISTS, "include_count": "true", **_FULL_PAGE}
        first = reading.target("/contacts", everything)
        for sheet in reading.sheets(self.transport, first, purpose):
            page = sheet.document
            yield Page(
                contacts=tuple(
                    wire.seen(each) for each in reading.items(page, "contacts")
                ),
                served_at=sheet.served_at,
                total=wire.count(page, "contacts_count"),
            )


def _accepted(reply: Reply) -> Accepted:
    if not isinstance(reply.document, dict) or not reply.document.get("activity_id"):
        raise AnswerLost("Constant Contact took the job and told no id of it.")
    return Accepted(
        job_id=JobId(str(reply.document["activity_id"])),
        provider_time=reply.provider_time,
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
