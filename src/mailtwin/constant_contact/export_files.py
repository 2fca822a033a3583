"""Writes the CSV file of an export."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from io import StringIO

from attrs import frozen

from mailtwin.clock import day, stamp
from mailtwin.constant_contact.export_filters import wanted_contacts
from mailtwin.constant_contact.work import Result, Work


@frozen
class _Column:
    """A field name of the API, its heading in the file, and its value."""

    field: str
    heading: str
    show: Callable[[sqlite3.Row], str]


def _text(name: str) -> Callable[[sqlite3.Row], str]:
    return lambda row: "" if row[name] is None else str(row[name])


def _time(name: str) -> Callable[[sqlite3.Row], str]:
    return lambda row: "" if row[name] is None else stamp(row[name])


COLUMNS = (
    _Column("email_address", "Email address", _text("address")),
    _Column("first_name", "First name", _text("first_name")),
    _Column("last_name", "Last name", _text("last_name")),
    _Column("job_title", "Job title", _text("job_title")),
    _Column("company_name", "Company", _text("company_name")),
    _Column("permission_to_send", "Email permission status", _text("permission")),
    _Column("email_optin_source", "Email opt-in source", _text("opt_in_source")),
    _Column("email_optin_date", "Email opt-in date", _time("opt_in_date")),
    _Column("email_optout_source", "Email opt-out source", _text("opt_out_source")),
    _Column("email_optout_date", "Email opt-out date", _time("opt_out_date")),
    _Column("email_optout_reason", "Email opt-out reason", _text("opt_out_reason")),
    _Column("email_update_source", "Email update source", _text("update_source")),
    _Column("birthday_month", "Birthday month", _text("birthday_month")),
    _Column("birthday_day", "Birthday day", _text("birthday_day")),
    _Column("anniversary", "Anniversary", _text("anniversary")),
    _Column("source_name", "Source Name", _text("create_source")),
    _Column("created_at", "Created At", _time("created_at")),
    _Column("updated_at", "Updated At", _time("updated_at")),
    _Column(
        "deleted_at",
        "Deleted At",
        lambda row: "" if row["deleted_at"] is None else day(row["deleted_at"]),
    ),
)


def write_export(work: Work) -> Result:
    rows = wanted_contacts(work)
    done = rows[: work.share(len(rows))]
    work.database.execute(
        "INSERT OR REPLACE INTO export VALUES (?, ?)",
        (work.activity, _csv(work, done)),
    )
    counts = {"items_total_count": len(rows), "items_completed_count": len(done)}
    return Result(counts=counts)


def _csv(work: Work, rows: Sequence[sqlite3.Row]) -> str:
    fields: list[str] = work.document["fields"]
    columns = [each for each in COLUMNS if not fields or each.field in fields]
    more = _custom_columns(work, fields)
    if work.world.switches.on("export_lists"):
        more["Email Lists"] = _list_names(work)
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*(each.heading for each in columns), *more])
    for row in rows:
        writer.writerow(
            [each.show(row) for each in columns]
            + [values.get(row["contact"], "") for values in more.values()]
        )
    return text.getvalue()


def _custom_columns(work: Work, fields: Sequence[str]) -> dict[str, Mapping[int, str]]:
    columns: dict[str, Mapping[int, str]] = {}
    for row in work.database.execute(
        "SELECT * FROM custom_field WHERE account = ? ORDER BY field", (work.account,)
    ).fetchall():
        if fields and row["name"] not in fields:
            continue
        columns[row["label"]] = dict(
            work.database.execute(
                "SELECT contact, coalesce(value, choice_ids) FROM custom_value"
                " WHERE field = ?",
                (row["field"],),
            ).fetchall()
        )
    return columns


def _list_names(work: Work) -> Mapping[int, str]:
    return dict(
        work.database.execute(
            "SELECT contact, group_concat(name, ', ') FROM membership"
            " JOIN list USING (list) WHERE account = ? GROUP BY contact",
            (work.account,),
        ).fetchall()
    )
