"""Contact lists: ``/contact_lists``."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from mailtwin.clock import stamp
from mailtwin.constant_contact import cursors, errors, jobs
from mailtwin.constant_contact.reading import Reading
from mailtwin.constant_contact.replica import collection_view
from mailtwin.constant_contact.service import Asked
from mailtwin.exchange import Answer, Json

LISTS_LIMIT = 1000
NAME_LIMIT = 255
COUNTED = ("all", "active")


def get_lists(asked: Asked) -> Answer:
    """Return a page of lists, oldest first."""
    most = int(asked.world.switches["lists_page"])
    page = cursors.read(asked.call.query, page=50, most=most)
    counted = cursors.one_of(page.query, "include_membership_count", COUNTED)
    cursors.flag(page.query, "include_sms_membership_count")
    where, values = _filter(asked, page.query)
    view = collection_view(asked)
    rows = view.execute(
        f"SELECT * FROM list WHERE {where} AND list > ? ORDER BY list LIMIT ?",
        (*values, cursors.place(page.after), page.limit + 1),
    ).fetchall()
    shown = rows[: page.limit]
    counts = _counts(view, shown, counted) if counted else None
    body: dict[str, Json] = {"lists": [document(row, counts) for row in shown]}
    if cursors.flag(page.query, "include_count"):
        (body["lists_count"],) = view.execute(
            f"SELECT count(*) FROM list WHERE {where}",
            values,
        ).fetchone()
    if len(rows) > page.limit:
        body["_links"] = page.links(
            "/v3/contact_lists", str(shown[-1]["list"]), asked.now
        )
    return Answer(status=200, body=body)


def _filter(asked: Asked, query: Mapping[str, str]) -> tuple[str, list[Json]]:
    where = ["account = ?"]
    values: list[Json] = [asked.account]
    if cursors.one_of(query, "channel_type", ("email", "sms")) == "sms":
        where.append("false")  # the twin has no lists for text messages
    if "name" in query:
        where.append("same_name(name, ?)")
        values.append(query["name"])
    wanted = cursors.some_of(query, "status", ("all", "active", "deleted"))
    if wanted is None or wanted == {"active"}:
        where.append("deleted_at IS NULL")
    elif wanted == {"deleted"}:
        where.append("deleted_at IS NOT NULL")
    return " AND ".join(where), values


def _counts(
    view: sqlite3.Connection, rows: Sequence[sqlite3.Row], counted: str
) -> dict[int, int]:
    marks = ",".join("?" * len(rows))
    active = (
        " JOIN contact c USING (contact)"
        " WHERE c.permission IN ('explicit', 'implicit') AND"
        if counted == "active"
        else " WHERE"
    )
    found = view.execute(
        f"SELECT list, count(*) FROM membership{active} list IN ({marks})"
        " GROUP BY list",
        [row["list"] for row in rows],
    )
    return dict(found.fetchall())


def document(
    row: sqlite3.Row, counts: Mapping[int, int] | None = None
) -> dict[str, Json]:
    shown: dict[str, Json] = {
        "list_id": row["list_id"],
        "name": row["name"],
        "favorite": bool(row["favorite"]),
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
    }
    if row["description"] is not None:
        shown["description"] = row["description"]
    if row["deleted_at"] is not None:
        shown["deleted_at"] = stamp(row["deleted_at"])
    if counts is not None:
        shown["membership_count"] = counts.get(row["list"], 0)
    return shown


def get_list(asked: Asked) -> Answer:
    row = _find(asked, deleted=True)
    # a wrong value is ignored: no 400 is declared for a single list
    counted = asked.call.query.get("include_membership_count")
    counts = _counts(asked.database, [row], counted) if counted in COUNTED else None
    return Answer(status=200, body=document(row, counts))


def create_list(asked: Asked) -> Answer:
    name, description, favorite = _read_body(asked)
    (lists,) = asked.database.execute(
        "SELECT count(*) FROM list WHERE account = ? AND deleted_at IS NULL",
        (asked.account,),
    ).fetchone()
    if lists >= LISTS_LIMIT:
        raise errors.invalid(f"an account can have {LISTS_LIMIT} lists")
    _check_name_is_free(asked, name, but=0)
    row = asked.database.execute(
        "INSERT INTO list (account, list_id, name, description, favorite, created_at,"
        " updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) RETURNING *",
        (asked.account, asked.world.new_id(), name, description, favorite, asked.now),
    ).fetchone()
    return Answer(status=201, body=document(row))


def put_list(asked: Asked) -> Answer:
    """Replace name, description and favorite; what is left out is emptied."""
    row = _find(asked)
    name, description, favorite = _read_body(asked)
    _check_name_is_free(asked, name, but=row["list"])
    row = asked.database.execute(
        "UPDATE list SET name = ?, description = ?, favorite = ?, updated_at = ?"
        " WHERE list = ? RETURNING *",
        (name, description, favorite, asked.now, row["list"]),
    ).fetchone()
    return Answer(status=200, body=document(row))


def delete_list(asked: Asked) -> Answer:
    """Queue the deletion of one list; its contacts stay."""
    row = _find(asked)
    work = {"list_ids": [row["list_id"]]}
    job = jobs.enqueue(asked, "list_delete", work, {"list_count": 1})
    return jobs.accepted(asked, job, status=202)


def _find(asked: Asked, *, deleted: bool = False) -> sqlite3.Row:
    row: sqlite3.Row | None = asked.database.execute(
        "SELECT * FROM list WHERE account = ? AND list_id = ?",
        (asked.account, asked.id("list_id")),
    ).fetchone()
    if row is None or (row["deleted_at"] is not None and not deleted):
        raise errors.not_found("The list was not found.")
    return row


def _read_body(asked: Asked) -> tuple[str, str | None, bool]:
    reading = Reading(asked.json())
    name = reading.text("name", NAME_LIMIT, required=True)
    description = reading.text("description", 10_000)
    favorite = reading.flag("favorite")
    reading.check()
    assert name is not None  # checked above
    if not name.strip():
        raise errors.invalid("name is missing")
    return name, description, bool(favorite)


def _check_name_is_free(asked: Asked, name: str, *, but: int) -> None:
    live = ""
    if asked.world.switches.on("deleted_names_free"):
        live = " AND deleted_at IS NULL"
    taken = asked.database.execute(
        "SELECT list_id FROM list WHERE account = ? AND list <> ?"
        f" AND same_name(name, ?){live}",
        (asked.account, but, name),
    ).fetchone()
    if taken:
        raise errors.conflict(f"A list named {name} exists already: {taken['list_id']}")
