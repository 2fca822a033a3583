"""What a newsletter account holds, and what people do to it over there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import count

from attrs import define, evolve, field, frozen

from rollkeeper.core.calls import BulkCall, Call
from rollkeeper.core.values import (
    JobId,
    Mailbox,
    Person,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Permission
from rollkeeper.providers.port import Job, JobState, Purpose, Seen


@define(kw_only=True)
class Held:
    """A contact as the account holds it."""

    provider_id: ProviderContactId
    mailbox: Mailbox
    created_at: datetime
    person: Person = field(factory=Person)
    permission: Permission = Permission.MAILABLE
    deleted: bool = False
    lists: set[ProviderListId] = field(factory=set)
    opted_out_at: datetime | None = None
    opted_out_by_person: bool = False
    opt_out_reason: str = ""
    opted_in_at: datetime | None = None
    opted_in_by_person: bool = False
    asked_back_to: frozenset[ProviderListId] | None = None
    """The lists of the one mail that asked them to come back; None before it."""

    @property
    def unsubscribed(self) -> bool:
        return self.permission is Permission.UNSUBSCRIBED

    def show(self) -> Seen:
        """Return it as a read shows it: a refusal outlasts a deletion."""
        gone = self.deleted and not self.unsubscribed
        return Seen(
            mailbox=self.mailbox,
            provider_id=self.provider_id,
            permission=Permission.DELETED if gone else self.permission,
            person=self.person,
            lists=frozenset(self.lists),
            opted_out_at=self.opted_out_at,
            opted_out_by_person=self.opted_out_by_person,
            opt_out_reason=self.opt_out_reason,
            opted_in_at=self.opted_in_at if self._is_mailable else None,
            opted_in_by_person=self.opted_in_by_person and self._is_mailable,
        )

    @property
    def _is_mailable(self) -> bool:
        return self.permission is Permission.MAILABLE and not self.deleted


@frozen(kw_only=True)
class ListDeletion:
    """Take everybody off a list, and the list away."""

    list_id: ProviderListId


@define(kw_only=True)
class Queued:
    """A bulk job: its effect comes when it ends, not when it was taken."""

    call: BulkCall | ListDeletion
    shown: Job
    polls: int = 0


@define(kw_only=True)
class MemoryAccount:
    """The state behind any number of `MemoryProvider`s, and its people's acts.

    A job ends by itself at its *polls_per_job*-th poll, or when `finish_jobs` is
    called; 0 leaves it to that alone. *on_request* hears of each request before its
    effect and *on_answer* after it: whatever they raise reaches the caller.
    """

    now: Callable[[], datetime]
    account_id: str = "memory-account"
    name: str = "Account in memory"
    polls_per_job: int = 1
    on_request: Callable[[str], None] = lambda operation: None
    on_answer: Callable[[str], None] = lambda operation: None
    requests: list[tuple[str, Purpose]] = field(factory=list)
    """Every request made, in order, with what it was for."""
    calls: list[Call] = field(factory=list)
    """Every call that reached the account."""
    names: dict[ProviderListId, str] = field(factory=dict)
    """The lists there are."""
    held: dict[ProviderContactId, Held] = field(factory=dict)
    queue: dict[JobId, Queued] = field(factory=dict)
    _by_mailbox: dict[Mailbox, Held] = field(factory=dict, init=False)
    _numbers: Iterator[int] = field(factory=lambda: count(1), init=False)

    # Looking

    def contact(self, mailbox: Mailbox) -> Held | None:
        """Return the contact of *mailbox*, a deleted one too."""
        return self._by_mailbox.get(mailbox)

    def members(self, list_id: ProviderListId) -> frozenset[Mailbox]:
        """Return who is on a list."""
        return frozenset(
            held.mailbox for held in self.held.values() if list_id in held.lists
        )

    def list_named(self, name: str) -> ProviderListId | None:
        """Return the list of this name, whatever its letter case."""
        for list_id, known in self.names.items():
            if known.casefold() == name.casefold():
                return list_id
        return None

    # People's acts

    def unsubscribe(
        self, mailbox: Mailbox, *, by_person: bool = True, reason: str = ""
    ) -> None:
        """The person leaves everything, or staff over there do it for them."""
        held = self._by_mailbox[mailbox]
        held.permission = Permission.UNSUBSCRIBED
        held.lists.clear()
        held.opted_out_at = self.now()
        held.opted_out_by_person = by_person
        held.opt_out_reason = reason

    def resubscribe(
        self, mailbox: Mailbox, *, lists: Iterable[ProviderListId] = ()
    ) -> None:
        """The person comes back by their own act, onto the lists they were asked to, or
        chose on a form."""
        held = self._by_mailbox.get(mailbox) or self.make_contact(mailbox)
        held.lists |= set(lists) | (held.asked_back_to or set())
        _opt_in(held, at=self.now(), by_person=True)

    def hand_resubscribe(self, mailbox: Mailbox) -> None:
        """Staff over there say that somebody wants mail again."""
        _opt_in(self._by_mailbox[mailbox], at=self.now(), by_person=False)

    def leave_list(self, mailbox: Mailbox, list_id: ProviderListId) -> None:
        """The person leaves one list and stays subscribed."""
        self._by_mailbox[mailbox].lists.discard(list_id)

    def hand_add(
        self,
        mailbox: Mailbox,
        *,
        lists: Iterable[ProviderListId] = (),
        person: Person | None = None,
        permission: Permission = Permission.MAILABLE,
    ) -> ProviderContactId:
        """Staff over there add a contact, or put a known one on more lists."""
        held = self._by_mailbox.get(mailbox) or self.make_contact(mailbox)
        held.permission, held.deleted = permission, False
        held.person = held.person if person is None else person
        held.lists |= set(lists)
        return held.provider_id

    def hand_delete(self, mailbox: Mailbox) -> None:
        """Staff over there delete a contact; it can be revived."""
        self.delete(self._by_mailbox[mailbox])

    # What calls do

    def make_list(self, name: str) -> ProviderListId:
        list_id = ProviderListId(f"list-{next(self._numbers)}")
        self.names[list_id] = name
        return list_id

    def make_contact(self, mailbox: Mailbox) -> Held:
        provider_id = ProviderContactId(f"contact-{next(self._numbers)}")
        held = Held(provider_id=provider_id, mailbox=mailbox, created_at=self.now())
        self.held[provider_id] = self._by_mailbox[mailbox] = held
        return held

    def readdress(self, held: Held, mailbox: Mailbox) -> None:
        """Give a contact another address, which no contact has yet."""
        del self._by_mailbox[held.mailbox]
        held.mailbox = mailbox
        self._by_mailbox[mailbox] = held

    def delete(self, held: Held) -> None:
        held.lists.clear()
        held.deleted = True

    def delete_list(self, list_id: ProviderListId) -> None:
        """Take everybody off a list, and the list away; the contacts stay."""
        self.names.pop(list_id, None)
        for held in self.held.values():
            held.lists.discard(list_id)

    def enqueue(self, call: BulkCall | ListDeletion, kind: str) -> Job:
        """Take a bulk call; nothing has happened yet."""
        job = Job(
            job_id=JobId(f"job-{next(self._numbers)}"),
            kind=kind,
            state=JobState.RUNNING,
            created_at=self.now(),
        )
        self.queue[job.job_id] = Queued(call=call, shown=job)
        return job

    def fail_job(self, job_id: JobId) -> None:
        """The service gives a job up; it had no effect."""
        queued = self.queue[job_id]
        queued.shown = evolve(queued.shown, state=JobState.FAILED)


def _opt_in(held: Held, *, at: datetime, by_person: bool) -> None:
    held.permission, held.deleted = Permission.MAILABLE, False
    held.opted_in_at, held.opted_in_by_person = at, by_person
    held.opted_out_at, held.opted_out_by_person = None, False
    held.opt_out_reason = ""
