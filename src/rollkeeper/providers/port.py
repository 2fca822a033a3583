"""What the engine asks of a provider, and what it lends to one.

A provider declares its limits as data (`Capabilities`); nobody asks which vendor it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from attrs import frozen

from rollkeeper.core.budget import Purpose as Purpose
from rollkeeper.core.calls import BulkCall, SingleCall
from rollkeeper.core.values import (
    JobId,
    Mailbox,
    Person,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Permission


@frozen(kw_only=True)
class Capabilities:
    """A provider's limits and habits; what packing and the engine go by."""

    requests_per_day: int
    requests_per_second: int
    import_rows: int
    """Most rows in one import."""
    import_bytes: int
    """Most bytes of one import's encoded body."""
    import_row_overhead: int
    """Most bytes a row costs beside its values."""
    import_address_length: int
    """Longest address an import takes; longer ones go one by one."""
    targets_per_call: int
    lists_per_call: int
    lists_per_contact: int
    address_length: int
    field_length: int
    page_size: int
    bulk_imports_keep_blanks: bool
    """Does an empty value in an import leave what is there?"""


@frozen(kw_only=True)
class Account:
    """Who we are connected to: shown to staff, and compared when they reconnect."""

    account_id: str
    name: str
    email: str


@frozen(kw_only=True)
class ProviderList:
    list_id: ProviderListId
    name: str
    members: int | None = None


@frozen(kw_only=True)
class Seen:
    """One contact as a read showed it."""

    mailbox: Mailbox | None
    """None for a contact without an e-mail address (text messages only)."""
    provider_id: ProviderContactId
    permission: Permission
    person: Person
    lists: frozenset[ProviderListId]
    opted_out_at: datetime | None = None
    opted_out_by_person: bool = False
    """By the person's own act, not by staff over there."""
    opt_out_reason: str = ""
    opted_in_at: datetime | None = None
    """When permission was last given, of one that mail may go to."""
    opted_in_by_person: bool = False
    """By the person's own act, not by an import or staff over there."""


@frozen(kw_only=True)
class Page:
    contacts: tuple[Seen, ...]
    served_at: datetime | None = None
    """When the provider answered with it, by its own clock; None when it did not say.
    The clock is the one that opt-outs are dated by."""
    total: int | None = None
    """How many contacts the whole read has, when the provider says so."""


class JobState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@frozen(kw_only=True)
class Job:
    """A bulk job as the provider last described it."""

    job_id: JobId
    kind: str
    """`import` or `other`, as far as the provider tells while it runs."""
    state: JobState
    created_at: datetime
    rows: int | None = None
    """How many rows or contacts it took up; compared with what was sent."""
    refused: int = 0
    """Rows it could not use."""
    not_added: int = 0
    """Contacts it left off the lists because they had unsubscribed."""
    complaints: tuple[tuple[int | None, str], ...] = ()
    """(index of the row in what we sent, or None; the provider's words)."""


@frozen(kw_only=True)
class Accepted:
    """The provider queued it as a bulk job. Not yet done."""

    job_id: JobId
    provider_time: datetime | None


@frozen(kw_only=True)
class Done:
    """It is done; this is what the provider shows of the contact now."""

    seen: Seen


class Gate(Protocol):
    """Passed before each request leaves. Counts it, durably, or stops it."""

    def debit(self, purpose: Purpose) -> None:
        """Wait for this second's turn and count one request.

        Raises `QuotaSpent` when the day has none left for *purpose*.
        """
        ...

    def close_until_tomorrow(self) -> None:
        """The provider says the day's quota is spent, whatever we counted."""
        ...


class Tokens(Protocol):
    """Where a provider gets its access token from."""

    def access(self) -> str:
        """Return a token that should still work, refreshed first when it is due."""
        ...

    def renew(self, refused: str) -> str:
        """The provider refused this token: return another, or raise
        `ReconnectNeeded`."""
        ...


class Screen(Protocol):
    """The last look at a body before it leaves, apart from every other check."""

    def suppressed(self, mailboxes: Collection[Mailbox]) -> frozenset[Mailbox]:
        """Return those that must not be made mailable."""
        ...


class Provider(Protocol):
    """One account at one vendor."""

    @property
    def capabilities(self) -> Capabilities: ...

    def account(self) -> Account:
        """Say whose account this is."""
        ...

    def lists(self) -> Iterator[ProviderList]:
        """Yield every list of the account that mail can go to."""
        ...

    def create_list(self, name: str) -> ProviderList:
        """Make a list, or return the one that already has this name, with its size."""
        ...

    def rename_list(self, list_id: ProviderListId, name: str) -> bool:
        """Call a list *name*; return False when there is no such list any more.

        Raises `ChangeRefused` when it cannot be called so, as when another has the
        name.
        """
        ...

    def delete_list(self, list_id: ProviderListId) -> Accepted | None:
        """Have a list deleted that nobody is on. A bulk job.

        Looks first: returns None when there is no such list any more, and raises
        `ChangeRefused` when somebody is on it.
        """
        ...

    def contacts(self, *, created_after: datetime | None = None) -> Iterator[Page]:
        """Yield all contacts, unsubscribed and deleted ones too, with their lists.

        With *created_after*, only those made since. When the iterator ends the read
        was complete; when it raises, it proves nothing about who is missing.
        """
        ...

    def opted_out(self, *, after: datetime | None = None) -> Iterator[Page]:
        """Yield contacts unsubscribed from everything, since *after* or ever."""
        ...

    def look(self, provider_id: ProviderContactId) -> Seen | None:
        """Return one contact as it is now, None when the provider knows none."""
        ...

    def find(self, mailbox: Mailbox) -> Seen | None:
        """Return the contact of a mailbox, deleted ones too."""
        ...

    def start(self, call: BulkCall) -> Accepted:
        """Hand over a bulk call."""
        ...

    def make(self, call: SingleCall) -> Done:
        """Make one change now."""
        ...

    def jobs(
        self, *, created_after: datetime, purpose: Purpose = Purpose.READ
    ) -> Iterator[Job]:
        """Yield the account's bulk jobs since then, ours and others'.

        Asking is as urgent as *purpose*, which is what the jobs asked for are for.
        """
        ...


class Asking(Protocol):
    """What a person may have one vendor do for somebody who unsubscribed.

    Apart from `Provider` on purpose: what synchronizes has nothing that can ask.
    """

    def ask_to_resubscribe(
        self, provider_id: ProviderContactId, lists: Collection[ProviderListId]
    ) -> None:
        """Have the provider send the contact its one mail that asks them to come back.

        They come back, onto *lists*, if they confirm. The provider does it once ever
        for a contact. Raises `ChangeRefused` for who was asked before, or is not
        unsubscribed over there.
        """
        ...


Answer: TypeAlias = Accepted | Done
