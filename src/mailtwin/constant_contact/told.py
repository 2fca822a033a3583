"""What a client has been told about people's wishes.

Putting back someone who opted out is a client's fault only once it has read so;
these notes tell the two apart.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence

from mailtwin.constant_contact.service import Asked

OPTED_OUT = 0  # in place of a list: no list has this number


def tell(asked: Asked, rows: Sequence[sqlite3.Row], include: Collection[str]) -> None:
    """Note which opt-outs, and which left lists, an answer with *rows* shows."""
    client = asked.grant.client_id
    asked.database.executemany(
        "INSERT OR IGNORE INTO told VALUES (?, ?, ?)",
        [
            (client, row["contact"], OPTED_OUT)
            for row in rows
            if row["permission"] == "unsubscribed"
        ],
    )
    if "list_memberships" in include:
        asked.database.execute(
            "INSERT OR IGNORE INTO told SELECT ?, contact, list FROM left_list"
            " WHERE contact IN (SELECT value FROM json_each(?))",
            (client, json.dumps([row["contact"] for row in rows])),
        )


def check_put_back(
    asked: Asked, contacts: Sequence[int], list_ids: Sequence[str]
) -> None:
    """Note a violation when known opt-outs, or known leavers, are put on lists."""
    numbers, client = json.dumps(contacts), asked.grant.client_id
    (opted_out,) = asked.database.execute(
        "SELECT count(*) FROM told JOIN contact USING (contact)"
        " WHERE client_id = ? AND list = 0 AND permission = 'unsubscribed'"
        " AND contact IN (SELECT value FROM json_each(?))",
        (client, numbers),
    ).fetchone()
    if opted_out:
        asked.remarks.violation(
            "opt_out_put_back", f"{opted_out} known opt-outs among {len(contacts)}"
        )
    (left,) = asked.database.execute(
        "SELECT count(*) FROM told JOIN left_list USING (contact, list)"
        " JOIN list USING (list)"
        " WHERE client_id = ? AND contact IN (SELECT value FROM json_each(?))"
        " AND list_id IN (SELECT value FROM json_each(?))",
        (client, numbers, json.dumps(list_ids)),
    ).fetchone()
    if left:
        asked.remarks.violation(
            "left_list_put_back", f"{left} people who left are put on the list again"
        )
