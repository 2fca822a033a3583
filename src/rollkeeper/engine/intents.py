"""Calls, as operations that are durable before they leave."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from attrs import asdict

from rollkeeper.core.budget import Purpose
from rollkeeper.core.calls import Call, Create, Delete, Import, Join, Leave, Rewrite
from rollkeeper.core.changes import Add, Cause, Change, Readdress, Update
from rollkeeper.core.guards import Deed, Item, counts
from rollkeeper.core.packing import Packed
from rollkeeper.core.values import AudienceId, ProviderListId
from rollkeeper.ledger.services.operations import Counted, Intent, Subject

KINDS: Mapping[type[Call], str] = {
    Import: "import",
    Join: "join",
    Leave: "leave",
    Delete: "delete",
    Create: "create",
    Rewrite: "rewrite",
}

PURPOSES: Mapping[str, Purpose] = {
    "import": Purpose.ADD,
    "join": Purpose.ADD,
    "leave": Purpose.REMOVE,
    "delete": Purpose.SUPPRESS,
    "create": Purpose.ADD,
    "rewrite": Purpose.UPDATE,
}
"""How urgent it is to see what became of an operation of a kind."""

MAKES_MAILABLE = frozenset({"import", "join", "create", "rewrite"})


def intent(
    packed: Packed,
    audiences: Mapping[ProviderListId, AudienceId],
    approved: Collection[Item],
) -> Intent:
    """Say in our own words what the call shall make true, mailbox by mailbox.

    What was *approved* does not count against the limits of the day.
    """
    call = packed.call
    lists = () if isinstance(call, Delete) else call.lists
    joined = tuple(sorted(audiences[there] for there in lists))
    return Intent(
        kind=KINDS[type(call)],
        lists=tuple(lists),
        payload_hash=fingerprint(asdict(call)),
        subjects=tuple(_subject(change, joined) for change in packed.changes),
        counted=_counted(
            packed, None if isinstance(call, Delete) else joined, approved
        ),
    )


def _counted(
    packed: Packed,
    audiences: tuple[AudienceId, ...] | None,
    approved: Collection[Item],
) -> Counted:
    """Count what this call does of its changes; others may do the rest."""
    items = [
        item
        for change in packed.changes
        for item in counts(change, approved)
        if audiences is None or item.audience in audiences
    ]
    deeds = [(item.deed, item.audience) for item in items]
    people = {item.mailbox for item in items if item.deed is Deed.REMOVE}
    return Counted(
        removed=_by_audience(deeds, Deed.REMOVE),
        added=_by_audience(deeds, Deed.ADD),
        ended=sum(deed is Deed.END for deed, _ in deeds),
        people_removed=len(people),
    )


def _by_audience(
    deeds: Iterable[tuple[Deed, AudienceId | None]], wanted: Deed
) -> dict[int, int]:
    return dict(
        Counter(
            audience
            for deed, audience in deeds
            if deed is wanted and audience is not None
        )
    )


def _subject(change: Change, audiences: tuple[AudienceId, ...]) -> Subject:
    before = change.before if isinstance(change, Readdress) else None
    if isinstance(change, Add | Update | Readdress):
        return Subject(
            mailbox=change.mailbox,
            before=before,
            provider_id=change.provider_id,
            audiences=audiences,
            person=asdict(change.person),
            carried_by=change.carried_by,
            cause=change.cause,
        )
    return Subject(mailbox=change.mailbox, audiences=audiences, cause=change.cause)


def fingerprint(data: object) -> str:
    """Return the SHA-256 of plain data, in hexadecimal."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def asked_for(
    mailbox: str,
    person: Mapping[str, str] | None,
    before: str | None,
    *,
    cause: str,
    known: bool,
) -> str:
    """Name what a provider refused, so that the same is not asked for again.

    A new name that was refused says nothing about bringing the mailbox anew, nor is
    bringing it the same as putting it on lists once it is *known* over there.
    """
    renames = cause == Cause.FIELDS_CHANGED
    return fingerprint([mailbox, person, before, renames, known])
