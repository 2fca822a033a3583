"""Bulk activities: queued, run side by side, finished in any order.

A job is data: when it starts, when it ends and when it takes effect are drawn as it
is queued. Nothing runs in the background; whoever looks next settles what is due.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from attrs import frozen

from mailtwin.clock import stamp
from mailtwin.constant_contact import errors
from mailtwin.constant_contact.effects import EFFECTS
from mailtwin.constant_contact.service import Asked, Service
from mailtwin.constant_contact.work import Work
from mailtwin.exchange import Answer, Json
from mailtwin.world import World

QUEUE_LIMIT = 1000
KEPT_SECONDS = 10 * 86_400
IMPORTS = frozenset({"contacts_json_import", "contacts_file_import"})


@frozen(kw_only=True)
class Times:
    """When a job starts and ends, and when it takes effect on the way."""

    starts_at: float
    ends_at: float
    effects: tuple[float, ...]


def enqueue(
    asked: Asked,
    kind: str,
    work: Mapping[str, Json],
    counts: Mapping[str, int],
    *,
    source_file_name: str | None = None,
) -> sqlite3.Row:
    """Queue a job and return its row. Raises Refused when the queue is full."""
    world = asked.world
    _check_queue(asked)
    outcome = "completed"
    if asked.fault and asked.fault.kind == "job_failed":
        outcome = "failed"
    if asked.fault and asked.fault.kind == "job_partial":
        work = {**work, "partial": True}
    times = _times(world, asked.call.at)
    row: sqlite3.Row = world.database.execute(
        "INSERT INTO activity (account, activity_id, kind, work, outcome, counts,"
        " errors, source_file_name, created_at, starts_at, ends_at)"
        " VALUES (?, ?, ?, ?, ?, ?, '[]', ?, ?, ?, ?) RETURNING *",
        (
            asked.account,
            world.new_id(),
            kind,
            json.dumps(work),
            outcome,
            json.dumps(counts),
            source_file_name,
            asked.call.at,
            times.starts_at,
            times.ends_at,
        ),
    ).fetchone()
    world.database.executemany(
        "INSERT INTO effect (activity, due, last) VALUES (?, ?, ?)",
        [(row["activity"], due, due == times.effects[-1]) for due in times.effects],
    )
    return row


def accepted(asked: Asked, row: sqlite3.Row, *, status: int = 201) -> Answer:
    """Return the answer to a call that queued the job of *row*."""
    return Answer(status=status, body=document(asked.world, row, at=row["created_at"]))


def settle(service: Service, *, at: float) -> None:
    """Let every effect that is due by *at* happen, in the order they were due."""
    database = service.world.database
    due = database.execute(
        "SELECT e.effect, e.due, e.last, a.* FROM effect e JOIN activity a"
        " USING (activity) WHERE e.due <= ? ORDER BY e.due, e.effect",
        (at,),
    ).fetchall()
    for row in due:
        with database:
            database.execute("DELETE FROM effect WHERE effect = ?", (row["effect"],))
            if row["outcome"] == "completed":
                _take_effect(service, row)
            elif row["last"]:
                _note(database, row, {}, ["The activity failed to complete."])


def _take_effect(service: Service, row: sqlite3.Row) -> None:
    work = Work(
        service=service,
        account=row["account"],
        activity=row["activity"],
        document=json.loads(row["work"]),
        at=int(row["due"]),
    )
    result = EFFECTS[row["kind"]](work)
    if row["last"]:
        counts = {**json.loads(row["counts"]), **result.counts}
        _note(service.world.database, row, counts, list(result.errors))
        if result.failed:
            service.world.database.execute(
                "UPDATE activity SET outcome = 'failed' WHERE activity = ?",
                (row["activity"],),
            )


def _note(
    database: sqlite3.Connection,
    row: sqlite3.Row,
    counts: Mapping[str, int],
    problems: list[str],
) -> None:
    database.execute(
        "UPDATE activity SET counts = ?, errors = ?, work = '{}' WHERE activity = ?",
        (
            json.dumps({**json.loads(row["counts"]), **counts}),
            json.dumps(problems),
            row["activity"],
        ),
    )


def finish_all(service: Service, *, at: float) -> int:
    """End every open job at *at* and settle; return how many there were."""
    database = service.world.database
    with database:
        ended = database.execute(
            "UPDATE activity SET ends_at = ?1, starts_at = min(starts_at, ?1)"
            " WHERE ends_at > ?1",
            (at,),
        ).rowcount
        database.execute("UPDATE effect SET due = min(due, ?)", (at,))
    settle(service, at=at)
    return ended


def _check_queue(asked: Asked) -> None:
    if not asked.service.limits.enforced:
        return
    (waiting,) = asked.database.execute(
        "SELECT count(*) FROM activity WHERE account = ? AND ends_at > ?",
        (asked.account, asked.call.at),
    ).fetchone()
    if waiting >= QUEUE_LIMIT:
        raise errors.queue_full(asked.world.switches["queue_full"])


def _times(world: World, at: float) -> Times:
    shortest, longest = world.settings.job_seconds
    if world.switches["job_length"] == "long":
        shortest, longest = longest, 3 * longest
    length = world.luck.uniform(shortest, longest)
    starts_at = at + length * world.luck.uniform(0, 0.5)
    effects: tuple[float, ...] = (at + length,)
    if world.switches.on("jobs_repeat"):
        effects = (starts_at, at + length)
    return Times(starts_at=starts_at, ends_at=at + length, effects=effects)


def state(row: sqlite3.Row, *, at: float) -> str:
    if at < row["starts_at"]:
        return "initialized"
    if at < row["ends_at"]:
        return "processing"
    return str(row["outcome"])


def document(world: World, row: sqlite3.Row, *, at: float) -> dict[str, Json]:
    """Return a job as the API shows it at the moment *at*."""
    now = state(row, at=at)
    if row["created_at"] == at and not row["ends_at"] < at:
        now = "initialized"
    last_change = {
        "initialized": row["created_at"],
        "processing": at,
    }.get(now, row["ends_at"])
    shown: dict[str, Json] = {
        "activity_id": row["activity_id"],
        "state": now,
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(last_change),
        "percent_done": _percent(world, row, now, at),
        "activity_errors": json.loads(row["errors"]),
        "status": json.loads(row["counts"]),
        "_links": _links(row),
    }
    if now != "initialized":
        shown["started_at"] = stamp(row["starts_at"])
    if now not in ("initialized", "processing"):
        shown["completed_at"] = stamp(row["ends_at"])
    if row["source_file_name"]:
        shown["source_file_name"] = row["source_file_name"]
    return shown


def _percent(world: World, row: sqlite3.Row, now: str, at: float) -> int:
    if now == "initialized":
        return 1
    if now == "processing":
        length = row["ends_at"] - row["starts_at"]
        return max(1, min(99, int(100 * (at - row["starts_at"]) / length)))
    return int(world.switches["percent_when_done"]) if now == "completed" else 50


def _links(row: sqlite3.Row) -> dict[str, Json]:
    links = {"self": {"href": f"/v3/activities/{row['activity_id']}"}}
    if row["kind"] == "contact_exports":
        links["results"] = {"href": f"/v3/contact_exports/{row['activity_id']}"}
    return links
