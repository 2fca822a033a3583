"""Contact tags: ``/contact_tags``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from mailtwin.clock import stamp
from mailtwin.constant_contact import cursors, errors, jobs
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.service import Asked
from mailtwin.constant_contact.work import Work
from mailtwin.exchange import Answer, Json

NAME_LIMIT = 255


def get_tags(asked: Asked) -> Answer:
    page = cursors.read(asked.call.query, page=50, most=500)
    counted = cursors.flag(page.query, "include_count")
    rows = asked.database.execute(
        "SELECT * FROM tag WHERE account = ? AND tag > ? ORDER BY tag LIMIT ?",
        (asked.account, cursors.place(page.after), page.limit + 1),
    ).fetchall()
    shown = rows[: page.limit]
    body: dict[str, Json] = {
        "tags": [_document(asked, row, counted=counted) for row in shown]
    }
    if len(rows) > page.limit:
        after = str(shown[-1]["tag"])
        body["_links"] = page.links("/v3/contact_tags", after, asked.now)
    return Answer(status=200, body=body)


def get_tag(asked: Asked) -> Answer:
    counted = cursors.flag(asked.call.query, "include_count")
    return Answer(status=200, body=_document(asked, _find(asked), counted=counted))


def create_tag(asked: Asked) -> Answer:
    reading = Reading(asked.json())
    name = reading.text("name", NAME_LIMIT, required=True) or ""
    source = reading.text("tag_source", 255)
    reading.check()
    _check_name_is_free(asked, name, but=0)
    row = asked.database.execute(
        "INSERT INTO tag (account, tag_id, name, tag_source, created_at, updated_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?5) RETURNING *",
        (asked.account, asked.world.new_id(), name, source, asked.now),
    ).fetchone()
    return Answer(status=201, body=_document(asked, row, counted=True))


def put_tag(asked: Asked) -> Answer:
    row = _find(asked)
    reading = Reading(asked.json())
    name = reading.text("name", NAME_LIMIT, required=True) or ""
    reading.check()
    _check_name_is_free(asked, name, but=row["tag"])
    row = asked.database.execute(
        "UPDATE tag SET name = ?, updated_at = ? WHERE tag = ? RETURNING *",
        (name, asked.now, row["tag"]),
    ).fetchone()
    return Answer(status=200, body=_document(asked, row, counted=True))


def delete_tag(asked: Asked) -> Answer:
    """Queue the deletion of one tag; it comes off every contact."""
    row = _find(asked)
    counts = {"items_total_count": 1, "items_completed_count": 0}
    work = {"tag_ids": [row["tag_id"]]}
    job = jobs.enqueue(asked, "contacts_tags_delete", work, counts)
    return jobs.accepted(asked, job, status=202)


def _find(asked: Asked) -> sqlite3.Row:
    row: sqlite3.Row | None = asked.database.execute(
        "SELECT * FROM tag WHERE account = ? AND tag_id = ?",
        (asked.account, asked.id("tag_id")),
    ).fetchone()
    if row is None:
        raise errors.not_found("The tag was not found.")
    return row


def _check_name_is_free(asked: Asked, name: str, *, but: int) -> None:
    taken = asked.database.execute(
        "SELECT tag_id FROM tag WHERE account = ? AND tag <> ? AND same_name(name, ?)",
        (asked.account, but, name),
    ).fetchone()
    if taken:
        raise errors.conflict(f"The tag exists: {taken['tag_id']}")


def _document(asked: Asked, row: sqlite3.Row, *, counted: bool) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "tag_id": row["tag_id"],
        "name": row["name"],
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
    }
    if row["tag_source"] is not None:
        shown["tag_source"] = row["tag_source"]
    if counted:
        (shown["contacts_count"],) = asked.database.execute(
            "SELECT count(*) FROM tagging WHERE tag = ?", (row["tag"],)
        ).fetchone()
    return shown


def unknown_tags(asked: Asked, tag_ids: Sequence[str]) -> list[str]:
    known = {row["tag_id"] for row in find_tags(asked, tag_ids)}
    return [each for each in tag_ids if each not in known]


def find_tags(place: Asked | Work, tag_ids: Sequence[str]) -> list[sqlite3.Row]:
    """Return those of *tag_ids* the account has."""
    return place.database.execute(
        "SELECT tag, tag_id FROM tag WHERE account = ? AND tag_id IN"
        " (SELECT value FROM json_each(?))",
        (place.account, json.dumps(tag_ids)),
    ).fetchall()
