"""Changes, and the calls they are packed into, said in few words."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from tests.core.shorthand import (
    HOLDER,
    NAMED,
    RENAMED,
    provider_list,
)

from rollkeeper.core.calls import (
    Target,
)
from rollkeeper.core.changes import Add, Cause, Change, Disable, Update
from rollkeeper.core.changes import Remove as Removal
from rollkeeper.core.packing import Packing, pack
from rollkeeper.core.values import (
    AudienceId,
    Mailbox,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.providers.port import Capabilities

LIMITS = Capabilities(
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
LISTS = {AudienceId(number): provider_list(AudienceId(number)) for number in range(99)}


def packed(*changes: Change, refreshed: bool = False, **limits: Any) -> Packing:
    return pack(
        changes,
        lists=LISTS,
        limits=evolve(LIMITS, **limits),
        refreshed=refreshed,
    )


def calls(packing: Packing) -> list[list[type]]:
    return [[type(each.call) for each in stage] for stage in packing.stages]


def only_call(packing: Packing) -> Any:
    [[only]] = packing.stages
    return only.call


def mailbox(number: int) -> Mailbox:
    return Mailbox(f"person-{number}@members.example")


def known(number: int) -> ProviderContactId:
    return ProviderContactId(f"id-{number}")


def add(number: int, *audiences: AudienceId, **said: Any) -> Add:
    said = {
        "mailbox": mailbox(number),
        "provider_id": None,
        "person": NAMED,
        "carried_by": HOLDER,
        "cause": Cause.JOINED,
        "renames": True,
        **said,
    }
    return Add(audiences=frozenset(audiences), **said)


def join(number: int, *audiences: AudienceId, **said: Any) -> Add:
    said = {"provider_id": known(number), "renames": False, "before": NAMED, **said}
    return add(number, *audiences, **said)


def update(number: int, *audiences: AudienceId, **said: Any) -> Update:
    said = {"before": NAMED, "person": RENAMED, "provider_id": known(number), **said}
    return Update(
        mailbox=mailbox(number),
        audiences=frozenset(audiences),
        carried_by=HOLDER,
        **said,
    )


def remove(number: int, *audiences: AudienceId, **said: Any) -> Removal:
    said = {"provider_id": known(number), "cause": Cause.NOT_WANTED, **said}
    return Removal(mailbox=mailbox(number), audiences=frozenset(audiences), **said)


def disable(number: int, cause: Cause = Cause.NO_LIST_LEFT) -> Disable:
    return Disable(
        mailbox=mailbox(number),
        provider_id=known(number),
        audiences=frozenset(),
        cause=cause,
    )


def target(number: int) -> Target:
    return Target(mailbox=mailbox(number), provider_id=known(number))


def ids(*audiences: AudienceId) -> tuple[ProviderListId, ...]:
    return tuple(map(provider_list, audiences))


def long_mailbox(length: int) -> Mailbox:
    return Mailbox("x" * (length - len("@members.example")) + "@members.example")
