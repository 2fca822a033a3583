"""Plan a million mailboxes from three streams, window by window; print time and memory.

    python benchmarks/planning.py [MAILBOXES]

A tenth of the mailboxes differ: some are new, some renamed, some leave, some moved
between lists; memberships count as just read, as in a full comparison. No stream is
ever in memory as a whole; the peak is that of one window.
"""

from __future__ import annotations

import resource
import sys
from collections import Counter
from collections.abc import Iterator
from time import perf_counter

from attrs import frozen

from rollkeeper.core.packing import forecast, pack
from rollkeeper.core.plan import build_plan, merge
from rollkeeper.core.policy import LIVE
from rollkeeper.core.values import (
    AudienceId,
    ContactId,
    Mailbox,
    Person,
    ProviderContactId,
    ProviderListId,
)
from rollkeeper.core.views import Desired, Observed, Permission, Synced

AUDIENCES = [AudienceId(number) for number in range(40)]
POLICIES = dict.fromkeys(AUDIENCES, LIVE)
LISTS = {audience: ProviderListId(f"list-{audience}") for audience in AUDIENCES}
WINDOW = 50_000
MEBIBYTE = 1024


@frozen(kw_only=True)
class Limits:
    """Those of Constant Contact, as far as packing asks."""

    import_rows: int = 39_000
    import_bytes: int = 3_500_000
    import_row_overhead: int = 80
    import_address_length: int = 50
    targets_per_call: int = 500
    lists_per_call: int = 50
    lists_per_contact: int = 50
    address_length: int = 80


def mailbox(number: int) -> Mailbox:
    return Mailbox(f"person-{number:09}@members.example")


def person(number: int, *, renamed: bool = False) -> Person:
    last_name = f"Family {number}" + (" Changed" if renamed else "")
    return Person(first_name=f"Given {number % 997}", last_name=last_name)


def lists_of(number: int) -> frozenset[AudienceId]:
    """Three lists each, in a few hundred combinations."""
    return frozenset(AUDIENCES[(number * step) % 40] for step in (1, 3, 7))


def desired(start: int, end: int) -> Iterator[tuple[Mailbox, Desired]]:
    for number in range(start, end):
        if number % 40 == 1:
            continue  # has left
        moved = number % 40 == 2
        wish = Desired(
            audiences=lists_of(number + moved),
            person=person(number, renamed=number % 40 == 3),
            carried_by=ContactId(number),
        )
        yield mailbox(number), wish


def observed(start: int, end: int) -> Iterator[tuple[Mailbox, Observed]]:
    for number in range(start, end):
        if number % 40 != 0:  # else new
            seen = Observed(
                provider_id=ProviderContactId(f"id-{number}"),
                permission=Permission.MAILABLE,
                audiences=lists_of(number),
                elsewhere=False,
                person=person(number),
            )
            yield mailbox(number), seen


def synced(start: int, end: int) -> Iterator[tuple[Mailbox, Synced]]:
    for number in range(start, end):
        if number % 40 != 0:
            agreed = Synced(
                audiences=lists_of(number),
                person=person(number),
                carried_by=ContactId(number),
            )
            yield mailbox(number), agreed


def number_after(last: Mailbox | None) -> int:
    return 0 if last is None else int(last[7:16]) + 1


def main(mailboxes: int) -> None:
    began, counts, requests, windows = perf_counter(), Counter[str](), 0, 0
    planning = 0.0
    after: Mailbox | None = None
    while True:
        start, window_began = number_after(after), perf_counter()
        views = merge(
            desired(start, mailboxes),
            observed(start, mailboxes),
            synced(start, mailboxes),
        )
        plan = build_plan(views, POLICIES, limit=WINDOW)
        planning += perf_counter() - window_began
        packing = pack(plan.changes, lists=LISTS, limits=Limits(), refreshed=True)
        requests += forecast(packing)
        counts.update(plan.counts)
        windows, after = windows + 1, plan.next_after
        if after is None:
            break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE
    print(f"{mailboxes:,} mailboxes, {windows} windows of {WINDOW:,} changes")
    print(f"changes: {dict(counts)}; requests: {requests:,}")
    print(f"planned in {planning:.1f} s, with packing {perf_counter() - began:.1f} s")
    print(f"peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
