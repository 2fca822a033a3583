"""The people of the contract, and what its tests do with a provider."""

from __future__ import annotations

from collections.abc import Iterable

from tests.contract.worlds import World

from rollkeeper.core.calls import (
    BulkCall,
    Row,
    Target,
)
from rollkeeper.core.values import Mailbox, Person, ProviderListId
from rollkeeper.providers.port import Job, Page, Seen

ANN = Mailbox("ann@members.example")
BOB = Mailbox("bob@members.example")
CAT = Mailbox("cat@members.example")
ANN_PERSON = Person(first_name="Ann", last_name="Oak", company="Oak & Sons")
LONG = Mailbox(f"{'a' * 45}@members.example")


NOBODY = "3f0c0e3a-0000-4000-8000-000000000000"
"""An id that nothing has."""


def rows(*mailboxes: Mailbox, person: Person = ANN_PERSON) -> tuple[Row, ...]:
    return tuple(Row(mailbox=mailbox, person=person) for mailbox in mailboxes)


READS_LAG = 60
"""Seconds after which every read shows what was written, in any mood of the twin."""


def finished(world: World, call: BulkCall) -> Job:
    """Hand a bulk call over, let it end, and return how it ended."""
    accepted = world.provider.start(call)
    world.finish_jobs()
    return job_of(world, accepted.job_id)


def job_of(world: World, job_id: str) -> Job:
    since = world.now().replace(year=world.now().year - 1)
    return next(
        job for job in world.provider.jobs(created_after=since) if job.job_id == job_id
    )


def found(world: World, mailbox: Mailbox) -> Seen | None:
    """Find a contact when reads have caught up with writes."""
    world.wait(READS_LAG)
    return world.provider.find(mailbox)


def shown(world: World, mailbox: Mailbox) -> Seen:
    there = found(world, mailbox)
    assert there is not None
    return there


def targets(world: World, *mailboxes: Mailbox) -> tuple[Target, ...]:
    return tuple(
        Target(mailbox=mailbox, provider_id=shown(world, mailbox).provider_id)
        for mailbox in mailboxes
    )


def everybody(pages: Iterable[Page]) -> dict[Mailbox | None, Seen]:
    return {seen.mailbox: seen for page in pages for seen in page.contacts}


def a_list(world: World, name: str = "Newsletter") -> ProviderListId:
    return world.provider.create_list(name).list_id
