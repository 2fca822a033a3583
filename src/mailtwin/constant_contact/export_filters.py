"""Whom an export is about."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.sources import QUERIES, READERS
from mailtwin.constant_contact.work import Work
from mailtwin.exchange import Json

# which export filters go together; any other two exclude each other
_TOGETHER = (
    {"contact_ids", "status"},
    {"list_ids", "status"},
    {"list_ids", "exclude"},
    {"list_ids", "new_subscriber"},
    {"new_subscriber", "exclude"},
)
EXPORT_EXCLUDE_LIMIT = 50


def read_filters(reading: Reading, statuses: Sequence[str]) -> dict[str, Json]:
    """Return the filters of an export; none means everybody."""
    filters: dict[str, Json] = {
        name: READERS[name](reading, name, False)
        for name in ("contact_ids", "list_ids", "tag_ids", "segment_id")
    }
    filters["new_subscriber"] = reading.flag("new_subscriber")
    filters["status"] = reading.choice("status", statuses)
    outside = reading.object("exclude")
    if outside:
        filters["exclude"] = outside.ids("contact_ids", EXPORT_EXCLUDE_LIMIT)
    used = {name for name, value in filters.items() if value}
    if len(used) > 1 and not any(used <= pair for pair in _TOGETHER):
        reading.wrong("filters", f"exclude each other: {', '.join(sorted(used))}")
    return {name: filters[name] for name in sorted(used)}


def wanted_contacts(work: Work) -> list[sqlite3.Row]:
    """Return the contacts an export asks for; deleted ones only when asked for."""
    filters: dict[str, Json] = dict(work.document["filters"])
    status = filters.pop("status", None)
    excluded = json.dumps(filters.pop("exclude", []))
    deleted = "contact_ids" in filters or status == "deleted"
    where = "true" if deleted else "deleted_at IS NULL"
    if status == "deleted":
        where = "deleted_at IS NOT NULL"
    elif status == "active":
        where += " AND permission IN ('explicit', 'implicit')"
    elif status is not None:
        where += f" AND permission = '{status}'"  # one of a fixed set
    for name, value in filters.items():
        chosen = work.database.execute(
            f"{QUERIES[name]} AND ?3 IS NOT NULL",
            (work.account, json.dumps(value), work.at),
        ).fetchall()
        numbers = ",".join(str(row["contact"]) for row in chosen)
        where += f" AND contact IN ({numbers})"
    return work.database.execute(
        f"SELECT * FROM contact WHERE account = ? AND {where}"
        " AND contact_id NOT IN (SELECT value FROM json_each(?)) ORDER BY contact",
        (work.account, excluded),
    ).fetchall()
