"""Notices jobs sent before the job they depend on has finished.

Jobs end in any order: an add that is still queued may undo a later removal.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.sources import find_addresses, find_ids

ADDING = frozenset(
    {"contacts_json_import", "contacts_file_import", "add_list_memberships"}
)
TAKING = frozenset({"remove_list_memberships", "contact_delete"})


def check_dependence(
    asked: Asked, kind: str, contacts: Sequence[int], list_ids: Sequence[str] | None
) -> None:
    """Note a violation when an unfinished job works against this one.

    *list_ids* of None means all lists of the contacts.
    """
    contrary = TAKING if kind in ADDING else ADDING
    unfinished = asked.database.execute(
        "SELECT * FROM activity WHERE account = ? AND ends_at > ? AND kind IN"
        " (SELECT value FROM json_each(?))",
        (asked.account, asked.call.at, json.dumps(sorted(contrary))),
    ).fetchall()
    for row in unfinished:
        work = json.loads(row["work"])
        theirs = work.get("list_ids")
        if list_ids is not None and theirs and not set(list_ids) & set(theirs):
            continue
        if set(contacts) & set(_contacts(asked, work)):
            asked.remarks.violation(
                "dependent_job_too_early",
                f"{kind} works against unfinished {row['kind']} {row['activity_id']}",
            )


def _contacts(asked: Asked, work: dict[str, object]) -> list[int]:
    rows, source = work.get("rows"), work.get("source")
    if isinstance(rows, list):
        return find_addresses(asked, rows)
    return find_ids(asked, source) if isinstance(source, dict) else []
