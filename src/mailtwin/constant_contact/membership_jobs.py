"""Jobs that move known contacts: on lists, off lists, deleted, lists deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from mailtwin.constant_contact import consent
from mailtwin.constant_contact.imports import MEMBERSHIP_LIMIT
from mailtwin.constant_contact.sources import Found, find_contacts
from mailtwin.constant_contact.store import unknown_lists
from mailtwin.constant_contact.work import Result, Work


def add_to_lists(work: Work) -> Result:
    """Add contacts to lists; opted-out ones are silently left where they are."""
    list_ids: list[str] = work.document["list_ids"]
    if unknown := unknown_lists(work.world, work.account, list_ids):
        return Result(errors=[f"List {unknown[0]} does not exist."], failed=True)
    found = find_contacts(work)
    lists = _lists(work, list_ids)
    willing, errors = _willing(work, found.contacts, lists)
    if errors and work.world.switches["beyond_membership_limit"] == "fail":
        return Result(errors=errors, failed=True)
    revived = work.database.execute(
        "SELECT contact FROM contact WHERE deleted_at IS NOT NULL"
        " AND contact IN (SELECT value FROM json_each(?))",
        (json.dumps(found.contacts),),
    ).fetchall()
    for row in revived:
        consent.revive(work.world, row["contact"], at=work.at)
    work.database.executemany(
        "INSERT OR IGNORE INTO membership VALUES (?, ?)",
        [(contact, each) for contact in willing for each in lists],
    )
    _touch(work, willing)
    return Result(counts=_counts(found, len(lists)), errors=errors)


def remove_from_lists(work: Work) -> Result:
    list_ids: list[str] = work.document["list_ids"]
    if unknown := unknown_lists(work.world, work.account, list_ids):
        return Result(errors=[f"List {unknown[0]} does not exist."], failed=True)
    found = find_contacts(work)
    lists = _lists(work, list_ids)
    work.database.executemany(
        "DELETE FROM membership WHERE contact = ? AND list = ?",
        [(contact, each) for contact in found.contacts for each in lists],
    )
    _touch(work, found.contacts)
    return Result(counts=_counts(found, len(lists)))


def delete_contacts(work: Work) -> Result:
    found = find_contacts(work)
    consent.delete(work.world, found.contacts, at=work.at)
    counts = {
        "items_total_count": found.total,
        "items_completed_count": len(found.contacts),
    }
    return Result(counts=counts)


def delete_lists(work: Work) -> Result:
    """Delete lists with their memberships; the contacts stay."""
    lists = _lists(work, work.document["list_ids"])
    for number in lists[: work.share(len(lists))]:
        work.database.execute("DELETE FROM membership WHERE list = ?", (number,))
        work.database.execute(
            "UPDATE list SET deleted_at = ?1, updated_at = ?1 WHERE list = ?2",
            (work.at, number),
        )
    return Result(counts={"list_count": len(work.document["list_ids"])})


def _lists(work: Work, list_ids: Sequence[str]) -> list[int]:
    return [
        row["list"]
        for row in work.database.execute(
            "SELECT list FROM list WHERE account = ? AND deleted_at IS NULL"
            " AND list_id IN (SELECT value FROM json_each(?))",
            (work.account, json.dumps(list_ids)),
        )
    ]


def _willing(
    work: Work, contacts: Sequence[int], lists: Sequence[int]
) -> tuple[list[int], list[str]]:
    """Return who may be added, and a line for each who is on too many lists."""
    rows: list[sqlite3.Row] = work.database.execute(
        "SELECT c.contact, c.contact_id, (SELECT count(*) FROM membership m"
        "   WHERE m.contact = c.contact AND m.list NOT IN"
        "   (SELECT value FROM json_each(?1))) AS others"
        " FROM contact c WHERE c.permission IS NOT 'unsubscribed'"
        " AND c.contact IN (SELECT value FROM json_each(?2))",
        (json.dumps(lists), json.dumps(contacts)),
    ).fetchall()
    room = MEMBERSHIP_LIMIT - len(lists)
    return [row["contact"] for row in rows if row["others"] <= room], [
        f"Contact {row['contact_id']} can be on {MEMBERSHIP_LIMIT} lists"
        for row in rows
        if row["others"] > room
    ]


def _touch(work: Work, contacts: Sequence[int]) -> None:
    if work.world.switches.on("memberships_move_updated_at"):
        work.database.executemany(
            "UPDATE contact SET updated_at = ? WHERE contact = ?",
            [(work.at, contact) for contact in contacts],
        )


def _counts(found: Found, lists: int) -> dict[str, int]:
    return {
        "items_total_count": found.total,
        "items_completed_count": len(found.contacts),
        "list_count": lists,
    }
