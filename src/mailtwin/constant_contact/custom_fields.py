"""Custom fields: ``/contact_custom_fields``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from mailtwin.clock import stamp
from mailtwin.constant_contact import cursors, errors
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.exchange import Answer, Json

FIELDS_LIMIT = 100
CHOICES_LIMIT = 100
SHOWN_CHOICES_LIMIT = 20
SELECTS = frozenset({"single_select", "multi_select"})
TYPES = frozenset(
    {"string", "date", "datetime", "currency", "text_area", "number", "boolean"}
    | SELECTS
)
DISPLAY_TYPES = frozenset({"radio", "checkbox", "dropdown"})


def get_fields(asked: Asked) -> Answer:
    page = cursors.read(asked.call.query, page=50, most=100)
    rows = asked.database.execute(
        "SELECT * FROM custom_field WHERE account = ? AND field > ?"
        " ORDER BY field LIMIT ?",
        (asked.account, cursors.place(page.after), page.limit + 1),
    ).fetchall()
    shown = rows[: page.limit]
    body: dict[str, Json] = {"custom_fields": [_document(row) for row in shown]}
    if len(rows) > page.limit:
        after = str(shown[-1]["field"])
        body["_links"] = page.links("/v3/contact_custom_fields", after, asked.now)
    return Answer(status=200, body=body)


def get_field(asked: Asked) -> Answer:
    return Answer(status=200, body=_document(_find(asked)))


def create_field(asked: Asked) -> Answer:
    reading = Reading(asked.json())
    label = reading.text("label", 50, required=True) or ""
    kind = reading.choice("type", TYPES, required=True) or ""
    metadata = _metadata(reading.object("metadata"))
    choices = _choices(reading, kind, metadata)
    reading.check()
    _check_label_is_free(asked, label, but=0)
    (fields,) = asked.database.execute(
        "SELECT count(*) FROM custom_field WHERE account = ?", (asked.account,)
    ).fetchone()
    if fields >= FIELDS_LIMIT:
        raise errors.invalid(f"an account can have {FIELDS_LIMIT} custom fields")
    row = asked.database.execute(
        "INSERT INTO custom_field (account, custom_field_id, name, label, type,"
        " metadata, choices, created_at, updated_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) RETURNING *",
        (
            asked.account,
            asked.world.new_id(),
            _name(label),
            label,
            kind,
            None if metadata is None else json.dumps(metadata),
            None if choices is None else json.dumps(choices),
            asked.now,
        ),
    ).fetchone()
    return Answer(status=201, body=_document(row))


def put_field(asked: Asked) -> Answer:
    """Replace label and choices; the type stays what it was."""
    row = _find(asked)
    reading = Reading(asked.json())
    label = reading.text("label", 50, required=True) or ""
    metadata = json.loads(row["metadata"]) if row["metadata"] else None
    choices = _choices(reading, row["type"], metadata)
    reading.check()
    _check_label_is_free(asked, label, but=row["field"])
    row = asked.database.execute(
        "UPDATE custom_field SET label = ?, name = ?, choices = ?, updated_at = ?"
        " WHERE field = ? RETURNING *",
        (
            label,
            _name(label),
            None if choices is None else json.dumps(choices),
            asked.now,
            row["field"],
        ),
    ).fetchone()
    return Answer(status=200, body=_document(row))


def delete_field(asked: Asked) -> Answer:
    remove_field(asked.database, _find(asked)["field"])
    return Answer(status=204)


def remove_field(database: sqlite3.Connection, field: int) -> None:
    """Delete a field with every value contacts have in it."""
    database.execute("DELETE FROM custom_value WHERE field = ?", (field,))
    database.execute("DELETE FROM custom_field WHERE field = ?", (field,))


def _find(asked: Asked) -> sqlite3.Row:
    row: sqlite3.Row | None = asked.database.execute(
        "SELECT * FROM custom_field WHERE account = ? AND custom_field_id = ?",
        (asked.account, asked.id("custom_field_id")),
    ).fetchone()
    if row is None:
        raise errors.not_found("The custom field was not found.")
    return row


def _name(label: str) -> str:
    return label.replace(" ", "_")


def _check_label_is_free(asked: Asked, label: str, *, but: int) -> None:
    taken = asked.database.execute(
        "SELECT custom_field_id FROM custom_field WHERE account = ? AND field <> ?"
        " AND same_name(name, ?)",
        (asked.account, but, _name(label)),
    ).fetchone()
    if taken:
        raise errors.conflict(f"The custom field exists: {taken['custom_field_id']}")


def _metadata(reading: Reading | None) -> dict[str, Json] | None:
    if reading is None:
        return None
    metadata: dict[str, Json] = {
        "display_type": reading.text("display_type", 20),
        "allow_negative": reading.flag("allow_negative"),
        "decimal_places": reading.integer("decimal_places", 0, 10),
        "currency_code": reading.text("currency_code", 3),
        "integer": reading.flag("integer"),
        "display_format": reading.text("display_format", 20),
    }
    return {name: value for name, value in metadata.items() if value is not None}


def _choices(
    reading: Reading, kind: str, metadata: dict[str, Json] | None
) -> list[Json] | None:
    display = (metadata or {}).get("display_type", "dropdown")
    if kind in SELECTS and display not in DISPLAY_TYPES:
        reading.wrong("metadata.display_type")
    limit = CHOICES_LIMIT if display == "dropdown" else SHOWN_CHOICES_LIMIT
    choices = reading.objects("choices", limit)
    if choices is None:
        return None
    if kind not in SELECTS:
        reading.wrong("choices", "are only allowed with a select type")
    return [_choice(each, number) for number, each in enumerate(choices, start=1)]


def _choice(reading: Reading, number: int) -> dict[str, Json]:
    return {
        "choice_id": reading.integer("choice_id", 1, 2**31) or number,
        "choice_label": reading.text("choice_label", 255, required=True),
        "display_order": reading.integer("display_order", 0, 10_000) or number,
    }


def _document(row: sqlite3.Row) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "custom_field_id": row["custom_field_id"],
        "label": row["label"],
        "name": row["name"],
        "type": row["type"],
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
    }
    if row["metadata"] is not None:
        shown["metadata"] = json.loads(row["metadata"])
    if row["choices"] is not None:
        shown["choices"] = [
            {**choice, "custom_field_id": row["custom_field_id"]}
            for choice in json.loads(row["choices"])
        ]
    return shown


def known_fields(asked: Asked, ids: Sequence[str]) -> list[str]:
    """Return those of *ids* the account has."""
    return [
        row["custom_field_id"]
        for row in asked.database.execute(
            "SELECT custom_field_id FROM custom_field WHERE account = ?"
            " AND custom_field_id IN (SELECT value FROM json_each(?))",
            (asked.account, json.dumps(ids)),
        )
    ]
