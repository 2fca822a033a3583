"""Bulk activities as the API shows them: ``GET /activities``."""

from __future__ import annotations

from mailtwin.constant_contact import cursors, errors, jobs
from mailtwin.constant_contact.service import Asked
from mailtwin.exchange import Answer, Json

STATES = ("processing", "completed", "cancelled", "failed", "timed_out")


def get_activities(asked: Asked) -> Answer:
    """Return the jobs of the last ten days, newest first."""
    page = cursors.read(asked.call.query, page=50, most=500)
    wanted = cursors.one_of(page.query, "state", STATES)
    rows = asked.database.execute(
        "SELECT * FROM activity WHERE account = ? AND created_at > ?"
        " AND activity < ? ORDER BY activity DESC",
        (
            asked.account,
            asked.call.at - jobs.KEPT_SECONDS,
            cursors.place(page.after) or 2**62,
        ),
    )
    shown: list[Json] = []
    last = None
    for row in rows:
        if wanted in (None, jobs.state(row, at=asked.call.at)):
            if len(shown) == page.limit:
                break
            shown.append(jobs.document(asked.world, row, at=asked.call.at))
            last = row["activity"]
    else:
        last = None
    body: dict[str, Json] = {"activities": shown}
    if last is not None:
        body["_links"] = page.links("/v3/activities", str(last), asked.now)
    return Answer(status=200, body=body)


def get_activity(asked: Asked) -> Answer:
    row = asked.database.execute(
        "SELECT * FROM activity WHERE account = ? AND activity_id = ?"
        " AND created_at > ?",
        (asked.account, asked.id("activity_id"), asked.call.at - jobs.KEPT_SECONDS),
    ).fetchone()
    if row is None:
        raise errors.not_found("The activity was not found.")
    return Answer(status=200, body=jobs.document(asked.world, row, at=asked.call.at))
