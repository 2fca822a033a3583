"""The bodies of imports, and what is left of one that is too large.

Bytes past the limit are dropped without a word; rows past the limit are skipped and
counted. Where a row is cut through, it is gone whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from attrs import frozen

from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.exchange import Json

LISTS_LIMIT = 50
ROWS_START = re.compile(r'(?<!\\)"import_data"\s*:\s*\[')
BETWEEN_ROWS = re.compile(r"[\s,]*")


@frozen(kw_only=True)
class ImportBody:
    """The rows that arrived and where they are to go."""

    rows: Sequence[dict[str, Json]]
    list_ids: list[str]
    skipped: int
    sms_permission: str | None


def read_json_import(asked: Asked) -> ImportBody:
    """Return the body of a JSON import. Raises Refused for one that is malformed."""
    document = asked.json()
    reading = Reading(document)
    list_ids = reading.ids("list_ids", LISTS_LIMIT, required=True)
    sms = reading.choice("sms_permission_to_send", ("explicit", "not_set"))
    rows = document.get("import_data")
    if rows is None:
        reading.wrong("import_data", "is missing")
    elif not isinstance(rows, list) or not rows:
        reading.wrong("import_data")
    elif not all(isinstance(row, dict) and _is_flat(row) for row in rows):
        reading.wrong("import_data")
    reading.check()
    sent = list(rows or ())
    kept, skipped = _within_limits(asked, sent)
    return ImportBody(
        rows=kept, list_ids=list_ids or [], skipped=skipped, sms_permission=sms
    )


def _is_flat(row: dict[str, Json]) -> bool:
    """Return whether every value is text, or a number where the contract has one."""
    for key, value in row.items():
        if isinstance(value, str) or value is None:
            continue
        if type(value) is not int or key not in ("birthday_month", "birthday_day"):
            return False
    return True


def _within_limits(
    asked: Asked, rows: list[dict[str, Json]]
) -> tuple[list[dict[str, Json]], int]:
    asked.remarks.rows = len(rows)
    most_bytes = int(asked.world.switches["payload_limit"])
    if len(asked.call.body) > most_bytes:
        asked.remarks.violation(
            "over_limit", f"{len(asked.call.body)} bytes, {most_bytes} are allowed"
        )
        rows = rows[: rows_before(asked.call.body, most_bytes)]
    most_rows = int(asked.world.switches["row_limit"])
    if len(rows) > most_rows:
        asked.remarks.violation(
            "over_limit", f"{len(rows)} rows, {most_rows} are allowed"
        )
    return rows[:most_rows], max(0, len(rows) - most_rows)


def rows_before(body: bytes, limit: int) -> int:
    """Return how many rows of *body* end before byte *limit*."""
    text = body[:limit].decode("utf-8", errors="ignore")
    start = ROWS_START.search(text)
    if start is None:
        return 0
    decoder = json.JSONDecoder()
    place, rows = start.end(), 0
    while True:
        between = BETWEEN_ROWS.match(text, place)
        assert between is not None  # it matches nothing, too
        try:
            _, place = decoder.raw_decode(text, between.end())
        except ValueError:
            return rows
        rows += 1
