"""The bodies of imports, and what is left of one that is too large.

Bytes past the limit are dropped without a word; rows past the limit are skipped and
counted. Where a row is cut through, it is gone whole.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from io import BytesIO, StringIO

from attrs import frozen
from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from mailtwin.constant_contact import errors
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.exchange import Json

LISTS_LIMIT = 50
FILE_LINES = 40_000  # the header included
ROWS_START = re.compile(r'(?<!\\)"import_data"\s*:\s*\[')
BETWEEN_ROWS = re.compile(r"[\s,]*")


@frozen(kw_only=True)
class ImportBody:
    """The rows that arrived and where they are to go."""

    rows: Sequence[dict[str, Json]]
    list_ids: list[str]
    skipped: int
    sms_permission: str | None
    file_name: str | None = None


def read_json_import(asked: Asked) -> ImportBody:
    """Return the body of a JSON import. Raises Refused for one that is malformed."""
    document = asked.json()
    reading = Reading(document)
    list_ids = reading.ids("list_ids", LISTS_LIMIT, required=True)
    sms = reading.choice("sms_permission_to_send", ("explicit", "not_set"))
    rows = document.get("import_data")
    if rows is None:
        reading.wrong("import_data", "is missing")
    elif not _are_rows(rows):
        reading.wrong("import_data")
    reading.check()
    sent = list(rows or ())
    kept, skipped = _within_limits(asked, sent)
    return ImportBody(
        rows=kept, list_ids=list_ids or [], skipped=skipped, sms_permission=sms
    )


def _are_rows(rows: Json) -> bool:
    return (
        isinstance(rows, list)
        and bool(rows)
        and all(isinstance(row, dict) and _is_flat(row) for row in rows)
    )


def _is_flat(row: dict[str, Json]) -> bool:
    """Return whether every value is text, or a number where the contract has one."""
    for key, value in row.items():
        if isinstance(value, str) or value is None:
            continue
        if type(value) is not int or key not in ("birthday_month", "birthday_day"):
            return False
    return True


def read_file_import(asked: Asked) -> ImportBody:
    """Return the body of a CSV import: a form with a file and its lists."""
    fields, file = _read_form(asked)
    reading = Reading(fields)
    sms = reading.choice("sms_permission_to_send", ("explicit", "not_set"))
    list_ids = Reading(
        {"list_ids": [each.strip() for each in fields.get("list_ids", "").split(",")]},
        problems=reading.problems,
    ).ids("list_ids", LISTS_LIMIT, required=True)
    if file is None:
        reading.wrong("file", "is missing")
    reading.check()
    assert file is not None  # checked above
    most_bytes = _check_bytes(asked)
    rows = _read_csv(file.content[:most_bytes], whole=len(file.content) <= most_bytes)
    asked.remarks.rows = len(rows)
    most_rows = FILE_LINES - 1
    return ImportBody(
        rows=rows[:most_rows],
        list_ids=list_ids or [],
        skipped=max(0, len(rows) - most_rows),
        sms_permission=sms,
        file_name=file.name,
    )


@frozen
class _File:
    name: str
    content: bytes


def _read_form(asked: Asked) -> tuple[dict[str, str], _File | None]:
    """Return the fields of a multipart form, and its file. Raises Refused."""
    fields: dict[str, str] = {}
    files: list[_File] = []

    def on_field(field: Field) -> None:
        fields[(field.field_name or b"").decode(errors="replace")] = (
            field.value or b""
        ).decode(errors="replace")

    def on_file(file: File) -> None:
        file.file_object.seek(0)
        name = (file.file_name or b"contacts.csv").decode(errors="replace")
        files.append(_File(name, file.file_object.read()))
        file.close()

    headers = {
        "Content-Type": asked.call.headers["content-type"].encode(),
        "Content-Length": str(len(asked.call.body)).encode(),
    }
    try:
        parse_form(headers, BytesIO(asked.call.body), on_field, on_file)
    except FormParserError as error:
        raise errors.invalid("the form could not be read") from error
    return fields, files[0] if files else None


def _read_csv(content: bytes, *, whole: bool) -> list[dict[str, Json]]:
    """Return the rows of a file with a header line. Raises Refused.

    The last line of a file that is not *whole* is cut through, and is dropped.
    """
    if not whole:
        content = content[: content.rfind(b"\n") + 1]
    text = content.decode("utf-8-sig", errors="replace")
    try:
        lines = csv.DictReader(StringIO(text, newline=""), restval="", strict=True)
        header = [name.strip().lower() for name in lines.fieldnames or ()]
        if not {"email", "sms_number"} & set(header):
            raise errors.invalid("file has no column email or sms_number")
        lines.fieldnames = [
            name.strip() if name.strip().lower().startswith("cf:") else heading
            for name, heading in zip(lines.fieldnames or (), header, strict=True)
        ]
        rows = [{k: v for k, v in line.items() if k is not None} for line in lines]
    except csv.Error as error:
        raise errors.invalid(f"file is not CSV: {error}") from error
    if not rows:
        raise errors.invalid("file has no contacts")
    return rows


def _check_bytes(asked: Asked) -> int:
    most = int(asked.world.switches["payload_limit"])
    if len(asked.call.body) > most:
        asked.remarks.violation(
            "over_limit", f"{len(asked.call.body)} bytes, {most} are allowed"
        )
    return most


def _within_limits(
    asked: Asked, rows: list[dict[str, Json]]
) -> tuple[list[dict[str, Json]], int]:
    asked.remarks.rows = len(rows)
    most_bytes = _check_bytes(asked)
    if len(asked.call.body) > most_bytes:
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
