"""What bulk jobs do to an account when they end."""

from __future__ import annotations

from typing import assert_never

from attrs import evolve

from rollkeeper.core.calls import BulkCall, Delete, Import, Join, Leave, Row, Target
from rollkeeper.core.values import Person, ProviderListId
from rollkeeper.providers.memory.account import (
    Held,
    ListDeletion,
    MemoryAccount,
    Queued,
)
from rollkeeper.providers.port import Job, JobState


def poll(account: MemoryAccount, queued: Queued) -> Job:
    """Return the job as it is now; asking often enough ends it."""
    queued.polls += 1
    if 0 < account.polls_per_job <= queued.polls:
        finish(account, queued)
    return queued.shown


def finish_jobs(account: MemoryAccount) -> None:
    """End every job that still runs, the newest first: there is no order."""
    for queued in reversed(account.queue.values()):
        finish(account, queued)


def finish(account: MemoryAccount, queued: Queued) -> None:
    """End one job, unless it has ended."""
    if queued.shown.state is not JobState.RUNNING:
        return
    rows, left_off = _take_effect(account, queued.call)
    queued.shown = evolve(
        queued.shown, state=JobState.DONE, rows=rows, not_added=left_off
    )


def _take_effect(
    account: MemoryAccount, call: BulkCall | ListDeletion
) -> tuple[int, int]:
    """Return how many were taken up, and how many left off because they refused."""
    match call:
        case Import():
            joined = [_import(account, row, call.lists) for row in call.rows]
            return len(call.rows), joined.count(False)
        case Join():
            known = _known(account, call.targets)
            for held in known:
                _join(held, call.lists)
        case Leave():
            known = _known(account, call.targets)
            for held in known:
                held.lists.difference_update(call.lists)
        case Delete():
            known = _known(account, call.targets)
            for held in known:
                account.delete(held)
        case ListDeletion():
            account.delete_list(call.list_id)
            return 1, 0
        case _:
            assert_never(call)
    return len(known), 0


def _known(account: MemoryAccount, targets: tuple[Target, ...]) -> list[Held]:
    found = (account.held.get(target.provider_id) for target in targets)
    return [held for held in found if held is not None]


def _import(
    account: MemoryAccount, row: Row, lists: tuple[ProviderListId, ...]
) -> bool:
    held = account.contact(row.mailbox) or account.make_contact(row.mailbox)
    held.person = _overlaid(held.person, row.person)
    return _join(held, lists)


def _join(held: Held, lists: tuple[ProviderListId, ...]) -> bool:
    """Put a contact on *lists*, reviving it; return False for one who refused."""
    held.deleted = False
    if held.unsubscribed:
        return False
    held.lists.update(lists)
    return True


def _overlaid(before: Person, told: Person) -> Person:
    """Return *before* with what *told* says; what it leaves empty stays."""
    return Person(
        first_name=told.first_name or before.first_name,
        last_name=told.last_name or before.last_name,
        company=told.company or before.company,
    )
