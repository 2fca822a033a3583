"""Contacts as the API shows them: what is empty is left out."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from mailtwin.clock import day, stamp
from mailtwin.exchange import Json

Document = dict[str, Json]
PERMISSIONS = (
    "explicit",
    "implicit",
    "not_set",
    "pending_confirmation",
    "temp_hold",
    "unsubscribed",
)
CORE_TEXTS = ("first_name", "last_name", "job_title", "company_name")
_CORE = (*CORE_TEXTS, "birthday_month", "birthday_day", "anniversary")


def documents(
    view: sqlite3.Connection, rows: Sequence[sqlite3.Row], include: Collection[str]
) -> list[Document]:
    """Return *rows* of contacts with the sub-resources named by *include*."""
    numbers = [row["contact"] for row in rows]
    parts = {name: INCLUDABLE[name](view, numbers) for name in include}
    shown = []
    for row in rows:
        document = _core(row)
        for name, found in parts.items():
            document[name] = found.get(row["contact"], [])
        shown.append(document)
    return shown


def _core(row: sqlite3.Row) -> Document:
    document: Document = {"contact_id": row["contact_id"]}
    if row["address"] is not None:
        document["email_address"] = _email(row)
    for name in _CORE:
        if row[name] is not None:
            document[name] = row[name]
    document["create_source"] = row["create_source"]
    document["update_source"] = row["update_source"]
    document["created_at"] = stamp(row["created_at"])
    document["updated_at"] = stamp(row["updated_at"])
    if row["deleted_at"] is not None:
        document["deleted_at"] = day(row["deleted_at"])
    if row["sms"] is not None:
        document["sms_channel"] = json.loads(row["sms"])
    return document


def _email(row: sqlite3.Row) -> Document:
    email = {
        "address": row["address"],
        "permission_to_send": row["permission"],
        "created_at": stamp(row["email_created_at"]),
        "updated_at": stamp(row["email_updated_at"]),
        "confirm_status": row["confirm_status"],
    }
    if row["opt_in_date"] is not None:
        email["opt_in_source"] = row["opt_in_source"]
        email["opt_in_date"] = stamp(row["opt_in_date"])
    if row["opt_out_date"] is not None:
        email["opt_out_source"] = row["opt_out_source"]
        email["opt_out_date"] = stamp(row["opt_out_date"])
        if row["opt_out_reason"] is not None:
            email["opt_out_reason"] = row["opt_out_reason"]
    return email


def _gather(
    view: sqlite3.Connection,
    query: str,
    numbers: Sequence[int],
    show: Callable[[sqlite3.Row], Json],
) -> dict[int, list[Json]]:
    marks = ",".join("?" * len(numbers))
    found: dict[int, list[Json]] = defaultdict(list)
    for row in view.execute(query.format(marks=marks), numbers):
        found[row["contact"]].append(show(row))
    return found


def _list_memberships(
    view: sqlite3.Connection, numbers: Sequence[int]
) -> Mapping[int, list[Json]]:
    query = (
        "SELECT m.contact, l.list_id FROM membership m JOIN list l USING (list)"
        " WHERE m.contact IN ({marks})"
    )
    return _gather(view, query, numbers, lambda row: row["list_id"])


def _taggings(
    view: sqlite3.Connection, numbers: Sequence[int]
) -> Mapping[int, list[Json]]:
    query = (
        "SELECT g.contact, t.tag_id FROM tagging g JOIN tag t USING (tag)"
        " WHERE g.contact IN ({marks})"
    )
    return _gather(view, query, numbers, lambda row: row["tag_id"])


def _custom_fields(
    view: sqlite3.Connection, numbers: Sequence[int]
) -> Mapping[int, list[Json]]:
    def show(row: sqlite3.Row) -> Document:
        shown = {"custom_field_id": row["custom_field_id"]}
        if row["choice_ids"] is not None:
            shown["choice_ids"] = json.loads(row["choice_ids"])
        else:
            shown["value"] = row["value"]
        return shown

    query = (
        "SELECT v.contact, v.value, v.choice_ids, f.custom_field_id"
        " FROM custom_value v JOIN custom_field f USING (field)"
        " WHERE v.contact IN ({marks})"
    )
    return _gather(view, query, numbers, show)


def _phone_numbers(
    view: sqlite3.Connection, numbers: Sequence[int]
) -> Mapping[int, list[Json]]:
    return _gather(
        view,
        "SELECT * FROM phone_number WHERE contact IN ({marks}) ORDER BY rowid",
        numbers,
        _dated,
    )


def _street_addresses(
    view: sqlite3.Connection, numbers: Sequence[int]
) -> Mapping[int, list[Json]]:
    return _gather(
        view,
        "SELECT * FROM street_address WHERE contact IN ({marks}) ORDER BY rowid",
        numbers,
        _dated,
    )


def _notes(
    view: sqlite3.Connection, numbers: Sequence[int]
) -> Mapping[int, list[Json]]:
    return _gather(
        view,
        "SELECT * FROM note WHERE contact IN ({marks})"
        " ORDER BY created_at DESC, rowid DESC",
        numbers,
        _dated,
    )


def _dated(row: sqlite3.Row) -> Document:
    shown = {
        name: row[name]
        for name in row.keys()  # noqa: SIM118 - a Row iterates over its values
        if name != "contact" and row[name] is not None
    }
    for name in ("created_at", "updated_at"):
        if name in shown:
            shown[name] = stamp(shown[name])
    return shown


INCLUDABLE: Mapping[
    str, Callable[[sqlite3.Connection, Sequence[int]], Mapping[int, list[Json]]]
] = {
    "custom_fields": _custom_fields,
    "list_memberships": _list_memberships,
    "taggings": _taggings,
    "notes": _notes,
    "phone_numbers": _phone_numbers,
    "street_addresses": _street_addresses,
}
